"""Times in services' answers: the same instants as botocore's own, in UTC."""

from datetime import UTC
from typing import Any

import pytest
from botocore.utils import parse_timestamp
from hypothesis import given
from hypothesis import strategies as st

from quorum.runtime.lambda_runtime import timestamp


@given(st.one_of(st.integers(0, 4_000_000_000), st.floats(0, 4e9)))
def test_numeric_timestamp_is_the_instant_that_botocore_reads(seconds: Any) -> None:
    assert timestamp(seconds) == parse_timestamp(seconds)
    assert timestamp(seconds).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["2026-11-26T12:00:00Z", "2026-11-26T12:00:00.5+02:00", "1795435190", "1795435190.25"]
)
def test_text_timestamp_is_the_instant_that_botocore_reads(text: str) -> None:
    assert timestamp(text) == parse_timestamp(text)


def test_invalid_timestamp_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid timestamp"):
        timestamp("yesterday")
