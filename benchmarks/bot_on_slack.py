"""How soon Slack is told that a message arrived, and how soon somebody can read the first words.

    python benchmarks/bot_on_slack.py HOME QUESTIONS.jsonl [N]

HOME is a data folder (extractive: no language model is set), QUESTIONS.jsonl the questions, of
which the first N (30) are asked one after the other, then ten at once. Slack is the fake of the
tests, on loopback, by socket; what a real one adds is the way there and back.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fake.world import Post
    from fake_slack import FakeSlack

    from rag.build import Application

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "slack"))

AT_ONCE = 10


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
        ordered = sorted(values)
        late = ordered[int(len(ordered) * 0.95)]
        print(f"{how:20} {what:12} p50 {statistics.median(ordered):6.0f} ms   p95 {late:6.0f} ms")


def main() -> None:
    from rag.build import build
    from rag.config import Settings

    home, questions, *most = sys.argv[1:]
    lines = Path(questions).read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines][: int(most[0]) if most else 30]
    with build(Settings(home=Path(home))) as application, tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(application, asked, Path(folder)))


if __name__ == "__main__":
    main()
