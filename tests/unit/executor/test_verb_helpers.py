"""Comparing states: what is not there is not the same, on either side."""

import pytest

from functions.executor.verb_helpers import matches
from quorum.domain.evidence import Scalar


@pytest.mark.parametrize(
    ("state", "wanted", "equal"),
    [
        ({"units": 1}, {"units": 1}, True),
        ({"units": None}, {"units": None}, True),
        ({"units": 1}, {"units": 2}, False),
        ({"units": None}, {}, False),
        ({}, {"units": None}, False),
        ({}, {}, False),
    ],
)
def test_setting_missing_on_either_side_differs(
    state: dict[str, Scalar], wanted: dict[str, Scalar], *, equal: bool
) -> None:
    assert matches(state, wanted, "units") is equal
