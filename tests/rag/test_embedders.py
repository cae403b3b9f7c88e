"""Other embedding models: OpenAI's protocol over a real connection, llama-index, and the mix."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from llama_index.core import MockEmbedding

from rag.build import build
from rag.chunking import cut
from rag.config import load_settings
from rag.errors import ConfigError, ModelError, ModelMismatchError
from rag.ingest import add
from rag.models.composite import Composite
from rag.models.encoder_choice import encoder_for
from rag.models.llama_index_embedding import LlamaIndexEmbedder
from rag.models.minilm import MiniLM
from rag.models.openai_embedding import BATCH, OpenAIEmbedder
from rag.types import Paper

KEY = "sk-right-and-very-secret"
MODEL = "tiny-embedding"
DIMENSION = 16
MOCK = 'llama_index.core.MockEmbedding {"embed_dim": 8}'
OTTERS = Paper("otters", "Otters", "Otters live in rivers. They eat fish.")
BREAD = Paper("bread", "Bread", "Bakers judge dough by eye. " * 60)
LINE = json.dumps({"title": OTTERS.title, "abstract": OTTERS.abstract})


class Endpoint(ThreadingHTTPServer):
    """An embedding endpoint; `vector` is what it gives for a text, `failures` come first."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        self.asked = []
        self.failures = []
        self.instead = None
        self.is_open = False
        self.spare = 0
        self.length = DIMENSION

    def answer(self, key, body):
        """A status and what is said with it."""
        self.asked.append(body)
        if self.instead is not None:
            return 200, self.instead
        if self.failures:
            return self.failures.pop(0), {"error": {"message": "Not now."}}
        if key != f"Bearer {KEY}" and not self.is_open:
            return 401, {"error": {"message": f"Incorrect API key provided: {key}."}}
        if body["model"] != MODEL:
            return 404, {"error": {"message": f"The model {body['model']} does not exist."}}
        data = [
            {"object": "embedding", "index": index, "embedding": vector(text, self.length)}
            for index, text in enumerate(body["input"][: len(body["input"]) - self.spare])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        # Backwards: nothing says that an endpoint keeps the order.
        return 200, {"object": "list", "model": MODEL, "data": data[::-1], "usage": usage}


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, said = self.server.answer(self.headers["Authorization"], body)
        is_page = isinstance(said, bytes)
        text = said if is_page else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if is_page else "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("retry-after-ms", "1")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def vector(text, length=DIMENSION):
    """Longer than one, for the embedder has to scale it."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    return (3 * np.random.default_rng(seed).normal(size=length)).tolist()


@pytest.fixture
def endpoint(monkeypatch):
    """A running endpoint that the environment names, with the right key."""
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("FOOTNOTE_EMBEDDING", f"openai:{MODEL}")
        monkeypatch.setenv("FOOTNOTE_EMBEDDING_DIMENSION", str(DIMENSION))
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield server
        server.shutdown()
        thread.join()


def openai(model=MODEL):
    return OpenAIEmbedder(model, load_settings())


def llama_index(target):
    return LlamaIndexEmbedder(target, load_settings())


def cosine(one, other):
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_texts_get_their_own_vectors_in_unit_length(endpoint):
    texts = [f"text {number}" for number in range(BATCH + 3)]

    vectors = openai().embed(texts)

    assert [len(body["input"]) for body in endpoint.asked] == [BATCH, 3]
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert all(
        cosine(row, np.array(vector(text))) > 0.999
        for row, text in zip(vectors, texts, strict=True)
    )


def test_a_question_gets_the_vector_that_a_text_gets(endpoint):
    embedder = openai()

    assert np.allclose(embedder.embed_question("a"), embedder.embed(["a"])[0])
    assert embedder.embed_question("a").shape == (DIMENSION,)


def test_no_texts_are_not_worth_a_request(endpoint):
    assert openai().embed([]).shape == (0, DIMENSION)
    assert endpoint.asked == []


def test_a_local_endpoint_needs_no_key(endpoint, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    endpoint.is_open = True

    assert openai().embed(["a"]).shape == (1, DIMENSION)


def test_a_wrong_key_is_a_sentence_without_the_key(endpoint, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-but-secret")

    with pytest.raises(ModelError, match="the endpoint refused OPENAI_API_KEY") as caught:
        openai().embed(["a"])

    assert "secret" not in str(caught.value)


def test_an_unknown_model_is_a_sentence(endpoint):
    with pytest.raises(ModelError, match="large cannot be used: the endpoint does not know that"):
        openai("large").embed(["a"])


def test_a_busy_endpoint_is_asked_again(endpoint):
    endpoint.failures = [429, 503]

    assert openai().embed(["a"]).shape == (1, DIMENSION)
    assert len(endpoint.asked) == 3


@pytest.mark.parametrize(
    ("status", "reason"),
    [(429, "rate limit or quota is used up"), (500, r"an error \(InternalServerError\)")],
)
def test_an_endpoint_that_goes_on_failing_is_a_sentence(endpoint, status, reason):
    endpoint.failures = [status] * 9

    with pytest.raises(ModelError, match=reason):
        openai().embed(["a"])


def test_vectors_of_another_length_are_refused_with_the_setting_to_change(endpoint):
    endpoint.length = 24

    with pytest.raises(ModelError, match=r"1 vectors of 24 .*FOOTNOTE_EMBEDDING_DIMENSION"):
        openai().embed(["a"])


def test_fewer_vectors_than_texts_are_refused(endpoint):
    endpoint.spare = 1

    with pytest.raises(ModelError, match="gave 1 vectors of 16 dimensions for 2 texts"):
        openai().embed(["a", "b"])


@pytest.mark.parametrize(
    "said", [b"<html>A page</html>", {}, [], {"data": None}, {"data": [{"index": 0}]}], ids=str
)
def test_what_does_not_speak_the_protocol_is_a_sentence_with_the_setting_to_look_at(endpoint, said):
    endpoint.instead = said

    with pytest.raises(ModelError, match=r"OPENAI_BASE_URL .* Most addresses end in /v1\.$"):
        openai().embed(["a text"])


def test_an_endpoint_that_is_not_there_is_a_sentence_with_the_setting_to_change(monkeypatch):
    with Endpoint() as gone:
        url = gone.url
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    monkeypatch.setenv("FOOTNOTE_EMBEDDING_DIMENSION", str(DIMENSION))

    with pytest.raises(ModelError, match="cannot be reached; look at OPENAI_BASE_URL"):
        openai().embed(["a"])


def test_without_key_and_address_the_setting_that_is_missing_is_named():
    with pytest.raises(ConfigError, match="needs OPENAI_API_KEY to be set"):
        openai("text-embedding-3-small").embed(["a"])


def test_how_long_the_vectors_of_a_model_are_is_known_or_has_to_be_said():
    assert openai("text-embedding-3-small").dimension == 1536
    with pytest.raises(ConfigError, match="FOOTNOTE_EMBEDDING_DIMENSION"):
        openai("nobody-knows")


def test_an_embedding_of_llama_index_is_made_from_its_path_and_arguments():
    embedder = llama_index(MOCK)

    assert embedder.dimension == 8
    assert embedder.embed(["a", "b"]).shape == (2, 8)
    assert embedder.embed([]).shape == (0, 8)
    assert np.isclose(np.linalg.norm(embedder.embed_question("a")), 1)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("llama_index.core.MockEmbedding", "missing 1 required positional argument"),
        ("llama_index.core.MockEmbedding {", "is not a JSON object"),
        ("llama_index.core.MockEmbedding [8]", "is not a JSON object"),
        ("llama_index.core.Nothing", "has no attribute 'Nothing'"),
        ("not_installed.Embedding", "Is its package installed"),
        ("Embedding", "cannot be made"),
        ("pathlib.Path", "is not a llama-index embedding"),
        ("os.getcwd", "is not a llama-index embedding"),
    ],
)
def test_an_embedding_that_cannot_be_made_is_a_sentence(target, reason):
    with pytest.raises(ConfigError, match=reason):
        llama_index(target)


class Broken(MockEmbedding):
    def _get_query_embedding(self, query):
        raise RuntimeError(f"{KEY} was refused")

    def _get_text_embedding(self, text):
        raise RuntimeError(f"{KEY} was refused")


def test_an_embedding_that_fails_is_a_sentence_without_what_it_says(monkeypatch):
    target = f'{__name__}.Broken {{"embed_dim": 8}}'
    sentence = rf"llama-index:{__name__}\.Broken .* failed \(RuntimeError\)\. Is it running"

    with pytest.raises(ModelError, match=sentence) as caught:
        llama_index(target)
    monkeypatch.setenv("FOOTNOTE_EMBEDDING_DIMENSION", "8")
    for ask in (llama_index(target).embed_question, lambda text: llama_index(target).embed([text])):
        with pytest.raises(ModelError, match=sentence):
            ask("a")

    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_embedding_with_vectors_of_another_length_names_the_setting_to_change(monkeypatch):
    monkeypatch.setenv("FOOTNOTE_EMBEDDING_DIMENSION", "16")
    embedder = llama_index(MOCK)

    for ask in (embedder.embed_question, lambda text: embedder.embed([text, text])):
        with pytest.raises(ModelError, match=r"of 8 dimensions; 16 .* FOOTNOTE_EMBEDDING_DIM"):
            ask("a")


def test_arguments_that_are_wrong_are_named_and_not_shown():
    with pytest.raises(ConfigError, match="embed_dim: Input should be a valid integer") as caught:
        llama_index(f'llama_index.core.MockEmbedding {{"embed_dim": "{KEY}"}}')

    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_name_tells_embeddings_apart_but_not_their_keys():
    def name(**arguments):
        return llama_index(f"llama_index.core.MockEmbedding {json.dumps(arguments)}").name

    assert name(embed_dim=8) != name(embed_dim=9)
    assert name(embed_dim=8, api_key=KEY) == name(api_key="another", embed_dim=8)
    assert KEY not in name(embed_dim=8, api_key=KEY)


def test_an_encoder_of_two_has_both_their_names_and_the_length_of_the_first(endpoint, graphs):
    encoder = Composite(openai(), MiniLM(graphs))

    assert encoder.name == f"openai:{MODEL}+{MiniLM.name}"
    assert encoder.dimension == DIMENSION


def test_an_encoder_of_two_embeds_passages_with_their_titles_and_keeps_minilms_tokens(
    endpoint, graphs, minilm
):
    encoder = Composite(openai(), MiniLM(graphs))
    papers = [(OTTERS, cut(OTTERS)), (OTTERS, ()), (BREAD, cut(BREAD))]

    found = encoder.encode(papers)

    assert [len(one.passages) for one in found] == [len(cuts) for _, cuts in papers]
    assert endpoint.asked[0]["input"][0] == "Otters\nOtters live in rivers. They eat fish."
    for one, (paper, cuts) in zip(found, papers, strict=True):
        [own] = minilm.encode([(paper, ())])
        assert np.array_equal(one.tokens, own.tokens)
        for row, passage in zip(one.passages, cuts, strict=True):
            assert cosine(row, np.array(vector(f"{paper.title}\n{passage.text}"))) > 0.999


def test_an_encoder_of_two_asks_both_for_a_question(endpoint, graphs, minilm):
    question = Composite(openai(), MiniLM(graphs)).encode_question("Where do otters live?")

    assert cosine(question.vector, np.array(vector("Where do otters live?"))) > 0.999
    assert np.array_equal(question.tokens, minilm.encode_question("Where do otters live?").tokens)


def test_an_encoder_of_two_takes_no_papers(endpoint, graphs):
    assert Composite(openai(), MiniLM(graphs)).encode([]) == []


def test_a_shelf_embedded_over_an_endpoint_answers(endpoint, tmp_path, home_with_graphs):
    home_with_graphs(tmp_path / "home")
    (tmp_path / "otters.jsonl").write_text(LINE)

    with build(load_settings()) as application:
        add([str(tmp_path / "otters.jsonl")], application.shelf, application.encoder, print)
        [hit] = application.retriever.search("What do otters eat?", "otters eat")

    assert hit.paper.title == "Otters"


def test_a_shelf_embedded_with_another_model_is_not_opened(tmp_path, home_with_graphs, monkeypatch):
    home_with_graphs(tmp_path / "home")
    (tmp_path / "otters.jsonl").write_text(LINE)
    with build(load_settings()) as application:
        add([str(tmp_path / "otters.jsonl")], application.shelf, application.encoder, print)
    monkeypatch.setenv("FOOTNOTE_EMBEDDING", f"llama-index:{MOCK}")

    with pytest.raises(ModelMismatchError, match="Run `footnote reembed`"), build(load_settings()):
        pass


def test_an_empty_shelf_takes_whatever_model_is_set(tmp_path, home_with_graphs, monkeypatch):
    home_with_graphs(tmp_path / "home")
    with build(load_settings()):
        pass
    monkeypatch.setenv("FOOTNOTE_EMBEDDING", f"llama-index:{MOCK}")

    with build(load_settings()) as application:
        assert application.shelf.embedding().dimension == 8


def test_the_setting_chooses_the_encoder(endpoint, monkeypatch):
    assert encoder_for(load_settings()).name.startswith(f"openai:{MODEL}+")
    monkeypatch.setenv("FOOTNOTE_EMBEDDING", "minilm")
    assert encoder_for(load_settings()).name == MiniLM.name
