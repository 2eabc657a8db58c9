"""Patterns of resources, as IAM reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.resource_patterns import (
    canonical,
    is_everything,
    matches,
    missing_prefix,
    overlap,
    plain,
)

NAMES = st.text("ab/", min_size=1, max_size=6)
PATTERNS = st.text("ab/*?", min_size=1, max_size=6)


@pytest.mark.parametrize("pattern", ["ssm:shop/*", "ssm:/shop/*"])
@pytest.mark.parametrize("resource", ["ssm:shop/prices", "ssm:/shop/prices"])
def test_parameter_pattern_matches_with_and_without_the_leading_slash(
    pattern: str, resource: str
) -> None:
    assert matches(pattern, resource)


@pytest.mark.parametrize(
    ("pattern", "resource"),
    [
        ("ssm:/shop/*", "ssm:/other/prices"),
        ("ssm:shop", "ssm:/shop/prices"),
        ("lambda:shop", "lambda:/shop"),
        ("lambda:shop", "lambda:Shop"),
    ],
)
def test_pattern_does_not_match_another_resource(pattern: str, resource: str) -> None:
    assert not matches(pattern, resource)


@given(PATTERNS, NAMES)
def test_stored_pattern_matches_every_written_spelling(pattern: str, name: str) -> None:
    written, resource = f"ssm:{pattern}", f"ssm:{name}"
    if matches(written, resource):
        assert matches(canonical(written), resource)


@given(PATTERNS)
def test_stored_pattern_is_stable(pattern: str) -> None:
    stored = canonical(f"ssm:{pattern}")
    assert canonical(stored) == stored
    assert plain(stored) == plain(f"ssm:{pattern}")


@given(PATTERNS, PATTERNS, NAMES)
def test_patterns_that_fit_one_resource_overlap(one: str, other: str, name: str) -> None:
    first, second, resource = f"lambda:{one}", f"lambda:{other}", f"lambda:{name}"
    if matches(first, resource) and matches(second, resource):
        assert overlap(first, second)
        assert overlap(second, first)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("lambda:checkout", "lambda:checkout-*", False),
        ("lambda:Checkout", "lambda:checkout", False),
        ("lambda:c*", "lambda:*t", True),
        ("lambda:a?c", "lambda:abc", True),
        ("lambda:a", "sqs:*", False),
        ("ssm:shop/*", "ssm:/shop/prices", True),
        ("lambda:*", "lambda:" + "a" * 150, True),
    ],
)
def test_patterns_overlap_where_one_resource_can_fit_both(
    one: str,
    other: str,
    expected: bool,  # noqa: FBT001 - a row
) -> None:
    assert overlap(one, other) is expected


@pytest.mark.parametrize("pattern", ["ssm:*", "ssm:/*", "ssm:/**/*", "ssm:?*"])
def test_pattern_of_everything_is_recognised(pattern: str) -> None:
    assert is_everything(pattern)


@pytest.mark.parametrize("pattern", ["ssm:/shop/*", "ssm:/", "ssm:?", "ssm:a*"])
def test_other_patterns_are_not_recognised_as_everything(pattern: str) -> None:
    assert not is_everything(pattern)


def test_pattern_of_another_service_does_not_match_a_verb() -> None:
    assert missing_prefix("lambda.rollback_alias", "ssm:*") == "lambda:"
    assert missing_prefix("lambda.rollback_alias", "lambda:*") is None
