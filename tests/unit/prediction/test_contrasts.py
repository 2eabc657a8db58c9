"""The seat that contrasts old with new."""

import pytest

from functions.prediction.contrast import TimeSplitGains, split_gain, version_split_gain
from functions.prediction.version_contrast import COINCIDENCE, version_contrast
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Series
from quorum.domain.votes import Opinion, choose
from quorum.seats.seat import Deps
from quorum.seats.signals.traffic import Step
from tests.builders.bundles import on, shop_bundle
from tests.builders.evidence import A, B, C, deployed, line, service, state

STATES = (state(A), state(B), state(C))


def switched(errors: float) -> tuple[Series, ...]:
    return (
        line(C, "requests", 10, None, version="1"),
        line(C, "errors", 0, None, version="1"),
        line(C, "requests", None, 10, version="2"),
        line(C, "errors", None, errors, version="2"),
    )


def beside(old: float, new: float) -> tuple[Series, ...]:
    return (
        line(C, "requests", 10, 5, version="1"),
        line(C, "errors", 0, old, version="1"),
        line(C, "requests", None, 5, version="2"),
        line(C, "errors", None, new, version="2"),
    )


def evidence(versions: tuple[Series, ...], errors: float) -> Bundle:
    series = (service(A, errors, alarmed=True), service(B, errors), service(C, errors), versions)
    return shop_bundle(*series, changes=(deployed(C, 0), deployed(A, -20)), states=STATES)


def ask(given: Bundle) -> Opinion:
    return version_contrast(given, Deps())


def chance(given: Bundle, resource: str) -> float:
    return ask(given).probabilities[on(given, resource).id]


def test_failures_that_differ_between_versions_support_a_rollback() -> None:
    given = evidence(switched(5), 5)
    assert chance(given, C) > 0.75
    assert chance(given, A) < 0.05


def test_versions_side_by_side_are_decisive() -> None:
    assert chance(evidence(beside(0, 4), 4), C) > 1 - COINCIDENCE
    assert chance(evidence(switched(4), 4), C) <= 1 - COINCIDENCE


def test_versions_that_fail_alike_side_by_side_make_a_rollback_less_likely() -> None:
    assert chance(evidence(beside(2, 2), 4), C) < chance(evidence(beside(0, 4), 4), C) / 2


def test_contrast_ignores_a_callee_without_requests() -> None:
    starved = (line(C, "requests", 10, None), line(C, "errors", 0, None))
    given = shop_bundle(
        service(A, 9, alarmed=True),
        service(B, 9),
        starved,
        changes=(deployed(B, 0), deployed(C, -1)),
        states=STATES,
    )
    assert chance(given, B) > 0.6
    assert chance(given, C) < 0.05


def test_versions_without_a_contrast_support_no_candidate() -> None:
    assert choose(ask(evidence(switched(0), 0)), 0).action is None


def test_a_lost_error_count_is_not_a_period_without_errors() -> None:
    whole = evidence(switched(5), 5)
    lost = tuple(
        s.model_copy(update={"points": s.points[::-3][::-1]}) if s.measure == "errors" else s
        for s in whole.series
    )
    assert chance(whole.model_copy(update={"series": lost}), C) > 0.4


def test_contrasts_without_a_dated_change_is_not_applicable() -> None:
    with pytest.raises(NotApplicableError):
        ask(shop_bundle(service(A, 5, alarmed=True), states=STATES))


def test_split_gain_is_positive_for_two_different_rates_only() -> None:
    alike = [Step(at, 10, 1, 0) for at in range(20)]
    assert split_gain(alike[:10], alike[10:]) < 0
    apart = [Step(at, 10, 0 if at < 10 else 8, 0) for at in range(20)]
    assert split_gain(apart[:10], apart[10:]) > 20


def test_period_across_the_change_counts_for_neither_side() -> None:
    half = Step(10, 10, 4, 0)
    whole = (
        *(Step(at, 10, 0, 0) for at in range(10)),
        half,
        *(Step(at, 10, 8, 0) for at in range(11, 20)),
    )
    gains = TimeSplitGains({A: whole})
    assert gains.at(10.5, A) == pytest.approx(split_gain(whole[:10], whole[10:11], whole[11:]))


def test_versions_without_series_have_no_gain() -> None:
    assert version_split_gain(evidence((), 5), C, "2") is None
    assert (version_split_gain(evidence(switched(5), 5), C, "2") or 0) > 50
