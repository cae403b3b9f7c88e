"""Train the judge: does an abstract answer a question, does it bear a sentence out.

    uv run --with torch python -m training.judge OUT [--abstracts FILE] [--sets FOLDER]

Writes OUT/judge.safetensors (as in `rag/models`: float16, without MiniLM's embeddings, which stay
frozen), OUT/golden.json (24 pairs with their logits) and OUT/measures.json; prints the measures.

It learns from abstracts whose sentences are reworded and broken by rule, from `written.jsonl.gz`
beside this file, and from public sets in FOLDER, whose form `judge_data.py` describes. Without
abstracts the rules work on those of the written cases; without a folder there are no public sets.
One abstract in twelve of the written ones is held out for the measures.

A GPU is used where there is one: five minutes are enough. Elsewhere `--steps 30 --room 2048` shows
that it runs; `--start FILE --steps 0` measures weights that exist.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from random import Random

import torch

from rag.errors import FootnoteError
from training.judge_course import Material, course
from training.judge_data import abstracts
from training.judge_evaluation import table
from training.judge_examples import Abstract, DataError
from training.judge_fitting import Plan, fit
from training.judge_network import Judge, fresh, load, save
from training.judge_reading import golden, readings
from training.judge_written import SPLIT, Written, questions, read_written, statements

WRITTEN = Path(__file__).with_name("written.jsonl.gz")
GOLDEN_PAIRS = 24


def main(given: list[str] | None = None) -> None:
    arguments = _arguments().parse_args(given)
    random = Random(arguments.seed)
    torch.manual_seed(arguments.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        arguments.out.mkdir(parents=True, exist_ok=True)
        train, held_out = read_written(WRITTEN, Random(SPLIT))
        material = Material(train, _papers(arguments, train, random), arguments.sets)
        judge = load(arguments.start) if arguments.start else fresh()
        plan = Plan(arguments.steps, arguments.minutes, arguments.room, arguments.rate, device)
        save(_trained(judge, material, plan, random), arguments.out / "judge.safetensors")
        _judged(arguments.out, held_out, arguments.sets, device)
    except (DataError, FootnoteError, OSError) as error:
        sys.exit(str(error))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.judge", description="Train the judge")
    add = parser.add_argument
    add("out", type=Path, help="folder to write to")
    add("--abstracts", type=Path, metavar="FILE", help="papers to make cases of by rule")
    add("--papers", type=_count, default=16_000, metavar="N", help="how many of them (16000)")
    add("--sets", type=Path, metavar="FOLDER", help="public sets, as in training/judge_data.py")
    add("--start", type=Path, metavar="FILE", help="go on from these weights, not from MiniLM")
    add("--minutes", type=_amount, default=5.0, help="of training (5)")
    add("--steps", type=_count, help="of training, in place of minutes; 0 only measures")
    add("--room", type=_count, default=65_536, metavar="N", help="word pieces in a batch (65536)")
    add("--rate", type=_amount, default=1.2e-4, help="highest rate of learning (1.2e-4)")
    add("--seed", type=_count, default=0)
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def _amount(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def _papers(
    arguments: argparse.Namespace, written: list[Written], random: Random
) -> list[Abstract]:
    if arguments.abstracts is None:
        found = [one.abstract for one in written]
    else:
        found = abstracts(arguments.abstracts)
    return random.sample(found, min(arguments.papers, len(found)))


def _trained(judge: Judge, material: Material, plan: Plan, random: Random) -> Judge:
    if plan.steps == 0:
        return judge
    # MiniLM as it is finds the near misses, whatever weights training goes on from.
    lessons = course(material, fresh().to(plan.device), random)
    return fit(judge.to(plan.device), lessons, plan, random)


def _judged(out: Path, held_out: list[Written], sets: Path | None, device: torch.device) -> None:
    """Measures the weights as they were saved, so that rounding to float16 is in the figures."""
    judge = load(out / "judge.safetensors").to(device)
    said = list(statements(held_out))
    pairs = [golden(judge, (one.sentence, one.source)) for one in said[:GOLDEN_PAIRS]]
    _write(out / "golden.json", pairs)
    measures = []
    for measure in table(
        lambda pairs: readings(judge, pairs), said, list(questions(held_out)), sets
    ):
        print(measure, flush=True)
        measures.append({"name": measure.name, "value": measure.value, "of": measure.of})
    _write(out / "measures.json", measures)


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
