"""Evaluation of alarms against the tables of AWS's documentation.

"Using Amazon CloudWatch alarms", sections "How alarm state is evaluated when data is missing" and
"Avoiding premature transitions to alarm state": 0 is good, X breaches, - is missing.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.pace.alarms import Rule, State, evaluate
from benchmarks.pace.cells import Missing

KEEP = "KEEP"
MODES: tuple[Missing, ...] = ("missing", "ignore", "breaching", "notBreaching")
THREE_OF_THREE = {
    "0 - X - X": ("OK", "OK", "OK", "OK"),
    "0 - - - -": ("OK", "OK", "OK", "OK"),
    "- - - - -": ("INSUFFICIENT_DATA", KEEP, "ALARM", "OK"),
    "0 X X - X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "- - X - -": ("ALARM", KEEP, "ALARM", "OK"),
}
TWO_OF_THREE = {
    "0 - X - X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0 0 X 0 X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0 - X - -": ("OK", "OK", "ALARM", "OK"),
    "- - - - 0": ("OK", "OK", "ALARM", "OK"),
    "- - - X -": ("ALARM", KEEP, "ALARM", "OK"),
}
ROWS = [
    (datapoints, data, mode, expected)
    for datapoints, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for data, row in table.items()
    for mode, expected in zip(MODES, row, strict=True)
]
BEFORE: tuple[State, ...] = ("OK", "ALARM", "INSUFFICIENT_DATA")


def points(data: str) -> list[bool | None]:
    return [{"0": False, "X": True, "-": None}[one] for one in data.split()]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize(("datapoints", "data", "mode", "expected"), ROWS)
def test_the_documented_examples(
    datapoints: int, data: str, mode: Missing, expected: str, before: State
) -> None:
    rule = Rule(datapoints, 3, mode, extra=2)
    assert evaluate(rule, points(data), before) == (before if expected == KEEP else expected)


@pytest.mark.parametrize("data", ["- - - - X", "- - - X -"])
def test_no_premature_alarm_while_the_next_point_may_be_good(data: str) -> None:
    assert evaluate(Rule(3, 3, "missing", extra=2), points(data), "OK") == "OK"


@given(
    st.lists(st.sampled_from([True, False]), min_size=9, max_size=9),
    st.sampled_from(MODES),
    st.sampled_from(BEFORE),
    st.integers(1, 5),
)
def test_without_missing_data_the_newest_periods_decide_in_every_mode(
    data: list[bool], mode: Missing, before: State, datapoints: int
) -> None:
    expected = "ALARM" if sum(data[-5:]) >= datapoints else "OK"
    assert evaluate(Rule(datapoints, 5, mode), data, before) == expected


def test_an_alarm_of_one_period_forgets_a_failure_after_five_silent_ones() -> None:
    rule = Rule(1, 1, "notBreaching")
    states = [evaluate(rule, points(f"X{' -' * n}")[-rule.retrieved :], "ALARM") for n in range(6)]
    assert states == ["ALARM"] * 5 + ["OK"]
