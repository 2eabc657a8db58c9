"""Seats judge by the same evidence for every service: nothing depends on a resource's kind."""

from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.detection.anomalies import SymptomCell, anomalies
from functions.detection.robust_z import robust_z
from functions.detection.threshold import threshold
from functions.prediction.counterfactual import counterfactual
from functions.prediction.persistence import persistence
from functions.resolution.policy_rules import matching_rules
from functions.resolution.symptoms import symptoms
from quorum.domain.errors import QuorumError
from quorum.domain.evidence import Bundle, Measure, Series
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from tests.builders.bundles import on, shop_alarm, shop_bundle
from tests.builders.evidence import (
    AFTER,
    BEFORE,
    ONSET,
    A,
    B,
    C,
    change,
    deployed,
    line,
    service,
    state,
)
from tests.seat_table import METHODS, votes
from tests.simulation.scenarios import SCENARIOS

WEB, STORE, QUEUE, STREAM = "ecs:shop/web", "rds:orders", "sqs:orders", "kinesis:clicks"
KINDS: Final = ("restapi", "states", "appsync", "alb", "synthetics")


def opinion_of(method: str, bundle: Bundle) -> Opinion | None:
    """Return the opinion, or None where the method does not apply."""
    try:
        return METHODS[method](bundle, Deps())
    except QuorumError:
        return None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_opinions_are_the_same_for_resources_of_another_kind(scenario: str, kind: str) -> None:
    bundle = SCENARIOS[scenario](7).bundle()
    renamed = Bundle.model_validate_json(bundle.model_dump_json().replace("lambda:", f"{kind}:"))

    for method in METHODS:
        one, other = opinion_of(method, bundle), opinion_of(method, renamed)
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert other.probabilities == pytest.approx(one.probabilities), method
            assert other.none == pytest.approx(one.none), method


def level(
    resource: str, measure: Measure, before: float, after: float, statistic: str = "Average"
) -> Series:
    """Return a level with one value before the onset and another since, which the alarm watches."""
    found = line(resource, measure, before, after, alarmed=True)
    return found.model_copy(update={"statistic": statistic, "id": f"{resource}/{statistic}"})


def strained(before: float, after: float, statistic: str = "Average", **more: Any) -> Bundle:
    """Return the bundle of a service that counts no requests, with a release just before."""
    released = change(WEB, "task_definition", -1, values=("web:1", "web:2"))
    watching = shop_alarm(WEB).model_copy(
        update={
            "threshold": (before + after) / 2,
            "statistic": statistic,
            "comparison": f"{'Less' if after < before else 'Greater'}ThanThreshold",
        }
    )
    fields: dict[str, Any] = {
        "changes": (released,),
        "states": (state(WEB, task_definition="web:2", deploying=False),),
        "edges": (),
        "alarms": (watching,),
    }
    return shop_bundle((level(WEB, "capacity", before, after, statistic),), **{**fields, **more})


SATURATIONS: Final = pytest.mark.parametrize(
    ("before", "after", "statistic"),
    [(20.0, 95.0, "Average"), (20.0, 95.0, "Maximum"), (0.4, 3.0, "p95"), (8e9, 2e6, "Minimum")],
    ids=["usage", "peak", "percentile", "space that runs out"],
)


@SATURATIONS
def test_saturation_after_a_release_supports_its_rollback(
    before: float, after: float, statistic: str
) -> None:
    bundle = strained(before, after, statistic)
    rollback = on(bundle, WEB).id

    for method in (robust_z, threshold, persistence, counterfactual):
        assert method(bundle, Deps()).probabilities[rollback] > 0.5, method
    assert symptoms(bundle).saturated == {WEB}
    rules = matching_rules(bundle, on(bundle, WEB), symptoms(bundle))
    assert "its symptom is not visible" not in rules


@SATURATIONS
def test_usage_that_stays_or_falls_back_is_no_symptom(
    before: float, after: float, statistic: str
) -> None:
    for calm in (strained(before, before, statistic), strained(after, before, statistic)):
        assert anomalies(calm)[SymptomCell(WEB, "saturation")] < 0
        assert symptoms(calm).saturated == frozenset()
        rules = matching_rules(calm, on(calm, WEB), symptoms(calm))
        assert "its symptom is not visible" in rules


def test_consumption_that_grows_with_the_requests_is_no_saturation() -> None:
    bundle = strained(20, 95, "Sum")
    assert SymptomCell(WEB, "saturation") not in anomalies(bundle)
    assert symptoms(bundle).saturated == frozenset()


