"""A name asked for finds its paper first, however it is spelt; plain words are no names."""

import pytest
import tantivy

from rag.chunking import NAME
from rag.ingest import index_pending
from rag.language.latex import readable
from rag.language.words import keywords
from rag.retrieval.retriever import Retriever
from rag.store.shelf import Shelf
from rag.types import Record, Scope

FILLER = (
    "It is measured on ImageNet with GPUs, and the focus is on the attention of language models."
)
PAPERS = (
    Record("Flash-LLM: Sparse Inference", f"Tensor cores idle. {FILLER}"),
    Record("SmoothQuant: Post-Training Quantization", f"Outliers hurt. {FILLER}"),
    Record(r"$\text{D}^2$-MoE: Delta Decompression", f"Experts are large. {FILLER}"),
    Record("u-μP: The Unit-Scaled Parametrization", f"Scales drift. {FILLER}"),
    Record("FOCUS: Keeping Eyes on the Road", f"Drivers tire. {FILLER}"),
    Record("U-Net: Networks for Images", f"Cells are cut out. {FILLER}"),
    Record("FlashAttention-2: Better Partitioning", f"Threads wait. {FILLER}"),
    Record("Adaptive Serving of Requests", f"We propose ZipVL, a method for caches. {FILLER}"),
    Record("Pruning Everything", f"Compared with SmoothQuant, it is small. {FILLER}"),
    Record("Large Language Models: A Survey", f"There are many. {FILLER}"),
)


def open_shelf(home, encoder):
    return Shelf.open(
        home,
        encoder_name=encoder.name,
        dimension=encoder.dimension,
        chunking=NAME,
        analyse=readable,
    )


def fill(shelf, encoder, *records, source="papers"):
    shelf.stage(source, records)
    index_pending(shelf, encoder, lambda _: None)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory, application):
    with open_shelf(tmp_path_factory.mktemp("names"), application.encoder) as opened:
        fill(opened, application.encoder, *PAPERS)
        yield opened


@pytest.fixture
def own_shelf(tmp_path, hashing):
    with open_shelf(tmp_path / "own", hashing) as opened:
        fill(opened, hashing, *PAPERS)
        yield opened


@pytest.fixture
def retriever(shelf, application):
    return Retriever(shelf, application.encoder)


def first(retriever, question, **options):
    return retriever.search(question, keywords(question), **options)[0].paper.title


def meant(retriever, question):
    """Titles of the papers that are surely meant, as the shelf has them."""
    claims = retriever.naming(question).papers
    return [
        paper.title for paper in retriever._index.papers([i for i in claims if claims[i] > 0.5])
    ]


@pytest.mark.parametrize("form", ["{}", "what does {} do differently?", "whats the trick in {}"])
@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("Flash-LLM", "Flash-LLM"), ("FlashLLM", "Flash-LLM"), ("flash llm", "Flash-LLM"),
        ("flashllm", "Flash-LLM"), ("FLASH LLM's", "Flash-LLM"), ("flashlm", "Flash-LLM"),
        ("smoothquant", "SmoothQuant"), ("smooth quant", "SmoothQuant"),
        ("Smooth-Quant", "SmoothQuant"), ("smothquant", "SmoothQuant"),
        ("smoothqaunt", "SmoothQuant"), ("smotquant", "SmoothQuant"),
        ("smoth quant", "SmoothQuant"), ("D2-MoE", r"$\text{D}^2$-MoE"),
        ("D²MoE", r"$\text{D}^2$-MoE"), ("d2moe", r"$\text{D}^2$-MoE"),
        ("u-mup", "u-μP"), ("u-μP", "u-μP"), ("umuP", "u-μP"), ("U-Net", "U-Net"),
        ("unet", "U-Net"), ("U-Nets", "U-Net"), ("ZipVL", "Adaptive"), ("zip vl", "Adaptive"),
        ("zipvll", "Adaptive"), ("FOCUS", "FOCUS"), ("flash attention 2", "FlashAttention-2"),
        ("flashattension-2", "FlashAttention-2"),
    ],
)  # fmt: skip
def test_a_name_finds_its_paper_first(retriever, typed, title, form):
    assert first(retriever, form.format(typed)).startswith(title)


@pytest.mark.parametrize(
    "question",
    [
        "what is the focus of this work?",
        "how do large language models keep attention on images?",
        "is there an adaptive way of serving requests?",
        "which GPUs were used on ImageNet?",
        "",
        "???",
        "🙂 ½ ²",
    ],
)
def test_plain_words_and_what_all_papers_use_mean_no_paper(retriever, question):
    assert meant(retriever, question) == []


def test_a_name_means_the_paper_that_has_it_not_one_that_uses_it(retriever):
    naming = retriever.naming("How does SmoothQuant work?")
    by_title = {
        paper.title.split(":")[0]: naming.papers[paper.id]
        for paper in retriever._index.papers(list(naming.papers))
    }

    assert by_title["SmoothQuant"] > 0.8
    assert "Pruning Everything" not in by_title


def test_a_name_that_is_nobodys_means_the_one_paper_that_uses_it(own_shelf, hashing):
    fill(own_shelf, hashing, Record("Trees in Winter", "They fared well on ZQX."), source="b")
    retriever = Retriever(own_shelf, hashing)

    assert meant(retriever, "what happens on ZQX?") == ["Trees in Winter"]
    assert meant(retriever, "what happens on ImageNet?") == []


