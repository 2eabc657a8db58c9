"""Changes between two snapshots."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.catalogue import Situation, candidates
from quorum.domain.changes import CHANGED_AT, derive_changes
from quorum.domain.evidence import Change, ResourceState, Scalar

SEEN, NOW = 1000.4, 1060.2
LIVE = {"alias": "live", "alias_version": "4", "alias_revision": "r1"}

scalars: st.SearchStrategy[Scalar] = st.one_of(st.none(), st.integers(), st.text(max_size=5))
settings = st.dictionaries(
    st.sampled_from(
        [
            *("alias", "alias_version", "alias_revision", "reserved_concurrency", "version"),
            *("billing", "read_units", "write_units", "task_definition", "dead_letters"),
        ]
    ),
    scalars,
)
resources = st.sampled_from(["lambda:f", "ssm:/p", "dynamodb:t", "ecs:c/s", "sqs:q", "rds:d"])


def changed(resource: str, before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
    return derive_changes(resource, before, after, seen=SEEN, now=NOW)


@pytest.mark.parametrize(
    ("resource", "before", "after", "kind", "setting"),
    [
        ("lambda:f", LIVE, LIVE | {"alias_version": "5"}, "alias", "live"),
        ("lambda:f", LIVE, LIVE | {"alias_weights": "5=0.1"}, "alias", "live weights"),
        ("lambda:f", LIVE | {"alias_weights": "5=0.1"}, LIVE, "alias", "live weights"),
        ("ssm:/p", {"version": 1}, {"version": 2}, "parameter", "/p"),
        (
            "ecs:c/s",
            {"task_definition": "s:1"},
            {"task_definition": "s:2"},
            *["task_definition"] * 2,
        ),
        ("dynamodb:t", {"billing": "PROVISIONED"}, {"billing": "ON_DEMAND"}, "table", "billing"),
        ("dynamodb:t", {"write_units": 9}, {"write_units": 1}, "table", "write_units"),
        (
            *("lambda:f", {"reserved_concurrency": 10}, {"reserved_concurrency": 1}),
            *("concurrency", "reserved_concurrency"),
        ),
        ("lambda:f", {}, {"reserved_concurrency": 1}, "concurrency", "reserved_concurrency"),
        ("lambda:f", {"reserved_concurrency": 1}, {}, "concurrency", "reserved_concurrency"),
    ],
)
def test_a_setting_that_differs_is_a_change(
    resource: str, before: dict[str, Any], after: dict[str, Any], kind: str, setting: str
) -> None:
    (change,) = changed(resource, before, after)
    assert (change.kind, change.setting) == (kind, setting)
    assert (change.not_before, change.at) == (1000, 1061)


@given(resources, settings)
def test_equal_settings_are_no_change(resource: str, same: dict[str, Any]) -> None:
    assert changed(resource, same, dict(same)) == ()


@given(resources, settings, settings)
def test_change_lies_between_the_snapshots_with_both_values(
    resource: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    found = changed(resource, before, after)
    assert len({change.id for change in found}) == len(found)
    for change in found:
        assert change.not_before <= SEEN
        assert change.at >= NOW
        assert change.before != change.after
        assert not change.ours


def test_canary_is_a_change_without_a_candidate() -> None:
    after = LIVE | {"alias_weights": "5=0.1", "alias_weighted": True}
    state = ResourceState(resource="lambda:f", settings=after)
    (change,) = changed("lambda:f", LIVE, after)
    assert (change.before, change.after) == (None, "5=0.1")
    assert candidates(Situation((state,), (change,))) == ()


def test_two_observers_of_one_change_agree_on_its_id() -> None:
    first = derive_changes("ssm:/p", {"version": 1}, {"version": 2}, seen=SEEN, now=NOW)
    second = derive_changes("ssm:/p", {"version": 1}, {"version": 2}, seen=SEEN, now=NOW + 30)
    assert [c.id for c in first] == [c.id for c in second]


def test_same_change_a_day_later_has_another_id() -> None:
    first = derive_changes("ssm:/p", {"version": 1}, {"version": 2}, seen=SEEN, now=NOW)
    second = derive_changes(
        "ssm:/p", {"version": 1}, {"version": 2}, seen=SEEN + 86400, now=NOW + 86400
    )
    assert first[0].id != second[0].id


def test_a_volatile_setting_is_no_change() -> None:
    assert changed("lambda:f", LIVE, LIVE | {"alias_revision": "r2"}) == ()
    assert changed("sqs:q", {"dead_letters": 0}, {"dead_letters": 3}) == ()


def test_a_setting_that_was_not_read_before_has_not_changed() -> None:
    assert changed("lambda:f", {}, {"alias_version": "4"}) == ()
    assert changed("dynamodb:t", {"billing": "ON_DEMAND"}, {"read_units": 5}) == ()


def test_snapshot_of_another_alias_is_no_change() -> None:
    other = {"alias": "beta", "alias_version": "9"}
    assert changed("lambda:f", LIVE, other) == ()


@pytest.mark.parametrize(
    ("reported", "between"),
    [(1030, (1030, 1030)), (10, (1000, 1061)), (2000, (1000, 1061)), ("x", (1000, 1061))],
)
def test_change_is_dated_by_the_services_time_within_its_window(
    reported: Scalar, between: tuple[int, int]
) -> None:
    (change,) = changed("ssm:/p", {"version": 1}, {"version": 2, CHANGED_AT: reported})
    assert (change.not_before, change.at) == between


def test_change_gives_the_candidate_that_reverts_it() -> None:
    after = LIVE | {"alias_version": "5"}
    state = ResourceState(resource="lambda:f", settings=after)
    (candidate,) = candidates(Situation((state,), changed("lambda:f", LIVE, after)))
    assert candidate.verb == "lambda.rollback_alias"
    assert candidate.parameters["to_version"] == "4"


def test_snapshot_of_an_earlier_version_with_a_value_digest_is_no_change() -> None:
    after: dict[str, Scalar] = {"version": 3, "changed_at": 9}
    before: dict[str, Scalar] = {**after, "value_digest": "0" * 64}
    assert derive_changes("ssm:/p", before, after, seen=SEEN, now=NOW) == ()
    (change,) = derive_changes("ssm:/p", before, {**after, "version": 4}, seen=SEEN, now=NOW)
    assert (change.before, change.after) == (3, 4)
