"""The briefing: impact, most likely cause with its evidence, proposed action."""

from quorum.answers.briefing import briefing, impacts
from quorum.domain.base import OutsiderText
from quorum.domain.evidence import Edge, LogTemplate, Measure, Series
from quorum.narrative import actions
from tests.builders.alarms import alarm
from tests.builders.api import World
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log, vote
from tests.fakes.clock import START

ONSET = int(START.timestamp())
CHECKOUT, FRONT, WEB = "lambda:checkout", "lambda:front", "lambda:web"
EDGES = (Edge(caller=WEB, callee=FRONT), Edge(caller=FRONT, callee=CHECKOUT))


def counts(resource: str, measure: Measure, before: float, since: float) -> Series:
    return Series(
        id=f"{resource}/{measure}",
        resource=resource,
        measure=measure,
        period_seconds=60,
        points=((ONSET - 60, before), (ONSET, since)),
    )


def traffic(resource: str, failed_before: float, failed_since: float) -> tuple[Series, Series]:
    return (
        counts(resource, "requests", 200, 100),
        counts(resource, "errors", failed_before, failed_since),
    )


def pattern(resource: str, name: str, before: int, after: int, level: str = "error") -> LogTemplate:
    return LogTemplate.model_validate(
        {
            "id": name,
            "resource": resource,
            "template": OutsiderText.of(name),
            "level": level,
            "before": before,
            "after": after,
            "first_seen": ONSET,
        }
    )


def test_impact_is_the_share_of_failed_requests_since_the_onset_beside_the_usual_one() -> None:
    (found,) = impacts(Log().bundle(series=traffic(CHECKOUT, 1, 40)))

    assert (found.resource, found.failed, found.attempts, found.alarmed) == (
        CHECKOUT,
        40,
        100,
        True,
    )
    assert (found.share, found.usual) == (0.4, 0.005)


def test_impact_is_not_complete_while_fewer_requests_than_errors_are_counted() -> None:
    series = (counts(CHECKOUT, "requests", 200, 7), counts(CHECKOUT, "errors", 1, 40))

    (found,) = impacts(Log().bundle(series=series))
    assert (found.failed, found.complete) == (40, False)
    page = (
        World(Log().open().freeze(series=series).decide()).get(f"/view/incidents/{INCIDENT}").body
    )
    assert "100%" not in page


def test_impact_names_callers_that_fail_more_than_usual_after_the_alarmed_ones() -> None:
    series = (*traffic(CHECKOUT, 0, 40), *traffic(FRONT, 0, 30), *traffic(WEB, 2, 1))

    found = impacts(Log().bundle(series=series, edges=EDGES))
    assert [(one.resource, one.alarmed) for one in found] == [(CHECKOUT, True), (FRONT, False)]


def test_impact_leaves_out_resources_without_request_metrics() -> None:
    assert impacts(Log().bundle(series=(counts(CHECKOUT, "latency", 3, 9),))) == ()


def test_the_cause_is_the_change_that_the_action_cites_with_patterns_and_opinions() -> None:
    votes = (
        vote("detection-statistical", ROLLBACK.id, 9900),
        vote("diagnosis-topology", RAISE.id, 9900),
        vote("diagnosis-change", ROLLBACK.id, 7000),
        vote("diagnosis-model", ROLLBACK.id, 8000),
        vote("diagnosis-history", ROLLBACK.id, 6000),
    )
    log = Log().open().freeze().decide(votes=votes, silent=())

    found = briefing(log.incident, log.bundle(), actions(log.events))
    assert found.cause is not None
    assert [change.id for change in found.cause.changes] == list(ROLLBACK.cites)
    assert [one.template.outsider for one in found.cause.patterns] == ["KeyError: <*>"]
    assert [one.seat for one in found.cause.opinions] == ["diagnosis-model", "diagnosis-change"]
    assert found.action == ROLLBACK
    assert found.verb is not None
    assert found.verb.name == ROLLBACK.verb


def test_patterns_are_errors_that_grew_nearest_to_the_action_new_ones_first() -> None:
    templates = (
        pattern(FRONT, "far", 0, 90),
        pattern(CHECKOUT, "known", 1, 80),
        pattern(CHECKOUT, "new", 0, 5),
        pattern(CHECKOUT, "shrinks", 50, 7),
        pattern(CHECKOUT, "information", 0, 500, "info"),
        pattern("lambda:elsewhere", "unrelated", 0, 500),
    )
    log = Log().open().freeze(templates=templates, edges=EDGES).decide()
    bundle = log.bundle(templates=templates, edges=EDGES)

    found = briefing(log.incident, bundle, actions(log.events))
    assert found.cause is not None
    assert [one.id for one in found.cause.patterns] == ["new", "known"]


def test_briefing_shows_the_action_that_needs_approval() -> None:
    log = Log().open().freeze().decide(route="approve").ask(RAISE.id)

    found = briefing(log.incident, log.bundle(), actions(log.events))
    assert found.action == RAISE
    assert "concurrency of prices" in found.summary


def test_before_a_decision_there_is_no_cause_and_no_action() -> None:
    log = Log().open().freeze()

    found = briefing(log.incident, log.bundle(), actions(log.events))
    assert (found.cause, found.action, found.verb, found.summary) == (None, None, None, "")
    assert found.onset == ONSET


def test_without_readable_evidence_the_alarm_and_the_action_remain() -> None:
    log = Log().open().freeze().decide()

    found = briefing(log.incident, None, actions(log.events))
    assert (found.onset, found.impacts, found.cause) == (None, (), None)
    assert found.alarms == (alarm(),)
    assert found.action == ROLLBACK


def test_an_action_whose_id_does_not_match_its_parameters_is_not_shown() -> None:
    swapped = ROLLBACK.model_copy(update={"parameters": {**ROLLBACK.parameters, "alias": "other"}})
    log = Log().open().freeze(candidates=(swapped,)).decide()

    found = briefing(log.incident, log.bundle(), actions(log.events))
    assert (found.action, found.cause, found.summary) == (None, None, "")
