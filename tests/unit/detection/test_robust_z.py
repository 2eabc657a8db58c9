"""The seat that compares every series with its own baseline."""

from datetime import UTC, datetime

import pytest

from functions.detection.anomalies import SymptomCell, anomalies, deviation
from functions.detection.robust_z import robust_z
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Source
from quorum.domain.votes import HEALTHY, Opinion
from quorum.seats.seat import Deps
from tests.builders.bundles import on, shop_alarm, shop_bundle
from tests.builders.evidence import (
    ONSET,
    PARAMETER,
    A,
    B,
    C,
    change,
    deployed,
    line,
    service,
    state,
)

STATES = (state(A), state(B), state(C), state(PARAMETER, version=2))
RELEASES = (deployed(A, -1), deployed(C, -1))


def ask(evidence: Bundle) -> Opinion:
    return robust_z(evidence, Deps())


def chain(front: float, middle: float, back: float, **fields: object) -> Bundle:
    """Return a chain with so many errors a second at each, after the onset."""
    series = (service(A, front, alarmed=True), service(B, middle), service(C, back))
    return shop_bundle(*series, **{"changes": RELEASES, "states": STATES, **fields})  # type: ignore[arg-type]


def test_fault_of_a_callee_explains_more_than_one_of_its_caller() -> None:
    evidence = chain(4, 4, 4)
    chances = ask(evidence).probabilities
    assert chances[on(evidence, C).id] > 0.5
    assert chances[on(evidence, A).id] < 0.05


def test_fault_of_a_caller_leaves_its_callee_normal() -> None:
    evidence = chain(4, 0, 0)
    chances = ask(evidence).probabilities
    assert chances[on(evidence, A).id] > 0.5
    assert chances[on(evidence, C).id] < 0.05


def test_fault_of_a_parameter_shows_in_its_reader() -> None:
    changed = change(PARAMETER, "parameter", -1, values=(1, 2))
    evidence = chain(4, 4, 0, changes=(changed, deployed(A, -1)))
    assert ask(evidence).probabilities[on(evidence, PARAMETER).id] > 0.5


def test_throttling_supports_the_verb_that_ends_it() -> None:
    states = (state(C, reserved_concurrency=2), state(A))
    changed = (change(C, "concurrency", -1, values=(10, 2)), deployed(C, -1))
    series = (service(A, 4, alarmed=True), service(B, 4), service(C, 0, throttles=4))
    evidence = shop_bundle(*series, changes=changed, states=states)
    chances = ask(evidence).probabilities
    assert chances[on(evidence, C, "concurrency").id] > 0.5


def test_change_long_before_the_anomaly_is_less_likely() -> None:
    at_once, earlier = chain(4, 4, 4), chain(4, 4, 4, changes=(deployed(A, -1), deployed(C, -20)))
    chances = [ask(e).probabilities[on(e, C).id] for e in (at_once, earlier)]
    assert chances[1] < chances[0] / 2


def test_resource_without_requests_is_not_at_fault() -> None:
    starved = (line(C, "requests", 10, None), line(C, "errors", 0, None))
    changed = change(PARAMETER, "parameter", -1, values=(1, 2))
    evidence = shop_bundle(
        service(A, 10, alarmed=True),
        service(B, 10),
        starved,
        changes=(changed, deployed(C, -1)),
        states=STATES,
    )
    found = ask(evidence).probabilities
    assert found[on(evidence, PARAMETER).id] > 5 * found[on(evidence, C).id]


def test_change_just_before_a_coarse_alarm_series_moves_is_more_likely() -> None:
    late = line(A, "errors", 0.0, 5.0, alarmed=True)
    late = late.model_copy(
        update={"points": tuple((at, v if at >= ONSET + 7 else 0.0) for at, v in late.points)}
    )
    rest = (line(A, "requests", 10, 10), line(C, "requests", 10, 10), line(C, "errors", 0, 5))
    evidence = shop_bundle((late, *rest), changes=(deployed(C, 1), deployed(A, 6)), states=STATES)
    earlier = ask(evidence).probabilities[on(evidence, C).id]
    evidence = shop_bundle((late, *rest), changes=(deployed(C, 6), deployed(A, 6)), states=STATES)
    assert ask(evidence).probabilities[on(evidence, C).id] > earlier


def test_larger_anomaly_never_raises_the_probability_of_health() -> None:
    factors = [
        anomalies(shop_bundle(service(A, float(errors))))[SymptomCell(A, "errors")]
        for errors in (0, 1, 2, 4, 8, 1_000, 1_000_000)
    ]
    assert factors == sorted(factors)
    assert factors[0] < 0 < factors[3]