def test_two_names_mean_two_papers(retriever):
    titles = meant(retriever, "compare smoothquant with Flash-LLM and zip vl")

    assert {title.split(":")[0] for title in titles} == {
        "SmoothQuant", "Flash-LLM", "Adaptive Serving of Requests",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("question", "corrections", "corrected"),
    [
        ("how does smothquant work?", (("smothquant", "SmoothQuant"),),
         "how does SmoothQuant work?"),
        ("is flashllm better than zipvll", (("flashllm", "Flash-LLM"), ("zipvll", "ZipVL")),
         "is Flash-LLM better than ZipVL"),
        ("how does smoothquant work?", (), "how does smoothquant work?"),
        ("what is D2-MoE", (), "what is D2-MoE"),
    ],
)  # fmt: skip
def test_what_was_misspelt_is_told_and_corrected(retriever, question, corrections, corrected):
    naming = retriever.naming(question)

    assert (naming.corrections, naming.question) == (corrections, corrected)


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("what is the difference between ROME and MEMIT?", ("ROME", "MEMIT")),
        ("Is PagedAttention like Flash-LLM?", ("PagedAttention",)),
        ("how does FlashAttention-3 wait?", ("FlashAttention-3",)),
        ("BERT-based methods vs GPT-4's", ("BERT", "GPT-4")),
        ("how does smothquant work on ImageNet with GPUs?", ()),
        ("tell me about photosynthesis in Oslo", ()),
    ],
)
def test_names_of_which_the_shelf_has_no_trace_are_told(retriever, question, unknown):
    assert retriever.naming(question).unknown == unknown


def test_a_name_with_another_figure_is_not_taken_for_a_misspelling(retriever):
    assert meant(retriever, "FlashAttention-3") == []
    assert meant(retriever, "FlashAttention-2") == ["FlashAttention-2: Better Partitioning"]


def test_a_name_as_near_to_two_is_corrected_to_neither(own_shelf, hashing):
    fill(own_shelf, hashing, Record("Zorbex: One", "A."), Record("Zorbax: Two", "B."), source="b")
    naming = Retriever(own_shelf, hashing).naming("what is zorbix?")

    assert naming.corrections == ()
    assert sorted(naming.papers.values()) == pytest.approx([0.45, 0.45])


def test_a_named_paper_outside_the_scope_is_not_found(retriever):
    [other] = [p for p in retriever._index.find() if p.title.startswith("FOCUS")]
    scope = Scope(paper_ids=(other.id,))

    assert first(retriever, "SmoothQuant", scope=scope) == other.title


def test_a_removed_paper_is_meant_no_more(own_shelf, hashing):
    retriever = Retriever(own_shelf, hashing)
    [gone] = [p for p in own_shelf.find() if p.title.startswith("Flash-LLM")]
    own_shelf.remove([gone.id])

    assert meant(retriever, "flash llm") == []
    assert retriever.naming("what is FlashLLM?").unknown == ("FlashLLM",)


def test_a_changed_paper_is_meant_by_its_new_name_only(own_shelf, hashing):
    identified = (("arxiv", "2401.00001"),)
    fill(own_shelf, hashing, Record("OldName: A", "Text.", identifiers=identified), source="b")
    fill(own_shelf, hashing, Record("NewName: A", "Text.", identifiers=identified), source="b")
    retriever = Retriever(own_shelf, hashing)

    assert meant(retriever, "OldName") == []
    assert meant(retriever, "new name") == ["NewName: A"]


def test_a_paper_that_waits_to_be_indexed_is_not_meant(own_shelf, hashing):
    own_shelf.stage("b", [Record("LateNet: Later", "Text.")])

    assert meant(Retriever(own_shelf, hashing), "LateNet") == []


def make_old(home):
    """An index of words as Footnote made it before it kept names."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    folder = home / "lexical"
    for file in folder.iterdir():
        file.unlink()
    tantivy.Index(builder.build(), path=str(folder))


def test_an_index_of_an_older_footnote_is_filled_anew_when_it_is_needed(tmp_path, hashing):
    home = tmp_path / "home"
    with open_shelf(home, hashing) as shelf:
        fill(shelf, hashing, *PAPERS)
    make_old(home)

    with open_shelf(home, hashing) as shelf:
        assert not (home / "lexical").exists()
        assert first(Retriever(shelf, hashing), "flash llm").startswith("Flash-LLM")
        assert len(shelf.lexical("ImageNet", 20)) == len(PAPERS)
        assert shelf.check().is_healthy


def test_an_upgrade_that_was_cut_off_goes_on_at_the_next_opening(tmp_path, hashing):
    home = tmp_path / "home"
    with open_shelf(home, hashing) as shelf:
        fill(shelf, hashing, *PAPERS)
    make_old(home)
    open_shelf(home, hashing).close()

    with open_shelf(home, hashing) as shelf:
        assert first(Retriever(shelf, hashing), "flash llm").startswith("Flash-LLM")


def test_a_pasted_document_is_read_for_names_in_no_time(retriever):
    retriever.naming("SmoothQuant " + "unheardofword gibberishword " * 20_000)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("flash atention", "FlashAttention"),
        ("how does unet use its annotations", "U-Net"),
        ("gptqq", "GPTQ"),
        ("what is llm int8", "LLM.int8()"),
        ("paged-attention", "Efficient Memory"),
        ("RiverWach", "Counting Otters"),
    ],
)
def test_names_find_their_paper_with_the_real_models(application, question, expected):
    assert first(application.retriever, question).startswith(expected)
