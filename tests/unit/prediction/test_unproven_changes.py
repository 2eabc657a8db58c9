"""Unproven changes below, in the three predictions."""

import pytest

from functions.prediction.unproven_changes import GOOD
from quorum.seats.seat import Deps
from tests.builders.bundles import on, shop_bundle
from tests.builders.evidence import PARAMETER, A, B, C, change, deployed, line, service, state
from tests.seat_table import METHODS

STATES = (state(A), state(B), state(C), state(PARAMETER, version=2))
STARVED = (line(C, "requests", 10, None), line(C, "errors", 0, None))


@pytest.mark.parametrize("method", ["counterfactual", "burn-rate", "version-contrast"])
def test_candidate_that_sends_traffic_to_an_untried_version_is_less_likely(method: str) -> None:
    culprit = change(PARAMETER, "parameter", 0, values=(1, 2))
    series = (service(A, 10, alarmed=True), service(B, 10), STARVED)
    chances = []
    for other in (deployed(A, -20), deployed(C, 2)):
        evidence = shop_bundle(*series, changes=(culprit, other), states=STATES)
        found = METHODS[method](evidence, Deps()).probabilities
        chances.append(found[on(evidence, PARAMETER).id])
    assert chances[1] == pytest.approx(GOOD * chances[0], rel=0.05)
