"""Accessibility: axe-core finds no serious or critical violation in any view, theme or width."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import DESKTOP, PHONE, Visit
from tests.builders.api import ADA, World
from tests.builders.incident_logs import Log, resolved, undone
from tests.integration.console import scenes
from tests.integration.console.serving import Served

AXE: Final = Path("node_modules/axe-core/axe.min.js")
"""Pinned in package.json; `make install` puts it there."""
THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
BARRIERS: Final = {"serious", "critical"}
INCIDENT: Final = "incident"


class View(NamedTuple):
    world: Callable[[], World]
    path: str
    token: str = ADA


VIEWS: Final = {
    "operations": View(scenes.busy, "/"),
    "operations, empty": View(lambda: World(Log()), "/"),
    "impact": View(scenes.busy, "/impact"),
    "impact, empty": View(lambda: World(Log()), "/impact"),
    "coverage": View(scenes.busy, "/coverage"),
    "coverage, empty": View(lambda: World(Log()), "/coverage"),
    "controls": View(scenes.busy, "/controls"),
    "incident, approval requested": View(scenes.asking, INCIDENT),
    "incident, opened": View(lambda: World(Log().open()), INCIDENT),
    "incident, resolved": View(lambda: World(resolved()), INCIDENT),
    "incident, undone": View(lambda: World(undone()), INCIDENT),
    "sign-in": View(lambda: World(Log()), "/", "unknown"),
}


@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_no_barrier_in_the_view(browser: Browser, name: str) -> None:
    view = VIEWS[name]
    with Served(view.world()) as served:
        path = served.incident if view.path == INCIDENT else view.path
        page = Visit(browser, served.address(path, view.token)).page
        page.evaluate(AXE.read_text())
        for theme, size in product(THEMES, (DESKTOP, PHONE)):
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert barriers(page) == [], (theme, size)


def test_axe_finds_no_barrier_in_the_answer_of_a_form(browser: Browser) -> None:
    with Served(World.asking()) as served:
        page = Visit(browser, served.address()).page
        page.evaluate(AXE.read_text())
        page.get_by_label("Reason").fill("checked")
        page.get_by_role("button", name="Deny").click()
        expect(page.get_by_role("alert")).to_have_text("Denied.")
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            assert barriers(page) == [], theme


def barriers(page: Page) -> list[str]:
    """Return the serious and critical violations, each with its first element."""
    found: list[dict[str, Any]] = page.evaluate("axe.run().then((r) => r.violations)")
    return [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html']}"
        for one in found
        if one["impact"] in BARRIERS
    ]
