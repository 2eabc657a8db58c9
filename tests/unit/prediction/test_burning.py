"""The seat that burns error budgets."""

import pytest

from functions.prediction.burn_rate import burn_of, burn_rate
from functions.prediction.burn_total import burn_total
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion, choose
from quorum.seats.seat import Deps
from quorum.seats.signals.traffic import before_and_after
from tests.builders.bundles import on, shop_bundle
from tests.builders.evidence import (
    PARAMETER,
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
CHANGES = (deployed(A, -1), deployed(C, -1), change(PARAMETER, "parameter", -1, values=(1, 2)))


def chain(front: float, middle: float, back: float, **fields: object) -> Bundle:
    series = (service(A, front, alarmed=True), service(B, middle), service(C, back))
    return shop_bundle(*series, **{"changes": CHANGES, "states": STATES, **fields})  # type: ignore[arg-type]


def ask(evidence: Bundle) -> Opinion:
    return burn_rate(evidence, Deps())


@pytest.mark.parametrize(
    ("errors", "culprit"), [((5, 5, 5), C), ((5, 5, 0), PARAMETER), ((5, 0, 0), A)]
)
def test_candidate_that_stops_every_burn_is_preferred(
    errors: tuple[float, float, float], culprit: str
) -> None:
    evidence = chain(*errors)
    verb = "rollback" if culprit != PARAMETER else ""
    found = ask(evidence).probabilities
    assert found[on(evidence, culprit, verb).id] > 0.85
    assert max(p for i, p in found.items() if i != on(evidence, culprit, verb).id) < 0.1


def test_throttling_is_stopped_by_capacity_and_not_by_an_older_version() -> None:
    series = (service(A, 4, alarmed=True), service(B, 4), service(C, 0, throttles=4))
    changes = (change(C, "concurrency", -1, values=(10, 5)), deployed(C, -1))
    evidence = shop_bundle(*series, changes=changes, states=STATES)
    assert choose(ask(evidence), 0).action == on(evidence, C, "concurrency").id


def test_version_is_blamed_for_its_own_failures_only() -> None:
    canary = (
        line(C, "requests", 8, 8, version="1"),
        line(C, "errors", 0, 4, version="1"),
        line(C, "requests", 2, 2, version="2"),
        line(C, "errors", 0, 1, version="2"),
    )
    series = (service(A, 5, alarmed=True), service(B, 5), service(C, 5), canary)
    evidence = shop_bundle(*series, changes=(deployed(C, -1),), states=STATES)
    assert ask(evidence).probabilities[on(evidence, C, "rollback").id] < 0.1


def test_time_without_a_burn_since_the_change_lowers_its_probability() -> None:
    at_once, earlier = chain(5, 5, 5), chain(5, 5, 5, changes=(deployed(C, -25), deployed(A, -1)))
    both = [ask(e).probabilities[on(e, C, "rollback").id] for e in (at_once, earlier)]
    assert both[1] < both[0]


def test_burn_from_before_the_onset_supports_no_candidate() -> None:
    noisy = (line(A, "requests", 10, 10), line(A, "errors", 1, 1, alarmed=True))
    opinion = ask(shop_bundle(noisy, changes=CHANGES, states=STATES))
    assert (opinion.probabilities, choose(opinion, 0).action) == ({}, None)


def test_burn_rate_is_the_failure_ratio_over_the_allowed_one() -> None:
    evidence = chain(1, 0, 0, objectives={A: 0.9})
    assert burn_of(evidence, A, before_and_after(evidence, A)[1]) == pytest.approx(1.0)
    strict = chain(1, 0, 0)
    assert burn_of(strict, A, before_and_after(strict, A)[1]) == pytest.approx(10.0)


def test_burn_without_requests_is_none() -> None:
    with pytest.raises(NotApplicableError):
        ask(shop_bundle([line(A, "latency", 50, 50)], changes=CHANGES, states=STATES))


def test_fallback_prefers_the_resource_with_most_budget_spent_upstream() -> None:
    evidence = chain(5, 5, 5, changes=(*CHANGES, limited(C, 10, 5)))
    found = burn_total(evidence, Deps()).probabilities
    assert max(found, key=lambda i: found[i]) in {
        on(evidence, C, "rollback").id,
        on(evidence, C, "concurrency").id,
    }


def test_fallback_without_an_overspent_budget_is_not_applicable() -> None:
    with pytest.raises(NotApplicableError):
        burn_total(chain(0, 0, 0), Deps())
