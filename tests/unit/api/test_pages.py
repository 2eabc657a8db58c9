"""Pages of the console: labels, times and links, from the server's HTML."""

import re
from datetime import timedelta

import pytest

from functions.api.console.rendering import age, sentence, utc
from quorum.domain.evidence import Change
from quorum.narrative import from_onset, percent
from tests.builders.api import World
from tests.builders.candidates import RAISE, REDRIVE, ROLLBACK
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log, resolved
from tests.fakes.clock import START

OPERATIONS, PAGE = "/view/operations", f"/view/incidents/{INCIDENT}"
ZONED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")
AWS_LINK = re.compile(r'href="(https://[^"]+aws[^"]+)"')


def text(html: str) -> str:
    """Return the text of the page, without tags and with single blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_seat_health_counts_the_decision_of_an_open_incident() -> None:
    page = text(World.asking().get(OPERATIONS).body)

    assert "Seat health last 1 decision " in page
    assert "No decisions yet" not in page


def test_seat_health_without_any_decision_says_so_beside_no_score() -> None:
    page = text(World(Log().open()).get(OPERATIONS).body)

    assert "No decisions yet." in page
    assert "Score" not in page


def test_a_pending_approval_shows_risk_undo_and_score() -> None:
    page = text(World.asking().get(OPERATIONS).body)

    for shown in ("Needs your decision 1", "medium risk", "Can be undone", "0.70 required"):
        assert shown in page


def test_an_action_without_an_inverse_cannot_be_undone() -> None:
    log = Log().open().freeze(candidates=(REDRIVE,))
    log.decide(route="approve", action=REDRIVE.id, ranking=((REDRIVE.id, 6600),), votes=())
    world = World(log).ask()

    assert "Cannot be undone" in text(world.get(OPERATIONS).body)
    page = text(world.get(PAGE).body)
    assert "Undo Not possible." in page
    assert "2 different approvers required" in page


@pytest.mark.parametrize("path", [OPERATIONS, PAGE, "/view/controls"])
def test_every_time_has_a_date_and_a_zone(path: str) -> None:
    world = World.asking()
    world.put("stop", stopped=True)
    html = world.get(path).body

    times = re.findall(r"<time [^>]*>([^<]*)</time>", html)
    assert times
    assert all(ZONED.fullmatch(time) for time in times)
    shown = ZONED.sub("", text(html))
    assert not re.search(r"\d\d:\d\d:\d\d", shown)


def test_the_age_of_an_open_incident_is_beside_its_time_and_coarse() -> None:
    world = World.asking()
    world.log.clock.now += timedelta(minutes=4, seconds=6)
    first = world.get(PAGE)
    world.log.clock.now += timedelta(seconds=14)

    assert "(4 min ago)" in text(first.body)
    tag = first.headers["etag"]
    assert world.get(PAGE, headers={"if-none-match": tag}).status == 304


@pytest.mark.parametrize(
    ("not_before", "at", "words"),
    [
        (940, 940, "1 min 0 s before the onset"),
        (900, 1000, "0 s before the onset"),
        (1000, 1013, "13 s after the onset"),
        (956, 1013, "at most 44 s before the onset or 13 s after it"),
    ],
)
def test_time_of_a_change_relative_to_the_onset(not_before: int, at: int, words: str) -> None:
    change = Change(
        id="c",
        resource="lambda:f",
        kind="alias",
        setting="live",
        not_before=not_before,
        at=at,
        before="1",
        after="2",
    )

    assert from_onset(change, 1000) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute ago"),
        (59, "less than a minute ago"),
        (60, "1 min ago"),
        (3_599, "59 min ago"),
        (7_300, "2 h ago"),
        (200_000, "2 d ago"),
        (-30, "in less than a minute"),
        (-899, "in 14 min"),
    ],
)
def test_ages_are_in_the_largest_unit(seconds: int, words: str) -> None:
    assert age(START, START + timedelta(seconds=seconds)) == words
    assert age(START.timestamp(), START + timedelta(seconds=seconds)) == words


def test_utc_percent_and_sentence_format_their_values() -> None:
    assert utc(START.timestamp()) == utc(START)
    assert [percent(one) for one in (0, 0.0035, 0.0321, 0.41, 1)] == [
        *("0%", "0.35%", "3.2%", "41%", "100%")
    ]
    assert sentence("resolved: it helped") == "Resolved: it helped."


def test_on_aws_every_alarm_resource_change_and_log_group_has_its_link() -> None:
    links = AWS_LINK.findall(World.asking().get(PAGE).body)

    for part in (
        "#alarmsV2:alarm/shop-checkout-errors",
        "#/functions/checkout?tab=monitoring",
        "#/functions/checkout/aliases/live",
        "EventName=UpdateAlias20150331",
        "log-group/$252Faws$252Flambda$252Fcheckout/log-events",
    ):
        assert any(part in link for link in links), part
    assert all(link.startswith("https://eu-west-1.console.aws.amazon.com/") for link in links)


@pytest.mark.parametrize(
    "path", [OPERATIONS, PAGE, "/view/controls", "/view/coverage", "/view/impact"]
)
def test_on_the_laptop_nothing_links_to_aws(path: str) -> None:
    log = Log().open().freeze().decide(route="approve", score_bp=6600, reason="below")
    html = World(log, aws=None).ask().get(path).body

    assert "aws.amazon.com" not in html
    assert 'class="aws"' not in html


def test_a_hostile_alarm_name_stays_inside_its_attribute() -> None:
    name = '"><script>alert(1)</script>'
    html = World(Log().open(name=name).freeze().decide()).get(PAGE).body

    assert "<script" not in html
    assert "alarm/%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E" in html


def test_the_proposed_action_is_the_first_option() -> None:
    log = Log().open().freeze(candidates=(RAISE, ROLLBACK))
    html = World(log.decide(route="approve", score_bp=6600)).ask().get(PAGE).body

    values = re.findall(r'type="radio"[^>]*value="([^"]+)"( checked)?', html)
    assert values == [(ROLLBACK.id, " checked"), (RAISE.id, "")]


def test_the_summary_of_a_resolved_incident_says_what_was_done_and_how_it_ended() -> None:
    page = text(World(resolved()).get(PAGE).body)

    assert "check: recovered" in page
    assert "Outcome Resolved:" in page
    assert "Manual override" in page
    assert "Needs your decision" not in page


def test_an_incident_that_was_taken_over_names_its_owner() -> None:
    world = World.asking()
    world.post("take-over")
    page = text(world.get(PAGE).body)

    assert "Owner: ada . Automation is paused for this incident." in page
