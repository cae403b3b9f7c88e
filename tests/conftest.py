"""Every test stands alone: no setting of the person who runs it, no network, a folder of its own.

What is slow to make is made once a session: the models' graphs, and a shelf of nine papers.
"""

import hashlib
import ipaddress
import json
import logging
import os
import re
import socket
from functools import cache
from importlib.resources import files

import numpy as np
import pytest

from rag.build import build
from rag.config import Settings
from rag.ingest import add
from rag.models.judge import Judge
from rag.models.minilm import MiniLM
from rag.types import Encoded, EncodedQuestion, Paper, Span

SHELVED = (
    "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
    "Adam: A Method for Stochastic Optimization",
    "U-Net: Convolutional Networks for Biomedical Image Segmentation",
    "FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness",
    "Efficient Memory Management for Large Language Model Serving with PagedAttention",
    "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers",
    "AWQ: Activation-aware Weight Quantization for LLM Compression and Acceleration",
    "LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale",
)
BRACKETED = {
    "title": "Counting Otters [1] along Rivers",
    "abstract": "Otters are counted by their tracks [1], as in earlier work [2, 3] and [4-6]. "
    r"We propose RiverWatch, which counts otters with cameras and makes \emph{50\%} fewer errors. "
    "RiverWatch found 1,204 otters [7] along 310 km of river in Scotland. "
    "Its cameras cost $40 each and run 56times longer on a battery than those of Holt et al. [8].",
    "published": "2024-03",
    "organization": "Otter Trust",
}


class HashingEncoder:
    """Deterministic vectors of a text's words: no model, and yet like texts are near."""

    dimension = 32

    def __init__(self, name="hashing"):
        self.name = name

    def encode(self, papers):
        return [
            Encoded(
                passages=np.array([_vector(cut.text) for cut in cuts]).reshape(-1, self.dimension),
                tokens=np.round(_rows(paper.abstract) * 127).astype(np.int8),
            )
            for paper, cuts in papers
        ]

    def encode_question(self, question):
        rows = _rows(question)
        return EncodedQuestion(
            _vector(question), rows, np.full(len(rows), 1 / len(rows), np.float32)
        )


def _rows(text):
    return np.array([_hashed(word) for word in re.findall(r"\w+", text.lower()) or [""]])


def _vector(text):
    total = _rows(text).sum(axis=0)
    return total / np.linalg.norm(total)


@cache
def _hashed(word):
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
    vector = np.random.default_rng(seed).normal(size=HashingEncoder.dimension)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


@pytest.fixture(scope="session", autouse=True)
def _sealed_off(tmp_path_factory):
    """Fixtures of the session are made under the same conditions as tests run."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("FOOTNOTE_", "OPENAI_")):
                patch.delenv(name)
        patch.chdir(tmp_path_factory.mktemp("session"))
        patch.setattr(socket.socket, "connect", _loopback_only(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _loopback_only(socket.socket.connect_ex))
        yield


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def _loopback_only(connect):
    def checked(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            self.close()
            pytest.fail(f"A test may not connect to {address[0]}.")
        return connect(self, address)

    return checked


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session")
def sample():
    """The entries of the sample shelf, as they stand in its file."""
    text = files("rag.sample").joinpath("footnote-sample.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="session")
def graphs(tmp_path_factory):
    """A folder with the graphs of both models."""
    folder = tmp_path_factory.mktemp("models")
    MiniLM(folder).encode_question("Is it built?")
    Judge(folder).read("Is it built?", [Paper("a", "A", "It is.")], [[Span(0, 6)]])
    return folder


@pytest.fixture(scope="session")
def minilm(graphs):
    return MiniLM(graphs)


@pytest.fixture(scope="session")
def judge(graphs):
    return Judge(graphs)


@pytest.fixture(scope="session")
def home_with_graphs(graphs):
    """Makes a data directory in which nothing is missing but papers."""

    def make(folder):
        folder.mkdir(parents=True)
        (folder / "models").symlink_to(graphs, target_is_directory=True)
        return folder

    return make


@pytest.fixture(scope="session")
def application(tmp_path_factory, home_with_graphs, sample):
    """Nine papers, really read, cut, embedded and indexed; not to be changed."""
    folder = tmp_path_factory.mktemp("application")
    entries = [entry for entry in sample if entry["title"] in SHELVED]
    papers = folder / "nine.jsonl"
    papers.write_text("".join(json.dumps(entry) + "\n" for entry in [*entries, BRACKETED]))
    with build(Settings(home=home_with_graphs(folder / "home"))) as built:
        report = add([str(papers)], built.shelf, built.encoder, lambda _: None)
        assert report.new == len(SHELVED) + 1, report
        yield built


@pytest.fixture(scope="session")
def engine(application):
    return application.engine


@pytest.fixture
def empty(tmp_path, home_with_graphs):
    """An application over a shelf without papers."""
    with build(Settings(home=home_with_graphs(tmp_path / "home"))) as built:
        yield built


@pytest.fixture
def hashing():
    return HashingEncoder()


@pytest.fixture(scope="session")
def paper_titled(application):
    """The shelved paper whose title begins like this."""
    papers = application.shelf.find()

    def find(beginning):
        return next(paper for paper in papers if paper.title.startswith(beginning))

    return find


@pytest.fixture(autouse=True)
def _logs_as_before():
    """What a test serves or runs sets logging up for the whole process."""
    factory, ours = logging.getLogRecordFactory(), logging.getLogger("footnote")
    kept = (ours.handlers[:], ours.propagate, ours.level)
    yield
    logging.setLogRecordFactory(factory)
    ours.handlers, ours.propagate = kept[:2]
    ours.setLevel(kept[2])
    ours.getChild("requests").setLevel(logging.NOTSET)
