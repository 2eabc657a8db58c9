"""Root causes: results change exactly as the measurements do."""

import random
from collections.abc import Callable, Iterable
from math import isfinite, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.diagnosis.excess import excesses, quantity, steps_by_resource
from functions.diagnosis.propagation import reaching_excess
from functions.diagnosis.root_cause import RankingSettings, Root, roots, sustained
from quorum.domain.evidence import Bundle, Measure, Series
from tests.builders.bundles import shop_bundle
from tests.builders.evidence import CHAIN, ONSET, A, B, C

PAST, SINCE = 60, 5
SEEDS = st.integers(0, 1000)


def noisy(seed: int, slow: Iterable[str] = (), failing: Iterable[str] = ()) -> Bundle:
    """Return the chain A, B, C with noise; what a callee takes or fails, its callers do too."""
    rng = random.Random(seed)  # noqa: S311
    rows = range(ONSET - PAST, ONSET + SINCE)
    times: dict[str, dict[int, float]] = {r: {} for r in (A, B, C)}
    errors: dict[str, dict[int, float]] = {r: {} for r in (A, B, C)}
    for at in rows:
        took, failed = 0.0, 0.0
        for resource in (C, B, A):
            took += rng.lognormvariate(3, 0.1) + (60 if resource in slow and at >= ONSET else 0)
            failed += (rng.random() < 0.02) + (4 if resource in failing and at >= ONSET else 0)
            times[resource][at], errors[resource][at] = took, min(10.0, failed)
    series = [
        one
        for r in (A, B, C)
        for one in (
            of(r, "requests", dict.fromkeys(rows, 10.0)),
            of(r, "errors", errors[r], alarmed=bool(failing) and r == A),
            of(r, "latency", times[r], alarmed=bool(slow) and r == A),
        )
    ]
    return shop_bundle(series)


def of(
    resource: str, measure: Measure, values: dict[int, float], *, alarmed: bool = False
) -> Series:
    return Series(
        id=f"{resource}/{measure}",
        resource=resource,
        measure=measure,
        statistic="Average" if measure == "latency" else "Sum",
        period_seconds=1,
        points=tuple(sorted(values.items())),
        alarmed=alarmed,
    )


def changed(given: Bundle, measure: Measure, by: Callable[[float], float]) -> Bundle:
    series = tuple(
        s.model_copy(update={"points": tuple((at, by(v)) for at, v in s.points)})
        if s.measure == measure
        else s
        for s in given.series
    )
    return given.model_copy(update={"series": series})


def about(found: tuple[Root, ...]) -> list[tuple[str, object]]:
    return [(r.resource, pytest.approx(r.probability, rel=1e-6)) for r in found]


def ask(evidence: Bundle) -> tuple[Root, ...]:
    return roots(evidence, quantity(evidence))


@pytest.mark.parametrize("place", [A, B, C])
@pytest.mark.parametrize("seed", range(5))
def test_root_causes_are_the_slow_or_failing_resource_and_not_its_callers(
    place: str, seed: int
) -> None:
    assert ask(noisy(seed, slow=[place]))[0].resource == place
    assert ask(noisy(seed, failing=[place]))[0].resource == place


def test_root_cause_on_a_healthy_chain_is_found_as_rarely_as_stated() -> None:
    named = sum(bool(roots(noisy(seed), "waiting")) for seed in range(100))
    assert named <= 14


def test_excess_counts_only_as_far_as_it_reaches_the_alarm() -> None:
    evidence = noisy(1, slow=[C])
    calm = {s.id: s for s in noisy(1).series}
    series = tuple(
        calm[s.id].model_copy(update={"alarmed": s.alarmed}) if s.resource == A else s
        for s in evidence.series
    )
    hidden = ask(evidence.model_copy(update={"series": series}))
    assert sum(r.strength for r in hidden) < ask(evidence)[0].strength / 2


