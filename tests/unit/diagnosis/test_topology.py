"""The seat that explains failures away along the calls."""

import pytest

from functions.diagnosis.deepest_anomaly import LISTED, deepest_anomaly
from functions.diagnosis.fallbacks import alarmed_node
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Measure, Series
from quorum.domain.votes import Opinion, choose
from quorum.seats.seat import Deps
from tests.builders.bundles import on, shop_bundle
from tests.builders.evidence import (
    CHAIN,
    ONSET,
    PARAMETER,
    TABLE,
    A,
    B,
    C,
    change,
    deployed,
    limited,
    line,
    service,
    state,
)

STATES = (state(A), state(B), state(C, reserved_concurrency=5), state(PARAMETER, version=2))
EVERYWHERE = (
    deployed(A, -9),
    deployed(B, -9),
    deployed(C, -9),
    change(PARAMETER, "parameter", -9, values=(1, 2)),
)


MEASURES: tuple[Measure, ...] = ("requests", "errors", "latency")


def ask(evidence: Bundle) -> Opinion:
    return deepest_anomaly(evidence, Deps())


def chain(front: float, middle: float, back: float, **fields: object) -> Bundle:
    series = (service(A, front, alarmed=True), service(B, middle), service(C, back))
    return shop_bundle(*series, **{"changes": EVERYWHERE, "states": STATES, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("errors", "culprit"), [((5, 0, 0), A), ((5, 5, 5), C)], ids=["front", "back"]
)
def test_topology_names_the_deepest_resource_with_its_own_failures(
    errors: tuple[float, float, float], culprit: str
) -> None:
    evidence = chain(*errors)
    found = ask(evidence)
    assert found.probabilities == {on(evidence, culprit, "rollback").id: pytest.approx(LISTED)}
    assert found.none == pytest.approx(1 - LISTED)


def test_function_and_its_parameter_share_the_probability() -> None:
    evidence = chain(5, 5, 0)
    found = ask(evidence).probabilities
    assert found[on(evidence, B).id] == found[on(evidence, PARAMETER).id]
    assert choose(ask(evidence), 0).action is None


def test_callers_of_a_throttled_function_are_explained_by_its_throttling() -> None:
    series = (service(A, 4, alarmed=True), service(B, 4), service(C, 0, throttles=4))
    evidence = shop_bundle(*series, changes=(*EVERYWHERE, limited(C, 10, 5)), states=STATES)
    assert choose(ask(evidence), 0).action == on(evidence, C, "concurrency").id


def test_two_roots_share_the_probability_of_one() -> None:
    evidence = chain(9, 4, 4)
    found = ask(evidence).probabilities
    front, back = (found[on(evidence, r, "rollback").id] for r in (A, C))
    assert front == pytest.approx(LISTED * 5 / 9, rel=0.1)
    assert back == pytest.approx(LISTED * 4 / 9, rel=0.1)


def test_two_callers_share_the_failures_of_their_callee() -> None:
    both = (*CHAIN, (A, C))
    evidence = chain(2.5, 2.5, 5, edges=both)
    assert choose(ask(evidence), 0).action == on(evidence, C, "rollback").id


def test_caller_with_its_own_failures_is_a_root_beside_its_shared_callee() -> None:
    evidence = chain(9, 6.5, 5, edges=((A, B), (B, C), (A, C)))
    found = ask(evidence).probabilities
    assert found[on(evidence, B).id] == pytest.approx(LISTED * 4 / 9, rel=0.15)


def test_root_without_a_candidate_supports_none() -> None:
    evidence = chain(5, 5, 5, changes=(deployed(A, -1),))
    assert ask(evidence).probabilities == {}
    assert ask(evidence).none == 1.0


def test_throttling_table_is_a_root_without_a_request_metric() -> None:
    table = state(TABLE, billing="PROVISIONED", read_units=5, write_units=5)
    throttled = line(TABLE, "throttles", None, 5.0)
    lowered = change(TABLE, "table", -9, setting="read_units", values=(50, 5))
    evidence = chain(5, 5, 5, states=(*STATES, table), changes=(*EVERYWHERE, lowered))
    evidence = evidence.model_copy(update={"series": (*evidence.series, throttled)})
    assert choose(ask(evidence), 0).action == on(evidence, TABLE).id


def test_change_of_a_callee_without_requests_does_not_explain_its_caller() -> None:
    series = (service(A, 9, alarmed=True), service(B, 9), (line(C, "requests", 10, None),))
    evidence = shop_bundle(*series, changes=(deployed(B, -1), deployed(C, -1)), states=STATES)
    assert set(ask(evidence).probabilities) == {on(evidence, B).id}


def test_topology_does_not_name_a_root_in_noise() -> None:
    found = ask(chain(0.1, 0.1, 0.1))
    assert (found.probabilities, choose(found, 0).action) == ({}, None)


def test_topology_terminates_on_loops() -> None:
    evidence = chain(5, 5, 5, edges=(*CHAIN, (C, A), (B, B)))
    assert 0 <= sum(ask(evidence).probabilities.values()) <= 1


@pytest.mark.parametrize("blind", [{"edges": ()}, {"series": ()}])
def test_topology_without_a_graph_or_requests_is_not_applicable(blind: dict[str, object]) -> None:
    with pytest.raises(NotApplicableError):
        ask(chain(5, 5, 5).model_copy(update=blind))


def test_fallback_uses_the_alarmed_resource_and_its_callees() -> None:
    evidence = chain(5, 5, 5)
    found = alarmed_node(evidence, Deps()).probabilities
    assert set(found) == {on(evidence, A).id, on(evidence, B).id}
    assert choose(alarmed_node(evidence, Deps()), 0).action == on(evidence, A).id


def slow(resource: str) -> tuple[Series, ...]:
    """Return a minute of ten requests a second, and some noise; a slow callee slows its callers."""
    order = (C, B, A)
    affected = order[order.index(resource) :]
    times = range(ONSET - 60, ONSET + 6)
    return tuple(
        Series(
            id=f"{r}/{measure}",
            resource=r,
            measure=measure,
            statistic="Average" if measure == "latency" else "Sum",
            period_seconds=1,
            points=tuple(
                (at, (10.0, 0.0, 50 + at % 7 + 40.0 * (at >= ONSET and r in affected))[kind])
                for at in times
            ),
            alarmed=measure == "latency" and r == A,
        )
        for r in order
        for kind, measure in enumerate(MEASURES)
    )


@pytest.mark.parametrize("culprit", [A, B, C])
def test_latency_alarm_names_the_resource_that_takes_the_time(culprit: str) -> None:
    evidence = shop_bundle(slow(culprit), changes=EVERYWHERE, states=STATES)
    found = ask(evidence)
    assert on(evidence, culprit, "rollback").id in found.probabilities
    assert culprit in found.reason
    assert "waiting" in found.reason
    assert set(found.cites) <= {s.id for s in evidence.series if s.resource == culprit}


def test_unchanged_latency_has_no_root() -> None:
    calm = shop_bundle(slow(C), changes=EVERYWHERE, states=STATES).model_copy(
        update={"onset": ONSET - 6}
    )
    early = tuple(
        s.model_copy(update={"points": tuple(p for p in s.points if p[0] < ONSET)})
        for s in calm.series
    )
    assert not ask(calm.model_copy(update={"series": early})).probabilities
