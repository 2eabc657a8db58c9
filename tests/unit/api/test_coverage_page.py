"""The coverage page of the console: rows, the autonomy in force, age, and states without data."""

from datetime import timedelta

from functions.api.console.coverage_page import OUTDATED_SECONDS
from quorum.domain.coverage import CoverageReport, Covered, Possible, Transition
from tests.builders.api import EVE, World
from tests.builders.candidates import ROLLBACK
from tests.builders.incident_logs import Log
from tests.unit.api.test_pages import text

PAGE = "/view/coverage"
HOSTILE = '"><script>alert(1)</script>'


def world(*alarms: Covered) -> World:
    """Return a world whose inventory has just reported these alarms."""
    made = World(Log())
    made.coverage.put(CoverageReport(at=made.log.clock.now.timestamp(), alarms=alarms))
    return made


def covered(**more: object) -> Covered:
    return Covered.model_validate(
        {
            "alarm": "shop-errors",
            "resources": ["lambda:checkout"],
            "scope": ["lambda:checkout", "lambda:prices"],
            "signals": ["requests", "errors"],
            "logs": ["/aws/lambda/checkout"],
            "transitions": [Transition(at=0.0, summary="OK")],
            "possible": [Possible(verb=ROLLBACK.verb, resource="lambda:checkout")],
            **more,
        }
    )


def test_page_shows_what_would_be_seen_and_done() -> None:
    page = text(world(covered()).get(PAGE).body)

    assert "1 alarm is opted in, 1 with nothing missing" in page
    for part in ("requests, errors", "/aws/lambda/checkout", "lambda:prices", "1970-01-01"):
        assert part in page
    assert f"{ROLLBACK.verb} on lambda:checkout autonomous" in page


def test_mode_is_the_one_in_force_and_not_the_deployed_one() -> None:
    made = world(covered())
    made.put("modes", verb=ROLLBACK.verb, resource="lambda:check*", mode="approve")

    assert f"{ROLLBACK.verb} on lambda:checkout approve" in text(made.get(PAGE).body)


def test_alarms_that_lack_most_come_first() -> None:
    lacking = covered(alarm="shop-latency", missing=["a map", "a log group"])
    page = text(world(covered(), lacking).get(PAGE).body)

    assert page.index("shop-latency") < page.index("shop-errors")
    assert "2 missing" in page
    assert "1 with nothing missing" in page


def test_everything_from_alarms_is_escaped() -> None:
    hostile = covered(
        alarm=HOSTILE,
        scope=[],
        signals=[HOSTILE],
        logs=[HOSTILE],
        transitions=[Transition(at=0.0, summary=HOSTILE)],
        missing=[HOSTILE],
    )
    html = world(hostile).get(PAGE).body

    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 5


def test_page_without_a_report_says_when_there_will_be_one() -> None:
    page = text(World(Log()).get(PAGE).body)

    assert "No report yet" in page
    assert "No alarm is opted in" not in page


def test_page_without_alarms_names_the_settings_that_opt_in() -> None:
    assert "alarm_prefixes" in text(world().get(PAGE).body)


def test_old_report_is_marked() -> None:
    made = world(covered())
    made.log.clock.now += timedelta(seconds=OUTDATED_SECONDS)
    assert "This report is old" not in text(made.get(PAGE).body)
    made.log.clock.now += timedelta(seconds=1)
    assert "This report is old" in text(made.get(PAGE).body)


def test_unavailable_store_is_a_problem_to_retry() -> None:
    made = world(covered())
    made.coverage.down = True
    assert made.get(PAGE).status == 503


def test_viewers_may_read_it_and_callers_without_a_token_may_not() -> None:
    made = world(covered())
    assert made.get(PAGE, token=EVE).status == 200
    assert made.get(PAGE, token=None).status == 401