def test_calm_resource_passes_no_excess_on_and_an_unmeasured_one_passes_all() -> None:
    asked = {r: {ONSET: 10.0} for r in (A, B, C)}
    calm = reaching_excess(
        shop_bundle(), {A: {ONSET: 9.0}, B: {ONSET: 0.0}, C: {ONSET: 5.0}}, asked
    )
    untold = reaching_excess(shop_bundle(), {A: {ONSET: 9.0}, C: {ONSET: 5.0}}, asked)
    assert (calm[A][ONSET], calm[C][ONSET]) == (9.0, 0.0)
    assert (untold[A][ONSET], untold[C][ONSET]) == (9.0, 5.0)


def test_a_root_cites_its_own_series_and_the_probabilities_are_a_distribution() -> None:
    found = ask(noisy(2, slow=[B, C]))
    assert {r.resource for r in found[:2]} == {B, C}
    assert all(c.startswith(r.resource) for r in found for c in r.cites)
    assert 0 < sum(r.probability for r in found) <= 1


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.floats(0.01, 1000))
def test_root_cause_does_not_depend_on_the_unit_of_time(seed: int, unit: float) -> None:
    evidence = noisy(seed, slow=[B])
    assert about(ask(evidence)) == about(ask(changed(evidence, "latency", lambda v: v * unit)))


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.floats(0, 1000))
def test_root_cause_does_not_depend_on_a_constant_delay(seed: int, more: float) -> None:
    evidence = noisy(seed, slow=[B])
    assert about(ask(evidence)) == about(ask(changed(evidence, "latency", lambda v: v + more)))


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(1, 50))
def test_root_cause_does_not_depend_on_the_amount_of_traffic(seed: int, times: int) -> None:
    evidence = noisy(seed, slow=[B])
    assert about(ask(evidence)) == about(ask(changed(evidence, "requests", lambda v: v * times)))


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.randoms())
def test_root_cause_does_not_depend_on_the_order_of_series_and_edges(
    seed: int, rng: random.Random
) -> None:
    evidence = noisy(seed, failing=[C])
    series, edges = list(evidence.series), list(evidence.edges)
    rng.shuffle(series)
    rng.shuffle(edges)
    assert ask(evidence) == ask(
        evidence.model_copy(update={"series": tuple(series), "edges": tuple(edges)})
    )


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(-(10**6), 10**6))
def test_root_cause_does_not_depend_on_the_clock(seed: int, offset: int) -> None:
    evidence = noisy(seed, slow=[C])
    series = tuple(
        s.model_copy(update={"points": tuple((at + offset, v) for at, v in s.points)})
        for s in evidence.series
    )
    moved = evidence.model_copy(update={"series": series, "onset": evidence.onset + offset})
    assert ask(evidence) == ask(moved)


values = st.one_of(st.floats(0, 1e9), st.just(0.0), st.just(nan))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_root_cause_never_raises_on_gaps_constants_single_points_or_no_graph(
    data: st.DataObject,
) -> None:
    times = st.integers(ONSET - 30, ONSET + 10)
    series = [
        of(r, m, data.draw(st.dictionaries(times, values, max_size=25)), alarmed=r == A)
        for r in (A, B, C)
        for m in ("requests", "errors", "latency")
        if data.draw(st.booleans())
    ]
    edges = data.draw(st.lists(st.sampled_from([*CHAIN, (C, A), (B, B)]), max_size=6))
    evidence = shop_bundle(series, edges=edges)
    for of_what in ("failures", "waiting"):
        found = roots(evidence, of_what, RankingSettings(chance=1.0))
        assert found == roots(evidence, of_what, RankingSettings(chance=1.0))
        assert all(isfinite(r.probability) and 0 <= r.probability <= 1 for r in found)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1e6), max_size=20), st.floats(0.01, 1))
def test_sustained_is_at_most_the_maximum_and_zero_with_too_few_positive_values(
    values: list[float], share: float
) -> None:
    found = sustained(values, share)
    assert 0 <= found <= max(values, default=0.0) * (1 + 1e-9)
    if sum(v > 0 for v in values) < share * len(values) - 1e-9:
        assert found == 0


def test_a_resource_without_a_past_has_no_excess() -> None:
    evidence = shop_bundle([of(A, "requests", {ONSET: 5.0}), of(A, "errors", {ONSET: 5.0})])
    assert not excesses(evidence, "failures", steps_by_resource(evidence))
    assert not roots(evidence, "failures")
