"""The pictures of the web chat in docs/images, made anew.

    python -m docs.screenshots HOME

HOME is a copy of the sample shelf that nobody uses, as `footnote demo` makes it. Needs Chromium.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.serving import served

IMAGES = Path(__file__).with_name("images")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# In a container there is neither a sandbox nor much shared memory.
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]
COLOURS = 256
PATIENCE = 60_000  # milliseconds
SETTLED = 900  # milliseconds until nothing moves any more
WIDE = {"width": 1360, "height": 850}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class Picture:
    """A view of the page after a question; the marker of that place is clicked."""

    name: str
    question: str
    marker: int = 0
    view: Mapping[str, Any] = field(default_factory=lambda: {"viewport": WIDE})


PICTURES = (
    Picture("answer", "How does FlashAttention save memory?", marker=1),
    Picture(
        "dark",
        "Which papers compress language models to 4 bits?",
        view={"viewport": WIDE, "color_scheme": "dark"},
    ),
    Picture(
        "phone",
        "How does LoRA save memory?",
        view={"viewport": PHONE, "device_scale_factor": 2, "has_touch": True, "is_mobile": True},
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("home", type=Path, help="folder of a shelf that nobody uses")
    home = parser.parse_args().home.resolve()
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit("There is no Chromium. Install it: apt-get install chromium")
    IMAGES.mkdir(exist_ok=True)
    footnote = str(Path(sys.executable).with_name("footnote"))
    with (
        served(home, [footnote, "serve", "--port"]) as (address, _),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        _warm_up(browser, address)
        for picture in PICTURES:
            _take(browser, address, picture)
        browser.close()


def _warm_up(browser: Browser, address: str) -> None:
    """The first answer loads models, which is no usual time to show."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    _ask(page, PICTURES[-1].question)
    page.close()


def _take(browser: Browser, address: str, picture: Picture) -> None:
    context = browser.new_context(**picture.view)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    _ask(page, picture.question)
    page.locator("#chat a.cite").nth(picture.marker).click()
    page.wait_for_timeout(SETTLED)
    target = IMAGES / f"{picture.name}.png"
    _save(page.screenshot(), target)
    context.close()
    sys.stdout.write(f"{target}: {target.stat().st_size // 1000} kB\n")


def _ask(page: Page, question: str) -> None:
    box = page.locator("#box textarea")
    box.fill(question)
    box.press("Enter")
    page.locator("#evidence .card").first.wait_for()
    page.locator("#box .submit-button").wait_for()
    page.wait_for_timeout(SETTLED)


def _save(shot: bytes, target: Path) -> None:
    """As a picture of few colours, which text on plain paper is."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    few = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(target, optimize=True)


if __name__ == "__main__":
    main()
