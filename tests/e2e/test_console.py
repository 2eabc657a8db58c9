"""One incident on the emulator, decided by a person at the console, in a real browser.

A release and a setting break the same function at once, and the evidence fits both. The setting is
put back by hand, so the person at the console approves the rollback of the release.
"""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect
from rich.console import Console

from local.outcome import Outcome
from local.run import Run
from local.scenarios import load
from local.shop.faults import Faults
from local.shop.plan import Member
from local.stage import LocalStage
from quorum.domain.events import ActionTaken, ApprovalAnswered
from tests.browsing import Visit, chromium

SEED = 7
EVIL = "<script>alert('log')</script><img src=x onerror=alert(1)>"
ENDED = re.compile("resolved|dismissed|escalated|undone|unverified")
MINUTES = 60_000
"""In milliseconds, for Playwright."""


@pytest.fixture(scope="module")
def stage() -> Iterator[LocalStage]:
    with LocalStage(SEED) as found:
        yield found


@pytest.mark.fast
def test_an_incident_appears_is_approved_by_a_person_and_recovers(stage: LocalStage) -> None:
    run = Run(stage, load("ambiguous"), Console(quiet=True), answers=False)
    with chromium() as browser, played(run) as outcomes:
        visit = Visit(browser, stage.console.address)
        page = visit.page
        expect(page.locator("h1")).to_have_text("Operations")
        link = page.get_by_role("link", name="-errors").first
        expect(link).to_be_visible(timeout=4 * MINUTES)
        member = broken(run)
        complain(stage, member)
        link.click()

        expect(page.get_by_role("heading", name="Needs your decision")).to_be_visible(
            timeout=3 * MINUTES
        )
        expect(page.locator(".votes tbody tr:not(.absent)").nth(6)).to_be_visible(timeout=MINUTES)
        Faults(stage.plan, stage.emulator.client).configure(member)
        approve_rollback(page)

        expect(page.locator(".meta")).to_contain_text(ENDED, timeout=4 * MINUTES)
        assert "resolved" in page.locator(".meta").inner_text(), page.locator("main").inner_text()
        expect(page.locator(".checks")).to_contain_text("verified with the seats' public keys")
        assert page.locator("main script, main img").count() == 0
        page.get_by_role("link", name="Coverage").click()
        covered = page.locator("article", has_text="-errors").first
        expect(covered).to_contain_text("lambda.rollback_alias", timeout=MINUTES)
        assert visit.troubles == []
        assert visit.elsewhere == []
    (outcome,) = outcomes
    assert outcome.outcome == "resolved"
    assert outcome.approved_by == "operator"
    events = stage.quorum.events(outcome.incident)
    (answer,) = (event for event in events if isinstance(event, ApprovalAnswered))
    assert (answer.via, answer.reason and answer.reason.outsider) == ("console", "setting is back")
    assert any(isinstance(event, ActionTaken) for event in events)


@contextmanager
def played(run: Run) -> Iterator[list[Outcome]]:
    """Play the scenario beside the browser; its outcome is in the list when the block ends."""
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(run.play()), daemon=True)
    thread.start()
    yield outcomes
    thread.join(timeout=180)


def broken(run: Run) -> Member:
    """Return the function that the scenario broke."""
    deadline = time.monotonic() + 60
    while len(run.changes) < 4 and time.monotonic() < deadline:
        time.sleep(0.2)
    resource = run.changes[-2].resource.removeprefix("lambda:")
    return next(member for member in run.stage.plan.members if member.name == resource)


def complain(stage: LocalStage, member: Member) -> None:
    """Write log lines of the broken function that hold markup."""
    logs = stage.emulator.client("logs")
    group, stream = f"/aws/lambda/{member.name}", "hostile"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(time.time() * 1000)
    lines = [{"timestamp": now + i, "message": f"ERROR {EVIL}"} for i in range(60)]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=lines)


def approve_rollback(page: Page) -> None:
    """Choose the rollback among the candidate actions and approve it."""
    form = page.get_by_role("form", name="Decide")
    form.get_by_label("from version").first.check()
    form.get_by_label("Reason").fill("setting is back")
    form.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert")).to_contain_text("Approved")
