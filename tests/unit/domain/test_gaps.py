"""Gaps lower confidence by the canonical penalties, where they bear on the candidate."""

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.evidence import Bundle, Source
from quorum.domain.evidence_gaps import bearing_gaps, complete_enough, penalty_bp
from quorum.domain.votes import HEALTHY
from tests.builders.bundles import on, shop_bundle
from tests.builders.evidence import PARAMETER, TABLE, A, B, C, deployed, limited, state

OTHER: Final = "lambda:elsewhere"
NAMES: Final = ("metrics", "logs", "traces", "changes", "topology", "state")
STATUSES: Final = ("ok", "stale", "failed", "absent")


def source(name: str, status: str, *resources: str) -> Source:
    return Source.model_validate({"name": name, "status": status, "resources": resources})


def released(*sources: Source, resource: str = C, **fields: Any) -> Bundle:
    """Return an alarm on A, and a release of one resource that may be rolled back."""
    found = {"changes": (deployed(resource, -5),), "states": (state(resource),)}
    return shop_bundle(**{**found, "sources": sources, **fields})


def cost(found: Bundle, resource: str = C) -> int:
    return penalty_bp(bearing_gaps(found, on(found, resource).id))


SOURCES = st.lists(
    st.builds(
        lambda name, status, resources: source(name, status, *resources),
        st.sampled_from(NAMES),
        st.sampled_from(STATUSES),
        st.sets(st.sampled_from([A, B, C, TABLE, PARAMETER, OTHER])).map(sorted),
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
    assert cost(released(source(name, status))) == penalty


@given(SOURCES)
def test_only_a_configured_source_that_fails_or_is_stale_is_a_gap(sources: list[Source]) -> None:
    assert {gap.status for gap in released(*sources).gaps()} <= {"failed", "stale"}


@given(SOURCES, SOURCES)
def test_penalties_add_up(one: list[Source], other: list[Source]) -> None:
    first, second = released(*one).gaps(), released(*other).gaps()
    assert penalty_bp(first + second) == penalty_bp(first) + penalty_bp(second)


def test_exactly_the_floor_is_complete_enough() -> None:
    assert complete_enough([source("logs", "failed")])
    assert not complete_enough([source("logs", "failed"), source("state", "stale")])


@pytest.mark.parametrize("resource", [A, B, C])
def test_a_rollback_needs_its_resource_its_callers_and_the_alarmed_one(resource: str) -> None:
    assert cost(released(source("logs", "failed", resource))) == 2000


@pytest.mark.parametrize("resource", [TABLE, PARAMETER, OTHER])
def test_a_gap_at_another_resource_costs_nothing(resource: str) -> None:
    found = released(source("logs", "failed", resource))

    assert found.gaps()
    assert cost(found) == 0


def test_a_verb_that_does_not_roll_back_needs_no_caller_but_the_alarmed_one() -> None:
    state_of_b = state(B).model_copy(update={"settings": {"reserved_concurrency": 1}})
    throttled = shop_bundle(changes=(limited(B, 9, 1),), states=(state_of_b,), edges=((OTHER, B),))
    gap = source("logs", "failed", OTHER)

    assert cost(throttled.model_copy(update={"sources": (gap,)}), B) == 0


def test_a_gap_counts_at_each_of_its_resources_but_once() -> None:
    assert cost(released(source("logs", "failed", A, C, OTHER))) == 2000
    assert cost(released(source("logs", "failed", C), source("logs", "stale", A))) == 2000
    assert cost(released(source("logs", "failed", OTHER), source("logs", "stale", A))) == 500


def test_a_source_that_failed_as_a_whole_bears_on_every_candidate() -> None:
    for name in NAMES:
        assert cost(released(source(name, "failed"))) > 0


@pytest.mark.parametrize("action", [HEALTHY, None])
def test_vote_for_no_candidate_needs_every_source(action: str | None) -> None:
    found = released(source("logs", "failed", OTHER))
    assert bearing_gaps(found, action) == found.gaps()


@given(SOURCES)
def test_naming_its_resources_never_makes_a_gap_cost_more(sources: list[Source]) -> None:
    whole = [one.model_copy(update={"resources": ()}) for one in sources]
    assert cost(released(*sources)) <= cost(released(*whole))


@given(SOURCES, st.sampled_from([A, B, C]), st.sampled_from(NAMES))
def test_one_more_gap_where_the_candidate_looks_never_costs_less(
    sources: list[Source], resource: str, name: str
) -> None:
    """An attacker who throttles a source that is needed gains nothing."""
    more = [*sources, source(name, "failed", resource)]
    assert cost(released(*more)) >= cost(released(*sources))
    assert complete_enough(bearing_gaps(released(*sources), on(released(), C).id)) or (
        not complete_enough(bearing_gaps(released(*more), on(released(), C).id))
    )


def test_the_resources_of_a_gap_are_left_out_where_there_are_none() -> None:
    """Digests of bundles from before the field stay the same."""
    assert "resources" not in source("logs", "failed").model_dump(mode="json")


@pytest.mark.parametrize("resource", [A, OTHER])
def test_the_alarmed_resource_is_needed_whether_or_not_it_calls_the_candidates(
    resource: str,
) -> None:
    apart = released(source("logs", "failed", resource), edges=())
    assert cost(apart) == (2000 if resource == A else 0)
