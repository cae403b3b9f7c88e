"""How soon Slack is told that a message arrived, and how soon somebody can read the first words.

    python -m benchmarks.bot_on_slack HOME [QUESTIONS.jsonl] [--questions N]

N questions are asked one after the other, then ten at once. Slack is the fake of the tests, on
loopback, by socket; what a real one adds is the way there and back. HOME is a shelf that nobody
uses; give a copy.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import machine, percentile
from benchmarks.serving import mixed_questions

if TYPE_CHECKING:
    from fake.world import Post
    from fake_slack import FakeSlack

    from rag.build import Application

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS / "slack"), str(TESTS / "web")]

AT_ONCE = 10
ACK, FIRST_WORDS = 100, 500  # milliseconds


async def measure(application: Application, questions: Sequence[str], home: Path) -> None:
    """Prints the times of all questions."""
    from bot_at_work import at_work
    from fake_slack import FakeSlack

    from ui.bot.rules import Rule, Rules

    rules = Rules(Rule(per_user="1000/second", per_channel="1000/second"))
    engine = application.engine
    async with FakeSlack() as slack, at_work(slack, home, engine, rules=rules):
        await slack.answer(await ask(slack, questions[0]), within=60)
        alone = [await timed(slack, one) for one in questions]
        posts = await asyncio.gather(*(ask(slack, one) for one in questions[:AT_ONCE]))
        together = [await times(slack, post) for post in posts]
    show("one after the other", alone)
    show(f"{AT_ONCE} at once", together)


async def ask(slack: FakeSlack, question: str) -> Post:
    return await slack.mention(slack.ada, slack.general, question)


async def timed(slack: FakeSlack, question: str) -> tuple[float, float]:
    return await times(slack, await ask(slack, question))


async def times(slack: FakeSlack, post: Post) -> tuple[float, float]:
    """Milliseconds until both events were acked, and until the first words could be read."""
    await slack.answer(post, within=60)
    return max(one.ack_ms for one in post.deliveries), slack.latency(post) * 1000


def show(how: str, found: Sequence[tuple[float, float]]) -> None:
    for what, values in zip(("ack", "first words"), zip(*found, strict=True), strict=True):
        middle, late = statistics.median(values), percentile(values, 0.95)
        print(f"{how:20} {what:12} p50 {middle:6.0f} ms   p95 {late:6.0f} ms")


def main() -> None:
    from rag.build import build
    from rag.config import Settings

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("home", type=Path, help="folder of a shelf that nobody uses")
    parser.add_argument("questions", type=Path, nargs="?")
    parser.add_argument("--questions", dest="count", type=int, default=30)
    options = parser.parse_args()
    asked = mixed_questions(options.questions)[: options.count]
    print(f"{options.home}; {len(asked)} questions; {machine()}")
    settings = Settings(home=options.home, llm="")
    with build(settings) as application, tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(application, asked, Path(folder)))
    print(f"goals: ack {ACK} ms, first words {FIRST_WORDS} ms; {machine()}")


if __name__ == "__main__":
    main()
