"""The signature method."""

from datetime import UTC, datetime

import pytest

from functions.detection.features import features, slower
from functions.detection.signature import KIND_OF_VERB, KINDS, signature
from quorum.domain.catalogue import VERBS
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Series, Source
from quorum.domain.votes import HEALTHY, Opinion
from quorum.seats.seat import Deps
from tests.builders.bundles import on, shop_bundle
from tests.builders.evidence import (
    BEFORE,
    ONSET,
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


def ask(evidence: Bundle) -> Opinion:
    return signature(evidence, Deps())


def versions(resource: str, switched: int, errors: float) -> tuple[Series, ...]:
    """Return version 1 until the switch, version 2 since, which fails from the onset on."""
    at = ONSET + switched
    return (
        line(resource, "requests", 10, 10, version="1", end=at),
        line(resource, "errors", 0, 0, version="1", end=at),
        line(resource, "requests", 10, 10, version="2", start=at),
        line(resource, "errors", 0, errors, version="2", start=at),
    )


def released(switched: int) -> Bundle:
    series = (
        service(A, 5, alarmed=True),
        service(B, 5),
        service(C, 5),
        versions(C, switched, 5),
    )
    changes = (
        deployed(C, switched),
        deployed(A, -20),
        change(PARAMETER, "parameter", -20, values=(1, 2)),
        limited(C, 10, 5),
    )
    return shop_bundle(*series, changes=changes, states=STATES)


def test_a_version_that_fails_since_its_first_request_is_a_bad_release() -> None:
    evidence = released(0)
    assert ask(evidence).probabilities[on(evidence, C, "rollback").id] > 0.85


def test_a_version_that_succeeded_before_is_no_bad_release() -> None:
    evidence = released(-15)
    seen = features(evidence, C)
    assert seen is not None
    assert seen.since_first < 0.01
    assert ask(evidence).probabilities[on(evidence, C, "rollback").id] < 0.4


def test_resource_that_only_passes_failures_on_is_not_at_fault() -> None:
    seen = features(released(0), B)
    assert seen is not None
    assert seen.relayed == 1.0


def test_throttled_attempts_support_more_capacity() -> None:
    series = (service(A, 4, alarmed=True), service(B, 4), service(C, 0, throttles=4))
    changes = (change(C, "concurrency", -1, values=(10, 5)), deployed(C, -20))
    evidence = shop_bundle(*series, changes=changes, states=STATES)
    assert ask(evidence).probabilities[on(evidence, C, "concurrency").id] > 0.6


def test_failures_within_one_version_support_restoring_the_setting() -> None:
    series = (service(A, 4, alarmed=True), service(B, 4), service(C, 0))
    changes = (change(PARAMETER, "parameter", -1, values=(1, 2)), deployed(C, -20))
    evidence = shop_bundle(*series, changes=changes, states=STATES)
    assert ask(evidence).probabilities[on(evidence, PARAMETER).id] > 0.6


def calm() -> Bundle:
    return shop_bundle(service(A, 0, alarmed=True), service(B, 0), service(C, 0), states=STATES)


def test_flat_ratios_are_healthy() -> None:
    assert ask(calm()).probabilities[HEALTHY] > 0.8


@pytest.mark.parametrize(
    "blind",
    [
        {"sources": (Source(name="metrics", status="stale", age_seconds=600),)},
        {"series": calm().series[:1]},
        {"series": calm().series[3:]},
        {
            "series": tuple(
                s.model_copy(update={"points": s.points[: BEFORE + 1]}) for s in calm().series
            )
        },
    ],
    ids=["stale", "no error metric", "alarmed resource unseen", "too few requests"],
)
def test_signature_without_the_series_is_not_healthy(blind: dict[str, object]) -> None:
    assert HEALTHY not in ask(calm().model_copy(update=blind)).probabilities


@pytest.mark.parametrize(
    ("measure", "before", "after"), [("latency", 50.0, 150.0), ("requests", 20.0, 4.0)]
)
def test_slow_or_silent_resource_is_not_healthy(measure: str, before: float, after: float) -> None:
    other = tuple(s for s in calm().series if (s.resource, s.measure) != (B, measure))
    changed = line(B, measure, before, after)  # type: ignore[arg-type] # one of two measures
    evidence = calm().model_copy(update={"series": (*other, changed)})
    assert HEALTHY not in ask(evidence).probabilities


def test_latency_that_always_varied_is_no_anomaly() -> None:
    before = tuple((at, 50.0 if at % 3 else 2000.0) for at in range(ONSET - BEFORE, ONSET))
    wild = (*before, *((at, 120.0) for at in range(ONSET, ONSET + 15)))
    other = tuple(s for s in calm().series if (s.resource, s.measure) != (B, "latency"))
    noisy = line(B, "latency", 50, 150).model_copy(update={"points": wild})
    evidence = calm().model_copy(update={"series": (*other, noisy)})
    assert ask(evidence).probabilities[HEALTHY] > 0.8


@pytest.mark.parametrize("errors", [0.5, 0.7, 1.0, 1.5])
def test_a_few_more_failures_than_before_are_not_healthy(errors: float) -> None:
    series = (service(A, 0, alarmed=True), service(B, errors), service(C, 0))
    assert HEALTHY not in ask(shop_bundle(*series, states=STATES)).probabilities


def test_every_reversible_verb_belongs_to_a_signature() -> None:
    assert set(KIND_OF_VERB) == {verb.name for verb in VERBS if verb.reversible}
    assert set(KIND_OF_VERB.values()) <= set(KINDS)


def test_signature_without_requests_is_not_applicable() -> None:
    with pytest.raises(NotApplicableError):
        ask(shop_bundle([line(A, "latency", 50.0, 50.0)]))


def test_requests_of_an_incomplete_period_are_not_fewer() -> None:
    """Of minutes, the newest are delivered in part for as long as five minutes."""
    series = tuple(
        s.model_copy(
            update={
                "points": tuple((ONSET + 60 * (at - ONSET), v) for at, v in s.points),
                "period_seconds": 60,
            }
        )
        for s in calm().series
    )
    half = tuple(
        s.model_copy(
            update={"points": tuple((at, v / 4 if at >= ONSET else v) for at, v in s.points)}
        )
        if s.measure == "requests"
        else s
        for s in series
    )
    soon, later = (datetime.fromtimestamp(ONSET + 60 * (15 + n), UTC) for n in (-11, 5))
    evidence = calm().model_copy(update={"series": half})
    assert not slower(evidence.model_copy(update={"taken_at": soon}), B)
    assert slower(evidence.model_copy(update={"taken_at": later}), B)
