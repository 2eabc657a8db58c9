"""Versions that tags pin: what is below one, and what cannot be compared is."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.catalogue import Situation, candidates
from quorum.domain.evidence import ChangeKind, ResourceState, Scalar
from quorum.domain.rollback_pins import is_below, pins, rollback_target
from tests.builders.candidates import of
from tests.builders.evidence import change

ARN = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:12"


@pytest.mark.parametrize(
    ("version", "pin", "expected"),
    [
        ("3", "4", True),
        ("4", "4", False),
        ("10", "9", False),
        (3, " 4 ", True),
        ("3", None, False),
        (None, "4", False),
        ("web:11", "web:12", True),
        ("web:12", ARN, False),
        (ARN, "13", True),
        ("web:99", "api:1", True),
        ("web:99", "98", False),
        ("$LATEST", "1", True),
        ("4", "", True),
        ("4", "yes", True),
        ("4", "٣", True),
        ("4", "-1", True),
    ],
)
def test_version_below_or_not_comparable_with_a_pin_is_below_the_pin(
    version: Scalar,
    pin: Scalar,
    expected: bool,  # noqa: FBT001 - a row
) -> None:
    assert is_below(version, pin) is expected


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_numbers_are_compared_as_numbers(version: int, pin: int) -> None:
    assert is_below(str(version), str(pin)) is (version < pin)


@given(st.text(max_size=40))
def test_a_pin_is_never_read_as_no_pin(pin: str) -> None:
    assert is_below("0", pin) or not is_below("999999999999", pin)


def test_only_the_two_pin_tags_pin_a_version() -> None:
    tags = {"quorum:no-rollback-below": "7", "quorum:security-release": "9", "team": "shop"}
    assert pins(tags) == {"no_rollback_below": "7", "security_release": "9"}
    assert pins({}) == {}


@pytest.mark.parametrize(
    ("verb", "to"),
    [
        ("lambda.rollback_alias", "3"),
        ("ssm.restore_parameter", 3),
        ("sqs.redrive", None),
        ("lambda.raise_reserved_concurrency", None),
        ("dynamodb.raise_capacity", None),
    ],
)
def test_rollback_verbs_have_a_target(verb: str, to: Scalar) -> None:
    assert rollback_target(of(verb)) == to


class Way(NamedTuple):
    kind: ChangeKind
    state: ResourceState
    before: Scalar
    after: Scalar


WAYS_BACK = (
    Way(
        "alias",
        ResourceState(
            resource="lambda:checkout",
            settings={"alias": "live", "alias_version": "4", "alias_revision": "r"},
        ),
        "3",
        "4",
    ),
    Way("parameter", ResourceState(resource="ssm:/shop/prices", settings={"version": 4}), 3, 4),
    Way(
        "task_definition",
        ResourceState(resource="ecs:shop/web", settings={"task_definition": "web:4"}),
        "web:3",
        "web:4",
    ),
)


@pytest.mark.parametrize("way", WAYS_BACK, ids=lambda way: way.kind)
@pytest.mark.parametrize(("floor", "proposed"), [(None, 1), ("3", 1), ("4", 0), ("soon", 0)])
def test_candidates_below_the_pinned_version_are_not_proposed(
    way: Way, floor: str | None, proposed: int
) -> None:
    pinned = {} if floor is None else {"no_rollback_below": floor}
    now = way.state.model_copy(update={"settings": {**way.state.settings, **pinned}})
    values = (way.before, way.after)
    made = change(way.state.resource, way.kind, 1, setting="live", values=values)
    assert len(candidates(Situation((now,), (made,)))) == proposed
