"""The evidence panel: cards for what is cited, marks in place, the rest folded."""

import re
from dataclasses import replace

from acting import DOUGH, SENTENCE, SPAN, TIDES, WEAK, cited, hit, refused

from rag.types import ON_RECORD, Answer, Citation, Paper, Refusal, Span
from ui.server.exchange import Exchange
from ui.web.evidence import evidence, panel


def cards(html):
    return re.findall(r'<article class="card[^"]*"(?: id="([^"]*)")?>', html)


def test_a_cited_paper_is_a_card_with_all_that_is_known_of_it():
    html = panel(cited("What?"), 3)

    assert cards(html) == ["src-3-1"]
    assert '<a class="number" href="#cite-3-0" title="Back to the answer"' in html
    assert '>1</a><span><a class="paper" href="/papers/tides" target="_blank">' in html
    assert re.search(r'<p class="leads">.*?<a class="out" href="https://example.org/tides"', html)
    assert "</span>example.org</a>" in html
    for known in (TIDES.title, "Mara Lindqvist, Joao Reis", "Harbour Institute", "Oct 24, 2025"):
        assert known in html


def test_a_card_says_how_near_its_paper_is_to_the_question():
    answer = replace(
        cited("What?"), retrieved=(hit(TIDES, 0.2), hit(TIDES, 0.93), hit(DOUGH, 0.41))
    )
    card, rest = panel(answer).split("</article>")

    assert 'title="Relevance to the question: 93 of 100"' in card
    assert "gauge-19" in card
    assert "gauge-8" in rest
    assert re.sub(r"<[^>]+>", "", rest).endswith("Slow Dough Relevance 41 of 100")


def test_where_nothing_is_known_of_a_paper_its_card_says_nothing_of_it():
    paper = replace(DOUGH, url="javascript:alert(1)")
    html = panel(Answer("q", "A [1]", (Citation(1, paper, Span(0, 9)),)))

    assert "leads" not in html
    assert "relevance" not in html


def test_an_id_cannot_lead_elsewhere():
    paper = replace(DOUGH, id='../x"><script>?a=b#c')
    html = panel(Answer("q", "A [1]", (Citation(1, paper, Span(0, 9)),)))

    assert 'href="/papers/..%2Fx%22%3E%3Cscript%3E%3Fa%3Db%23c"' in html


def test_the_supporting_sentence_is_marked_in_the_whole_abstract():
    html = panel(cited("What?"), 3)
    abstract = re.search(r'<p class="abstract">(.*?)</p>', html)[1]

    assert f'<mark class="by-3-0">{SENTENCE}</mark>' in abstract
    assert re.sub(r"<[^>]+>", "", abstract) == TIDES.abstract


def test_each_verdict_stands_with_its_reason():
    html = panel(cited("What?"))

    assert '<p class="verdict supported by-1-0"><strong>Supported</strong>' in html
    assert '<p class="verdict weak by-1-1"><strong>Weakly supported</strong>' in html
    assert WEAK.reasons[0] in html


def test_one_sentence_that_two_markers_cite_is_marked_by_both():
    answer = Answer("q", "A [1] B [1]", (Citation(1, TIDES, SPAN), Citation(1, TIDES, SPAN)))

    assert f'<mark class="by-1-0 by-1-1">{SENTENCE}</mark>' in panel(answer)


def test_sentences_that_overlap_lose_no_text():
    spans = (Span(0, 40), Span(20, 60), Span(20, 10**6))
    answer = Answer("q", "A", tuple(Citation(1, TIDES, span) for span in spans))
    abstract = re.search(r'<p class="abstract">(.*?)</p>', panel(answer))[1]

    assert re.sub(r"<[^>]+>|\s", "", abstract) == TIDES.abstract.replace(" ", "")
    assert 'class="by-1-0 by-1-1 by-1-2"' in abstract


def test_a_record_that_is_cited_is_marked_in_place_of_a_sentence():
    html = panel(Answer("q", "A [1]", (Citation(1, TIDES, None, ON_RECORD),)))

    assert re.search(r'<p class="byline"><mark class="by-1-0"[^>]*>Mara Lindqvist', html)
    assert "<mark" not in re.search(r'<p class="abstract">(.*?)</p>', html)[1]


def test_what_was_only_found_is_folded_below_and_never_a_card():
    html = panel(cited("What?"))
    folded = re.search(r"<details.*</details>", html)[0]

    assert "Also considered (1)" in folded
    assert DOUGH.title in folded
    assert TIDES.title not in folded


def test_a_long_list_of_what_was_found_is_cut_and_says_so():
    papers = [replace(DOUGH, id=str(number), title=f"Dough {number}") for number in range(20)]
    html = panel(replace(cited("q"), retrieved=tuple(map(hit, papers))))

    assert html.count("<li>") == 13
    assert "and 8 more papers" in html


def test_a_refusal_shows_the_nearest_papers_and_no_verdict():
    html = panel(refused("Why?"))

    assert "Nearest on the shelf" in html
    assert cards(html) == [""]
    assert "verdict" not in html


def test_a_refusal_without_a_near_paper_says_so():
    html = panel(Answer("q", "No.", refusal=Refusal("not-on-shelf", "No.", ())))

    assert html == '<p class="hint">There is no near paper to show.</p>'


def test_every_turn_has_a_section_of_its_own():
    done = Exchange("q", state="done", answer=cited("q"))
    html = evidence((done, Exchange("r")))

    assert re.findall(r'id="(turn-\d|src-\d-\d)"', html) == ["turn-1", "src-1-1", "turn-2"]


def test_a_paper_cannot_get_out_of_its_card():
    bad = '</p></article></section><script>alert(1)</script>\n\n<img src=x onerror="y">'
    paper = Paper("x", bad, bad, authors=(bad,), organization=bad, url="javascript:alert(1)")
    answer = Answer("q", "A [1]", (Citation(1, paper, Span(0, 30)),), retrieved=(hit(TIDES),))
    html = panel(answer)

    assert "<script" not in html
    assert "<img" not in html
    assert "javascript" not in html
    assert "\n" not in html
    assert html.count("</article>") == 1
