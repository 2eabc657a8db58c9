"""The second tiers of the detection seats."""

import pytest

from functions.detection.error_ratio import error_ratio
from functions.detection.threshold import threshold
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Source
from quorum.domain.votes import HEALTHY, choose
from quorum.seats.seat import Deps
from tests.builders.bundles import on, shop_bundle
from tests.builders.evidence import A, B, C, deployed, line, service, state

STATES = (state(A), state(C))
ONE = {"changes": (deployed(C, -1),), "states": STATES}
TWO = {"changes": (deployed(C, -1), deployed(A, -1)), "states": STATES}


def test_threshold_never_exceeded_is_healthy() -> None:
    opinion = threshold(shop_bundle(service(A, 0.2, alarmed=True), **ONE), Deps())  # type: ignore[arg-type]
    assert choose(opinion, 0).action == HEALTHY


def test_threshold_exceeded_since_the_onset_supports_candidates_on_its_resource() -> None:
    evidence = shop_bundle(service(A, 4, alarmed=True), **ONE)  # type: ignore[arg-type]
    opinion = threshold(evidence, Deps())
    assert choose(opinion, 0).action == on(evidence, C).id
    assert opinion.probabilities[HEALTHY] == 0


def test_threshold_chooses_neither_of_two_candidates_on_one_resource() -> None:
    opinion = threshold(shop_bundle(service(A, 4, alarmed=True), **TWO), Deps())  # type: ignore[arg-type]
    assert choose(opinion, 0).action is None


def test_threshold_always_exceeded_supports_no_candidate() -> None:
    noisy = (line(A, "requests", 10, 10), line(A, "errors", 4, 4, alarmed=True))
    opinion = threshold(shop_bundle(noisy, **ONE), Deps())  # type: ignore[arg-type]
    assert choose(opinion, 0).action is None


def test_threshold_with_a_gap_is_not_healthy() -> None:
    blind = {"sources": (Source(name="logs", status="failed"),)}
    opinion = threshold(shop_bundle(service(A, 0, alarmed=True), **ONE, **blind), Deps())  # type: ignore[arg-type]
    assert HEALTHY not in opinion.probabilities


def test_threshold_without_the_alarms_series_is_not_applicable() -> None:
    with pytest.raises(NotApplicableError):
        threshold(shop_bundle([line(B, "latency", 1, 1)]), Deps())


def test_error_ratio_prefers_the_resource_upstream_of_most() -> None:
    series = (service(A, 4, alarmed=True), service(B, 4), service(C, 4))
    evidence = shop_bundle(*series, **TWO)  # type: ignore[arg-type]
    found = error_ratio(evidence, Deps()).probabilities
    assert found[on(evidence, C).id] > found[on(evidence, A).id] > 0


def test_error_ratio_unchanged_is_healthy() -> None:
    opinion = error_ratio(shop_bundle(service(A, 0, alarmed=True), **TWO), Deps())  # type: ignore[arg-type]
    assert choose(opinion, 0).action == HEALTHY


def test_error_ratio_without_requests_is_not_applicable() -> None:
    with pytest.raises(NotApplicableError):
        error_ratio(shop_bundle([line(B, "latency", 1, 1)]), Deps())
