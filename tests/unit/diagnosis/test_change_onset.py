"""The seat that compares the times of changes with the onset."""

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from functions.diagnosis.change_onset import change_onset
from functions.diagnosis.fallbacks import latest_change
from functions.diagnosis.onset import onset_is_real, onset_times
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Change
from quorum.domain.votes import Opinion, choose
from quorum.seats.seat import Deps
from tests.builders.bundles import on, shop_bundle
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
    template,
)

STATES = (state(A), state(B), state(C), state(PARAMETER, version=2), state("lambda:elsewhere"))


def evidence(*changes: Change, errors: float = 5.0) -> Bundle:
    series = (service(A, errors, alarmed=True), service(B, errors), service(C, errors))
    return shop_bundle(*series, changes=changes, states=STATES)


def ask(given: Bundle) -> Opinion:
    return change_onset(given, Deps())


def chance(given: Bundle, resource: str) -> float:
    return ask(given).probabilities.get(on(given, resource).id, 0.0)


def test_change_just_before_the_onset_is_the_most_likely() -> None:
    given = evidence(deployed(C, -1), deployed(A, -25))
    assert chance(given, C) > 0.85
    assert chance(given, A) < 0.1


def test_change_longer_before_the_onset_is_less_likely() -> None:
    chances = [chance(evidence(deployed(C, -ago)), C) for ago in (1, 5, 20, 300, 3000)]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] < 0.1


def test_change_after_the_onset_is_excluded() -> None:
    given = evidence(deployed(C, 8), deployed(A, -3))
    assert chance(given, C) < 0.001


def test_two_changes_at_one_time_split_the_probability() -> None:
    given = evidence(deployed(B, -1), change(PARAMETER, "parameter", -1, values=(1, 2)))
    assert chance(given, B) == pytest.approx(chance(given, PARAMETER))
    assert choose(ask(given), 0).action is None


def test_change_of_an_unrelated_resource_is_unlikely() -> None:
    given = evidence(deployed("lambda:elsewhere", -1), deployed(C, -4))
    assert chance(given, C) > 2 * chance(given, "lambda:elsewhere")


def test_change_with_an_uncertain_time_is_less_likely() -> None:
    exact, vague = evidence(deployed(C, -1)), evidence(deployed(C, -40, width=55))
    assert chance(vague, C) < chance(exact, C)
    assert chance(vague, C) > 0.3


def test_deployment_is_dated_by_the_new_versions_first_request() -> None:
    vague = evidence(deployed(C, -40, width=55))
    served = (
        line(C, "requests", 10, 10, version="1", end=ONSET),
        line(C, "requests", 10, 10, version="2", start=ONSET),
    )
    dated = vague.model_copy(update={"series": (*vague.series, *served)})
    assert chance(dated, C) > chance(vague, C) + 0.05


LIMITED = (change(C, "concurrency", -5, values=(10, 2)), deployed(B, -2))
ROOM = (*STATES[:2], state(C, reserved_concurrency=2))


def test_limit_is_suspected_only_where_requests_are_throttled() -> None:
    callers = (service(A, 4, alarmed=True), service(B, 4))
    chances = []
    for back in (service(C, 4), service(C, 0, throttles=4)):
        given = shop_bundle(*callers, back, changes=LIMITED, states=ROOM)
        chances.append(ask(given).probabilities[on(given, C).id])
    assert chances[0] < 0.1
    assert chances[1] > 0.5


def test_coincidence_is_likelier_with_many_changes() -> None:
    many = tuple(deployed(C, -n, values=(str(n + 2), str(n))) for n in range(2, 30, 2))
    quiet, busy = evidence(deployed(C, -1)), evidence(deployed(C, -1), *many)
    assert ask(busy).none > ask(quiet).none


def test_series_without_a_break_supports_no_change() -> None:
    assert chance(evidence(deployed(C, -1), errors=0.0), C) < 0.3
    assert onset_is_real(evidence(errors=0.0)) < 0.2
    assert onset_is_real(evidence()) > 0.9


def test_the_onset_is_found_within_the_alarm_s_period() -> None:
    late = line(A, "errors", 0.0, 5.0, alarmed=True)
    shifted = tuple((at, v if at >= ONSET + 6 else 0.0) for at, v in late.points)
    given = shop_bundle([late.model_copy(update={"points": shifted})])
    times = onset_times(given)
    assert max(times, key=lambda at: times[at]) == ONSET + 6


@pytest.mark.parametrize("method", [change_onset, latest_change])
def test_change_onset_without_a_change_is_not_applicable(method: object) -> None:
    with pytest.raises(NotApplicableError):
        method(evidence(), Deps())  # type: ignore[operator]


def test_fallback_uses_the_order_of_changes_alone() -> None:
    given = evidence(deployed(C, -5), deployed(B, -9), deployed(A, -20))
    found = latest_change(given, Deps()).probabilities
    chances = [found[on(given, resource).id] for resource in (C, B, A)]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) < 1


def test_fallback_chooses_neither_of_two_changes_of_one_time() -> None:
    given = evidence(deployed(C, -5), deployed(B, -5))
    assert choose(latest_change(given, Deps()), 0).action is None


@settings(max_examples=20, deadline=None)
@given_any(st.text(max_size=80))
def test_log_lines_do_not_change_the_answer(said: str) -> None:
    plain = evidence(deployed(C, -2), deployed(A, -20))
    loud = [plain.model_copy(update={"templates": (template(C, t),)}) for t in ("boom", said)]
    assert ask(loud[0]) == ask(loud[1])


def test_change_that_no_failing_resource_depends_on_is_unlikely() -> None:
    given = evidence(deployed(C, -2))
    elsewhere = given.model_copy(update={"edges": ()})
    assert chance(elsewhere, C) < chance(given, C)