def overloaded(*, usage: float) -> Bundle:
    """Return a faulty release of a function, and the usage since then of what it calls."""
    return shop_bundle(
        service(A, 4, alarmed=True),
        service(C, 4),
        (level(STORE, "capacity", 20, usage).model_copy(update={"alarmed": False}),),
        changes=(deployed(A, -1), deployed(C, -1)),
        states=(state(A), state(C)),
        edges=((A, C), (C, STORE)),
    )


@pytest.mark.parametrize("usage", [20.0, 95.0])
def test_release_that_overloads_what_it_calls_is_still_its_cause(usage: float) -> None:
    bundle = overloaded(usage=usage)
    chances = robust_z(bundle, Deps()).probabilities

    assert chances[on(bundle, C).id] > 0.5
    rules = matching_rules(bundle, on(bundle, C), symptoms(bundle))
    assert "a dependency fails too" not in rules


def test_saturation_elsewhere_speaks_against_a_candidate() -> None:
    def chance(store: float) -> float:
        bundle = strained(20, 95)
        other = level(STORE, "capacity", 20, store).model_copy(update={"alarmed": False})
        bundle = bundle.model_copy(update={"series": (*bundle.series, other)})
        return robust_z(bundle, Deps()).probabilities[on(bundle, WEB).id]

    assert chance(95) < chance(20)


@pytest.mark.parametrize(
    ("resource", "measure", "after"),
    [(QUEUE, "depth", 900.0), (QUEUE, "age", 900.0), (STREAM, "age", 6e6)],
)
def test_depth_and_age_are_symptoms_of_a_backlog(
    resource: str, measure: Measure, after: float
) -> None:
    cell = SymptomCell(resource, "depth")

    assert anomalies(shop_bundle((level(resource, measure, 2, after),)))[cell] > 3
    assert anomalies(shop_bundle((level(resource, measure, 2, 2),)))[cell] < 0


@given(
    st.lists(st.integers(1, 1000), min_size=BEFORE + AFTER, max_size=BEFORE + AFTER),
    st.integers(1, 1000),
)
def test_alarm_on_a_low_value_is_judged_as_its_mirror_image(values: list[int], limit: int) -> None:
    def bundle(sign: int, comparison: str) -> Bundle:
        found = strained(20, 95)
        points = tuple(
            (at, 1000 + sign * v)
            for at, v in zip(range(ONSET - BEFORE, ONSET + AFTER), values, strict=True)
        )
        series = found.series[0].model_copy(update={"points": points})
        alarm = found.alarms[0].model_copy(
            update={"threshold": 1000 + sign * limit, "comparison": comparison}
        )
        return found.model_copy(update={"series": (series,), "alarms": (alarm,)})

    high, low = bundle(1, "GreaterThanThreshold"), bundle(-1, "LessThanThreshold")

    for method in (threshold, persistence):
        one, other = method(high, Deps()), method(low, Deps())
        assert one.probabilities == pytest.approx(other.probabilities)


def waiting(resource: str, before: float, after: float, *, alarmed: bool = False) -> list[Series]:
    """Return a service whose requests all succeed, and take so many milliseconds on average."""
    dice, start = Random(resource), ONSET - 200  # noqa: S311 - dice
    latency = line(resource, "latency", before, after, start=start, alarmed=alarmed)
    points = tuple((at, value * dice.uniform(0.6, 1.6)) for at, value in latency.points)
    return [
        line(resource, "requests", 5.0, 1.6, start=start),
        line(resource, "errors", 0.0, 0.0, start=start),
        latency.model_copy(update={"points": points, "statistic": "Average"}),
    ]


def test_wait_for_a_function_two_calls_away_is_blamed_on_its_release() -> None:
    slow = shop_alarm(A).model_copy(
        update={"threshold": 1700.0, "comparison": "GreaterThanThreshold", "statistic": "Average"}
    )
    bundle = shop_bundle(
        waiting(A, 300, 2700, alarmed=True),
        waiting(B, 200, 2600),
        waiting(C, 80, 2480),
        changes=(deployed(B, -20), deployed(C, -3)),
        states=(state(A), state(B), state(C)),
        alarms=(slow,),
    )
    cast = votes(bundle)

    blamed = {name for name, one in cast.items() if one.action == on(bundle, C).id}
    assert blamed >= {
        "detection-statistical",
        "diagnosis-topology",
        "diagnosis-change",
        "prediction-forecast",
    }
    assert {one.action for one in cast.values()} == {on(bundle, C).id, None}
