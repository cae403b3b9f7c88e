"""Example questions: of this shelf, really answered, and asked once."""

from dataclasses import replace

from acting import DOUGH, TIDES, Acting, Papers, cited, refused

from rag.types import Answer
from ui.server.services import Services
from ui.web.examples import Examples
from ui.web.welcome import welcome

NAMED = [
    replace(TIDES, id=name.lower(), title=f"{name}: Floods", abstract=f"{name} is 36% better.")
    for name in ("Alpha", "Beta", "Gamma", "Delta")
]


class Knowing(Acting):
    """Answers about the paper that a question names; refuses what it is told to."""

    def __init__(self, papers, refuses=()):
        super().__init__()
        self.papers, self.refuses = papers, refuses

    async def ask(self, question, history=(), scope=None):
        self.asked.append(question)
        if any(word in question for word in self.refuses):
            return refused(question)
        named = [paper for paper in self.papers if paper.title.split(":")[0] in question]
        answer = cited(question)
        first = replace(answer.citations[0], paper=(named or self.papers)[0])
        return replace(answer, citations=(first,))


async def test_four_questions_of_different_kinds_about_different_papers():
    chosen = await Examples(Services(Knowing(NAMED), Papers(*NAMED))).chosen()

    assert len(chosen) == 4
    assert len({tuple(question.split()[:2]) for question in chosen}) == 4


async def test_a_shelf_with_one_kind_of_papers_still_gets_four():
    plain = [replace(paper, abstract="It floods.") for paper in NAMED]

    chosen = await Examples(Services(Knowing(plain, refuses=("newest",)), Papers(*plain))).chosen()

    assert len(set(chosen)) == 4


async def test_papers_without_names_are_asked_about_by_their_titles():
    plain = [replace(paper, title=f"On {paper.id}") for paper in NAMED]

    class Titled(Knowing):
        async def ask(self, question, history=(), scope=None):
            paper = next((one for one in plain if one.title in question), DOUGH)
            answer = cited(question)
            return replace(answer, citations=(replace(answer.citations[0], paper=paper),))

    chosen = await Examples(Services(Titled(plain), Papers(*plain))).chosen()

    assert "What is “On alpha” about?" in chosen
    assert len(chosen) == 4


async def test_what_is_not_answered_is_not_offered():
    engine = Knowing(NAMED, refuses=("Alpha", "newest"))

    chosen = await Examples(Services(engine, Papers(*NAMED))).chosen()

    assert chosen
    assert not any("Alpha" in one or "newest" in one for one in chosen)
    assert any("Alpha" in one for one in engine.asked)


async def test_an_answer_from_another_paper_does_not_count():
    class Wrong(Knowing):
        async def ask(self, question, history=(), scope=None):
            return cited(question)

    chosen = await Examples(Services(Wrong(NAMED), Papers(*NAMED))).chosen()

    assert chosen == ("Which papers are the newest?",)


async def test_they_are_chosen_once_until_the_shelf_changes():
    engine, shelf = Knowing(NAMED), Papers(*NAMED)
    examples = Examples(Services(engine, shelf))
    first = await examples.chosen()
    asked = len(engine.asked)

    assert await examples.chosen() == first
    assert len(engine.asked) == asked
    shelf.papers.append(DOUGH)
    await examples.chosen()
    assert len(engine.asked) > asked


async def test_without_papers_or_with_a_broken_engine_there_are_none():
    class Broken(Acting):
        async def ask(self, question, history=(), scope=None):
            raise RuntimeError

    class Mute(Acting):
        async def ask(self, question, history=(), scope=None):
            return Answer(question, "")

    assert await Examples(Services(Mute(), Papers())).chosen() == ()
    assert await Examples(Services(Broken(), Papers(*NAMED))).chosen() == ()


def test_the_welcome_says_what_is_on_the_shelf_and_not_where():
    html = welcome(Papers(TIDES, DOUGH, sources=[f"/home/mara/{n}.txt" for n in range(7)]))

    assert "<dd>2</dd>" in html
    assert "TideNet: Forecasting Coastal Floods</a> <span>Oct 24, 2025</span>" in html
    assert '<a class="paper" href="/papers/tides"' in html, "as everywhere in the chat"
    assert "0.txt, 1.txt, 2.txt, 3.txt, 4.txt, 2 more" in html
    assert "mara" not in html


def test_an_empty_shelf_says_how_to_fill_it():
    assert "footnote add FILE" in welcome(Papers())
