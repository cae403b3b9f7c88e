"""How well and how fast sentences are checked, beside the cosine of sentence vectors alone.

    python -m benchmarks.verification [CHECKS.jsonl] [--claims FOLDER]

CHECKS.jsonl is what `footnote check` reads, with a `kind` a line: "true", or how the sentence was
broken. Without a file: the sentences written to the sample shelf, which the thresholds were
fitted on among others. The cosine's threshold gives it the verifier's own false alarms.
FOLDER holds SciFact in the BEIR layout with its `claims.jsonl`: what the gates of language, which
no claim of it was seen by, find in claims that their abstracts support or contradict.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.measuring import machine, percentile
from rag.answering.gates import Findings, findings
from rag.answering.source import Source, prepared
from rag.answering.verification import Verifier
from rag.models.judge import Judge
from rag.models.minilm import MiniLM
from rag.types import Paper

T = TypeVar("T")

OWN = Path(__file__).parent.parent / "training" / "checks.jsonl"
MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Check:
    """A sentence beside a paper."""

    kind: str
    sentence: str
    paper: Paper


@dataclass(slots=True)
class Clock:
    """Seconds of each call."""

    seconds: list[float]

    def time(self, action: Callable[[], T]) -> T:
        began = time.perf_counter()
        result = action()
        self.seconds.append(time.perf_counter() - began)
        return result

    def __str__(self) -> str:
        middle, late = (MILLISECONDS * percentile(self.seconds, share) for share in (0.5, 0.95))
        return f"p50 {middle:6.1f}  p95 {late:6.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checks", nargs="?", type=Path, default=OWN)
    parser.add_argument("--claims", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        encoder = MiniLM(Path(folder), of_statements=True)
        print(machine())
        checks = list(_checks(arguments.checks))
        _compare(checks, Verifier(Judge(Path(folder)), encoder), encoder)
        if arguments.claims:
            _gate_claims(arguments.claims, encoder)


def _checks(path: Path) -> Iterator[Check]:
    shelf = files("rag.sample").joinpath("footnote-sample.jsonl").read_text(encoding="utf-8")
    abstracts = {entry["title"]: entry["abstract"] for entry in map(json.loads, shelf.splitlines())}
    for line in path.read_text(encoding="utf-8").splitlines():
        check = json.loads(line)
        title = check["title"]
        abstract = check.get("abstract") or abstracts[title]
        yield Check(check["kind"], check["sentence"], Paper(title, title, abstract))


def _compare(checks: Sequence[Check], verifier: Verifier, encoder: MiniLM) -> None:
    sources = {check.paper: prepared(check.paper, encoder) for check in checks}
    verifier.check(checks[0].sentence, [checks[0].paper])
    gates, whole, cosine = Clock([]), Clock([]), Clock([])
    labels: dict[str, list[str]] = defaultdict(list)
    cosines: dict[str, list[float]] = defaultdict(list)
    for check in checks:
        source = sources[check.paper]
        verifier.check("Warm the paper up.", [check.paper])
        gates.time(lambda c=check, s=source: findings(c.sentence, s))
        [verdict] = whole.time(lambda c=check: verifier.check(c.sentence, [c.paper]))
        near = cosine.time(lambda c=check, s=source: _cosine(c.sentence, s, encoder))
        labels[check.kind].append(verdict.label)
        cosines[check.kind].append(near)
    _print_caught(labels, cosines)
    print("\nmilliseconds a sentence, its paper known")
    print(
        f"  gates of language  {gates}\n  a verdict          {whole}\n  cosine alone       {cosine}"
    )


def _cosine(sentence: str, source: Source, encoder: MiniLM) -> float:
    return float((source.sentences @ encoder.encode_question(sentence).vector).max())


def _print_caught(labels: dict[str, list[str]], cosines: dict[str, list[float]]) -> None:
    true = labels.pop("true")
    alarms, weak = true.count("unsupported") / len(true), true.count("weak") / len(true)
    floor = float(np.quantile(cosines.pop("true"), alarms))
    print(f"true sentences: {len(true)}, false alarms {alarms:.3f}, weak {weak:.3f}")
    print(f"{'caught':12} {'n':>5} {'verifier':>9} {'of these dropped':>17} {'cosine alone':>13}")
    for kind, found in labels.items():
        caught = 1 - found.count("supported") / len(found)
        dropped = found.count("unsupported") / len(found)
        by_cosine = np.mean([one < floor for one in cosines[kind]])
        print(f"{kind:12} {len(found):5d} {caught:9.3f} {dropped:17.3f} {by_cosine:13.3f}")


def _gate_claims(folder: Path, encoder: MiniLM) -> None:
    """The judge is left out: it has seen these claims in training."""
    found: dict[str, list[Findings]] = defaultdict(list)
    for check in _claims(folder):
        found[check.kind].append(findings(check.sentence, prepared(check.paper, encoder)))
    print("\nclaims of SciFact, gates alone")
    for label, those in found.items():
        figures, names, conflicts = (
            sum(map(bool, column)) / len(those)
            for column in zip(
                *((one.is_fatal, one.names, one.conflicts) for one in those), strict=True
            )
        )
        print(
            f"  {label:10} n={len(those):4d}  a figure is not there {figures:.3f}  "
            f"a name is not there {names:.3f}  direction or negation conflicts {conflicts:.3f}"
        )


def _claims(folder: Path) -> Iterator[Check]:
    texts = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl")}
    corpus = {row["_id"]: row for row in _rows(folder / "corpus.jsonl")}
    for claim in _rows(folder / "claims.jsonl"):
        for paper_id, label in claim["label_by_doc"].items():
            entry = corpus[paper_id]
            paper = Paper(paper_id, entry["title"], entry["text"])
            yield Check(label, texts[claim["_id"]], paper)


def _rows(path: Path) -> Iterator[dict]:
    import gzip

    packed = path.with_suffix(".jsonl.gz")
    text = gzip.decompress(packed.read_bytes()) if packed.is_file() else path.read_bytes()
    yield from map(json.loads, text.decode().splitlines())


if __name__ == "__main__":
    main()
