"""Screenshots of the console for the README: `python -m local.screenshots docs/pictures`.

They show real incidents on the emulator: several that ended, and one, of a release and a setting
that broke at once, that waits for a person's decision.
"""

import sys
from pathlib import Path
from typing import Final, NamedTuple

from playwright.sync_api import Browser
from rich.console import Console

from local.browser import chromium
from local.run import Run
from local.scenarios import load
from local.stage import LocalStage

SEED: Final = 7
ENDED: Final = (
    ("false-alarm", 7),
    ("bad-release", 7),
    ("bad-parameter", 5),
    ("bad-release", 8),
    ("bad-parameter", 8),
)
"""Scenarios that end before the pictures, and the seed of each; no two act on one resource."""


class Picture(NamedTuple):
    """A page and the size of its window in pixels."""

    name: str
    path: str
    size: tuple[int, int]


def pictures(incident: str) -> tuple[Picture, ...]:
    """Return the pictures to take; `incident` is the id of the incident that is shown."""
    desktop, phone = (1280, 860), (390, 844)
    return (
        Picture("operations", "/", desktop),
        Picture("transparency", f"/incidents/{incident}", (1280, 1900)),
        Picture("impact", "/impact", desktop),
        Picture("phone", f"/incidents/{incident}", phone),
    )


def main(arguments: list[str]) -> int:
    """Play the scenario and write one PNG per page; return the exit status."""
    target = Path(arguments[0] if arguments else "docs/pictures")
    target.mkdir(parents=True, exist_ok=True)
    console = Console(highlight=False)
    with LocalStage(SEED, say=console.print) as stage:
        for name, dice in ENDED:
            Run(stage, load(name), console, dice=dice).play()
        incident = Run(stage, load("ambiguous"), console).play_until_asked().incident_id
        with chromium() as browser:
            for picture in pictures(incident):
                photograph(browser, stage.console.address, picture, target)
                console.print(f"{target / picture.name}.png")
    return 0


def photograph(browser: Browser, address: str, picture: Picture, target: Path) -> None:
    """Write the page as a PNG."""
    base, _, token = address.partition("/#")
    width, height = picture.size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{base}{picture.path}#{token}")
    page.wait_for_selector("main [data-part]")
    page.screenshot(path=target / f"{picture.name}.png")
    context.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
