"""A resource without a service map: its own fault, or that of a dependency nothing declares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.diagnosis.deepest_anomaly import LISTED, deepest_anomaly
from functions.diagnosis.undeclared import AT_THE_NODE, stands_alone
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Source
from quorum.seats.seat import Deps
from tests.builders.bundles import on, shop_bundle
from tests.builders.evidence import ONSET, A, B, deployed, limited, line, service, state

STATES = (state(A, reserved_concurrency=5),)


def alone(at: int = -1, *, errors: float = 5.0, width: int = 0) -> Bundle:
    """Return the alarmed function alone, deployed so many seconds from the onset."""
    changes = (deployed(A, at, width=width),)
    return shop_bundle(service(A, errors, alarmed=True), changes=changes, states=STATES, edges=())


def rollback(evidence: Bundle) -> float:
    found = deepest_anomaly(evidence, Deps()).probabilities
    return found.get(on(evidence, A, "rollback").id, 0.0)


def test_a_function_that_fails_since_its_deployment_is_likely_at_fault() -> None:
    assert 0.6 < rollback(alone()) < LISTED


def test_one_that_served_well_under_the_new_version_is_less_likely_than_without_a_graph() -> None:
    """A dependency's fault after an innocent deployment must not speak for the rollback."""
    assert rollback(alone(-20)) < AT_THE_NODE / 4


def test_a_version_of_its_own_series_counts_only_what_it_served() -> None:
    """The alarm's deployment is known to within its whole baseline, its requests are not."""
    by_version = (
        line(A, "requests", None, 10.0, version="2"),
        line(A, "errors", None, 5.0, version="2"),
    )
    evidence = alone(-20, width=20)
    whole = evidence.model_copy(update={"series": (*evidence.series, *by_version)})
    assert rollback(whole) > 0.6


@given(st.integers(-29, -1), st.floats(2, 10))
def test_probability_never_grows_with_the_time_the_new_version_served_well(
    at: int, errors: float
) -> None:
    assert rollback(alone(at, errors=errors)) <= rollback(alone(0, errors=errors)) + 1e-9


def test_throttles_without_a_dependency_are_as_likely_as_with_a_graph() -> None:
    series = service(A, 0, throttles=5, alarmed=True)
    evidence = shop_bundle(series, changes=(limited(A, 10, 5),), states=STATES, edges=())
    found = deepest_anomaly(evidence, Deps()).probabilities
    assert found[on(evidence, A, "concurrency").id] == pytest.approx(LISTED)


@pytest.mark.parametrize(
    "source",
    [Source(name="topology", status="failed"), Source(name="traces", status="stale")],
)
def test_a_graph_that_could_not_be_read_is_not_a_graph_of_one(source: Source) -> None:
    evidence = alone().model_copy(update={"sources": (source,)})
    assert not stands_alone(evidence, frozenset({A}))
    with pytest.raises(NotApplicableError):
        deepest_anomaly(evidence, Deps())


def test_another_measured_resource_is_related_in_an_unknown_way() -> None:
    evidence = alone()
    both = evidence.model_copy(update={"series": (*evidence.series, *service(B, 0))})
    with pytest.raises(NotApplicableError):
        deepest_anomaly(both, Deps())


def test_too_few_failures_locate_nothing() -> None:
    with pytest.raises(NotApplicableError, match="few"):
        deepest_anomaly(alone(errors=0.1), Deps())


def test_probabilities_add_up() -> None:
    found = deepest_anomaly(alone(), Deps())
    assert sum(found.probabilities.values()) + found.none == pytest.approx(1)
    assert alone().onset == ONSET