def test_calm_series_are_healthy() -> None:
    opinion = ask(chain(0, 0, 0))
    assert opinion.probabilities[HEALTHY] > 0.5
    assert max(opinion.probabilities, key=lambda i: opinion.probabilities[i]) == HEALTHY


@pytest.mark.parametrize("errors", [0.1, 0.4, 0.8, 1.2, 1.6, 2.0, 3.0])
def test_improbable_health_is_no_healthy_vote(errors: float) -> None:
    found = ask(chain(0, errors, 0)).probabilities
    assert found.get(HEALTHY, 1.0) >= 0.5


def test_healthy_vote_needs_a_calm_series_for_every_alarm() -> None:
    second = shop_alarm("lambda:unseen")
    evidence = chain(0, 0, 0)
    blind = evidence.model_copy(update={"alarms": (*evidence.alarms, second)})
    assert HEALTHY in ask(evidence).probabilities
    assert HEALTHY not in ask(blind).probabilities


@pytest.mark.parametrize(
    "blind",
    [
        {"sources": (Source(name="logs", status="failed"),)},
        {"series": chain(0, 0, 0).series[3:]},
        {"series": tuple(s.model_copy(update={"alarmed": False}) for s in chain(0, 0, 0).series)},
    ],
    ids=["a gap", "no series of the alarm", "nothing says what the alarm watches"],
)
def test_missing_data_is_no_healthy_vote(blind: dict[str, object]) -> None:
    evidence = chain(0, 0, 0).model_copy(update=blind)
    assert HEALTHY not in ask(evidence).probabilities


@pytest.mark.parametrize("level", [0.0, 200.0])
def test_alarmed_series_that_moved_in_either_direction_is_not_healthy(level: float) -> None:
    moved = line(A, "other", 100.0, level, alarmed=True)
    rest = tuple(s.model_copy(update={"alarmed": False}) for s in chain(0, 0, 0).series)
    evidence = chain(0, 0, 0).model_copy(update={"series": (moved, *rest)})
    assert HEALTHY not in ask(evidence).probabilities


def test_higher_latency_is_an_anomaly() -> None:
    slow = (line(C, "requests", 10, 10), line(C, "errors", 0, 0), line(C, "latency", 50, 200))
    evidence = shop_bundle(service(A, 0, alarmed=True), slow, changes=RELEASES, states=STATES)
    assert ask(evidence).probabilities[on(evidence, C).id] > 0.3


def test_outlier_in_the_baseline_hides_no_anomaly() -> None:
    series = dict.fromkeys(range(ONSET - 30, ONSET), 0.0) | {ONSET - 7: 500.0}
    after = dict.fromkeys(range(ONSET, ONSET + 15), 5.0)
    assert (deviation({**series, **after}, ONSET, 0.5) or 0.0) > 1.0


def test_robust_z_without_points_on_both_sides_of_the_onset_is_not_applicable() -> None:
    with pytest.raises(NotApplicableError):
        ask(shop_bundle([line(A, "errors", None, 4.0)]))


def test_health_takes_requests_and_not_only_periods() -> None:
    """At a request a minute, three calm periods are three requests."""
    evidence = chain(0, 0, 0)
    quiet = tuple(
        s.model_copy(update={"points": tuple((at, v / 10) for at, v in s.points)})
        if s.measure == "requests"
        else s
        for s in evidence.series
    )
    assert HEALTHY in ask(evidence).probabilities
    assert HEALTHY not in ask(evidence.model_copy(update={"series": quiet})).probabilities


def test_requests_that_are_late_are_not_lost() -> None:
    """Until a period can be complete, its absence says nothing about the resource."""
    series = (line(C, "requests", 10, None), line(C, "errors", 0, None))
    evidence = shop_bundle(service(A, 4, alarmed=True), series, changes=RELEASES, states=STATES)
    soon = datetime.fromtimestamp(ONSET + 2, UTC)
    early = evidence.model_copy(update={"taken_at": soon})
    assert SymptomCell(C, "errors") in anomalies(evidence)
    assert SymptomCell(C, "errors") not in anomalies(early)


def test_a_change_that_few_requests_followed_may_still_be_the_cause() -> None:
    """Enough is counted in requests: twenty-odd periods of a quiet service prove nothing."""
    evidence = chain(4, 4, 4, changes=(deployed(A, -1), deployed(C, -20)))
    quiet = tuple(
        s.model_copy(update={"points": tuple((at, v / 50) for at, v in s.points)})
        if s.measure == "requests"
        else s
        for s in evidence.series
    )
    candidate = on(evidence, C).id
    busy = ask(evidence).probabilities[candidate]
    assert ask(evidence.model_copy(update={"series": quiet})).probabilities[candidate] > 1.5 * busy
