"""The console in a real Chromium, over stores in memory."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browsing import DESKTOP, PHONE, Visit
from tests.builders.api import ADA, EVE, World
from tests.builders.candidates import RESOURCE
from tests.builders.evidence import template
from tests.builders.incident_logs import Log
from tests.integration.console import scenes
from tests.integration.console.serving import Served

UNKNOWN = "unknown"
READ_IN_ORDER = (
    "h1",
    ".brief dt:text-is('What happened')",
    ".brief dt:text-is('Since')",
    ".brief dt:text-is('Impact')",
    ".brief dt:text-is('Most likely cause')",
    ".brief dt:text-is('Evidence')",
    ".brief dt:text-is('Proposed action')",
    ".brief dt:text-is('Risk')",
    ".brief dt:text-is('Undo')",
    "button:text-is('Approve')",
    ".votes",
    ".checks",
    ".plots",
    ".timeline",
)
"""The sections of the incident page, from the top."""
EVIL = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


def hostile() -> Log:
    """An incident whose alarm and log lines are markup."""
    line = template(RESOURCE, EVIL, after=12, id="t1")
    return Log().open(name=EVIL, reason=EVIL).freeze(templates=(line,)).decide(reason=EVIL)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_untrusted_text_is_shown_as_text(browser: Browser, size: tuple[int, int]) -> None:
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
@pytest.mark.parametrize("path", ["/", "/impact", "/coverage", "/controls", "incident"])
def test_a_page_fits_its_window_and_calls_no_other_host(
    browser: Browser, path: str, size: tuple[int, int]
) -> None:
    with Served(scenes.busy()) as served:
        wanted = served.incident if path == "incident" else path
        visit = Visit(browser, served.address(wanted), size)

        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not visit.page.evaluate(wide)
        assert "token" not in visit.page.url
    assert visit.troubles == []
    assert visit.elsewhere == []


def test_the_incident_page_has_its_sections_in_order_before_the_approval_request(
    browser: Browser,
) -> None:
    with Served(scenes.asking()) as served:
        page = Visit(browser, served.address(served.incident)).page
        parts = [part.get_attribute("data-part") for part in page.locator("main [data-part]").all()]
        terms = page.locator(".brief dt").all_inner_texts()
        evidence = page.locator(".brief dt:text-is('Evidence') + dd").inner_text()
        options = page.get_by_role("radio").all()

        assert parts[:6] == ["head", "brief", "ask", "questions", "decision", "votes"]
        assert terms == [
            "What happened",
            "Since",
            "Impact",
            "Most likely cause",
            "Evidence",
            "Proposed action",
            "Risk",
            "Undo",
        ]
        places = [element.bounding_box() for element in (page.locator(f) for f in READ_IN_ORDER)]
        tops = [place["y"] for place in places if place]
        assert tops == sorted(tops)
        assert len(tops) == len(READ_IN_ORDER)
        assert "Changed" in evidence
        assert options[0].is_checked()


def test_every_chart_has_axes_with_units_and_the_alarmed_one_its_threshold(
    browser: Browser,
) -> None:
    with Served(scenes.asking()) as served:
        page = Visit(browser, served.address(served.incident)).page
        charts = page.locator("figure.plot")

        assert charts.count() > 1
        for chart in charts.all():
            expect(chart.locator(".unit")).to_have_text(re.compile(r".+ per \d+ s"))
            assert chart.locator(".y-axis text").count() > 1
            expect(chart.locator(".axis time").first).to_have_text(re.compile(r"^2026-.+ UTC$"))
            expect(chart.locator("svg text", has_text="onset")).to_be_visible()
        alarmed = page.locator("figure.alarmed").first
        expect(alarmed.locator("text.limit")).to_have_text(re.compile("alarm threshold ≥ "))


def test_links_into_the_aws_console_open_in_a_new_tab_without_a_referrer(
    browser: Browser,
) -> None:
    with Served(scenes.asking()) as served:
        page = Visit(browser, served.address(served.incident)).page
        links = page.locator("a[href*='console.aws.amazon.com']")

        assert links.count() > 10
        for link in links.all():
            assert link.get_attribute("target") == "_blank"
            assert link.get_attribute("rel") == "noopener noreferrer"


def test_a_person_approves_with_the_keyboard_alone(browser: Browser) -> None:
    world = World.asking()
    with Served(world) as served:
        page = Visit(browser, served.address()).page
        page.get_by_label("Reason").focus()
        page.keyboard.type("the release is to blame")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Approve")).to_be_focused()
        page.keyboard.press("Enter")

        expect(page.get_by_role("alert")).to_have_text("Approved.")
    (answer,) = world.answers
    assert answer.by is not None
    assert answer.reason is not None
    assert (answer.by.outsider, answer.reason.outsider) == ("ada", "the release is to blame")


def test_a_viewer_is_refused_with_the_missing_role(browser: Browser) -> None:
    world = World.asking()
    with Served(world) as served:
        page = Visit(browser, served.address(token=EVE)).page
        page.get_by_label("Reason").fill("let me")
        page.get_by_role("button", name="Approve").click()

        expect(page.get_by_role("alert")).to_contain_text("senior_sre")
    assert world.answers == []


def test_a_late_answer_is_refused_as_expired(browser: Browser) -> None:
    world = World.asking()
    with Served(world) as served:
        page = Visit(browser, served.address()).page
        world.log.clock.now += timedelta(hours=1)
        page.get_by_label("Reason").fill("too late")
        page.get_by_role("button", name="Deny").click()

        expect(page.get_by_role("alert")).to_contain_text("expired")
    assert world.answers == []


def test_a_question_is_answered_with_links_to_the_evidence_and_stays(browser: Browser) -> None:
    world = World(hostile())
    with Served(world) as served:
        visit = Visit(browser, served.address(served.incident, token=EVE))
        page = visit.page
        page.get_by_label("Question").fill("what is the cause? <b>")
        page.keyboard.press("Enter")
        reply = page.locator("#reply")

        expect(reply.locator("h3")).to_have_text("what is the cause? <b>")
        expect(reply.locator("li", has_text="<script>alert(2)</script>")).to_have_count(1)
        assert reply.locator("script, img, b").count() == 0
        for link in reply.locator("a.cite").all():
            target = link.get_attribute("href") or ""
            assert page.locator(target).count() == 1
        world.log.act()
        world.project()
        expect(page.locator(".timeline")).to_contain_text("Action taken", timeout=10_000)
        expect(reply.locator("h3")).to_be_visible()
    assert visit.troubles == []


def test_new_events_appear_without_reloading_and_keep_typed_text(browser: Browser) -> None:
    world = World.asking()
    with Served(world) as served:
        page = Visit(browser, served.address(served.incident)).page
        page.get_by_label("Raise the reserved").check()
        page.get_by_label("Reason").fill("half a sent")
        world.log.act()
        world.project()

        expect(page.locator(".timeline")).to_contain_text("ActionTaken")
        expect(page.get_by_label("Reason")).to_have_value("half a sent")
        expect(page.get_by_label("Reason")).to_be_focused()
        expect(page.get_by_label("Raise the reserved")).to_be_checked()


def test_an_unauthenticated_visitor_sees_a_form_and_no_data(browser: Browser) -> None:
    with Served(World.asking()) as served:
        visit = Visit(browser, served.address(token=UNKNOWN))

        expect(visit.page.locator("h1")).to_have_text("Sign in")
        visit.page.get_by_label("token").fill(ADA)
        visit.page.get_by_role("button", name="Sign in").click()
        expect(visit.page.locator("h1")).to_have_text("Operations")
