"""The console in a real Chromium, over stores in memory: what people see, do, and are spared."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from playwright.sync_api import Browser, expect

from quorum.domain.base import OutsiderText
from quorum.domain.evidence import LogTemplate
from tests.browsing import DESKTOP, PHONE, Visit, chromium
from tests.unit.api.worlds import ADA, EVE, World
from tests.unit.narrative.stories import Log, resolved

NOBODY = "nobody's"
EVIL = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's
        """Say nothing."""


class Served:
    """A world behind an address."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._server = make_server("127.0.0.1", 0, world.gateway, handler_class=Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever)

    def address(self, path: str = "/", token: str = ADA) -> str:
        port = self._server.server_port
        return f"http://127.0.0.1:{port}{path}#token={token.replace(' ', '%20')}"

    @property
    def incident(self) -> str:
        return f"/incidents/{self.world.log.incident_id}"

    def __enter__(self) -> "Served":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def hostile() -> Log:
    """An incident whose alarm and log lines are markup."""
    line = LogTemplate(
        id="t1",
        resource="lambda:checkout",
        template=OutsiderText.of(EVIL),
        level="error",
        before=0,
        after=12,
        first_seen=0,
    )
    return Log().open(name=EVIL, reason=EVIL).freeze(templates=(line,)).decide(reason=EVIL)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_outsiders_wrote_shows_as_text(browser: Browser, size: tuple[int, int]) -> None:
    with Served(World(hostile())) as served:
        visit = Visit(browser, served.address(served.incident), size)

        expect(visit.page.locator("h1")).to_have_text(EVIL)
        expect(visit.page.locator(".pattern").first).to_contain_text("<script>alert(2)</script>")
        assert visit.page.locator("main img").count() == 0
        assert visit.page.locator("main script").count() == 0
        visit.page.goto(served.address())
        expect(visit.page.locator(".rows a").first).to_have_text(EVIL)
    assert visit.troubles == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", ["/", "/impact", "/controls", "incident"])
def test_a_page_fits_asks_nobody_else_and_reports_nothing(
    browser: Browser, path: str, size: tuple[int, int]
) -> None:
    with Served(World(resolved())) as served:
        wanted = served.incident if path == "incident" else path
        visit = Visit(browser, served.address(wanted), size)

        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not visit.page.evaluate(wide)
        assert "token" not in visit.page.url
    assert visit.troubles == []
    assert visit.elsewhere == []


def test_a_person_approves_with_the_keyboard_alone(browser: Browser) -> None:
    world = World.asking()
    with Served(world) as served:
        page = Visit(browser, served.address()).page
        page.get_by_label("Why").focus()
        page.keyboard.type("the release is to blame")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Approve")).to_be_focused()
        page.keyboard.press("Enter")

        expect(page.get_by_role("alert")).to_have_text("Approved.")
    (answer,) = world.answers
    assert answer.by is not None
    assert answer.reason is not None
    assert (answer.by.outsider, answer.reason.outsider) == ("ada", "the release is to blame")


def test_who_may_only_look_is_told_so(browser: Browser) -> None:
    world = World.asking()
    with Served(world) as served:
        page = Visit(browser, served.address(token=EVE)).page
        page.get_by_label("Why").fill("let me")
        page.get_by_role("button", name="Approve").click()

        expect(page.get_by_role("alert")).to_contain_text("eve has no role senior_sre")
    assert world.answers == []


def test_a_late_answer_is_refused_and_says_so(browser: Browser) -> None:
    world = World.asking()
    with Served(world) as served:
        page = Visit(browser, served.address()).page
        world.log.clock.now += timedelta(hours=1)
        page.get_by_label("Why").fill("too late")
        page.get_by_role("button", name="Deny").click()

        expect(page.get_by_role("alert")).to_contain_text("expired")
    assert world.answers == []


def test_what_happens_shows_without_reloading_and_spares_what_is_typed(browser: Browser) -> None:
    world = World.asking()
    with Served(world) as served:
        page = Visit(browser, served.address(served.incident)).page
        page.get_by_label("Raise the reserved").check()
        page.get_by_label("Why").fill("half a sent")
        world.log.act()
        world.project()

        expect(page.locator(".timeline")).to_contain_text("ActionTaken")
        expect(page.get_by_label("Why")).to_have_value("half a sent")
        expect(page.get_by_label("Why")).to_be_focused()
        expect(page.get_by_label("Raise the reserved")).to_be_checked()


def test_without_a_token_there_is_a_form_and_no_data(browser: Browser) -> None:
    with Served(World.asking()) as served:
        visit = Visit(browser, served.address(token=NOBODY))

        expect(visit.page.locator("h1")).to_have_text("Sign in")
        visit.page.get_by_label("token").fill(ADA)
        visit.page.get_by_role("button", name="Sign in").click()
        expect(visit.page.locator("h1")).to_have_text("Operations")
