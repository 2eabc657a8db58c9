"""Gaps lower confidence by the canonical penalties; unconfigured sources are no gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.evidence import Source, complete_enough, gaps, penalty_bp


def source(name: str, status: str) -> Source:
    return Source.model_validate({"name": name, "status": status})


SOURCES = st.lists(
    st.builds(
        source,
        st.sampled_from(["metrics", "logs", "traces", "changes", "topology", "state"]),
        st.sampled_from(["ok", "stale", "failed", "absent"]),
    )
)


@pytest.mark.parametrize(
    ("name", "status", "penalty"),
    [
        ("logs", "failed", 2000),
        ("metrics", "failed", 1500),
        ("traces", "failed", 1000),
        ("changes", "failed", 1000),
        ("topology", "failed", 1000),
        ("metrics", "stale", 500),
        ("changes", "stale", 500),
        ("metrics", "absent", 0),
        ("metrics", "ok", 0),
    ],
)
def test_each_gap_costs_its_penalty(name: str, status: str, penalty: int) -> None:
    assert penalty_bp([source(name, status)]) == penalty


@given(SOURCES)
def test_only_a_configured_source_that_fails_or_is_stale_is_a_gap(sources: list[Source]) -> None:
    assert {found.status for found in gaps(sources)} <= {"failed", "stale"}
    assert penalty_bp(sources) == penalty_bp(gaps(sources))


@given(SOURCES, SOURCES)
def test_penalties_add_up(one: list[Source], other: list[Source]) -> None:
    assert penalty_bp(one + other) == penalty_bp(one) + penalty_bp(other)


def test_completeness_equal_to_the_floor_suffices() -> None:
    assert complete_enough([source("logs", "failed")])
    assert not complete_enough([source("logs", "failed"), source("state", "stale")])
