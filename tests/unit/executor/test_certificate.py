"""Votes counted again: only what the seats own tables hold, about this very round, counts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.executor.certificate import Certificate, redecide
from functions.shared.domain.events import EvidenceFrozen
from functions.shared.domain.seats import SEATS
from functions.shared.domain.votes import HEALTHY, Vote
from tests.unit.executor.cases import Case
from tests.unit.executor.evidence import OTHER, candidate

votes = st.lists(
    st.tuples(
        st.sampled_from([seat.name for seat in SEATS]),
        st.integers(0, 10_000),
        st.sampled_from(["a", "b", "none", "healthy"]),
        st.booleans(),
    ),
    max_size=10,
    unique_by=lambda vote: vote[0],
)


FROZEN = Case().incident.evidence


OTHER_CANDIDATE = candidate(parameters={**candidate().parameters, "to_version": "2"})


@given(votes)
def test_leaving_votes_out_never_authorises_what_all_of_them_did_not(
    cast: list[tuple[str, int, str, bool]],
) -> None:
    frozen = with_two_candidates()
    whole, _ = redecide(certificate_of(frozen, cast), frozen)
    part, _ = redecide(certificate_of(frozen, [v for v in cast if v[3]]), frozen)

    assert part in {None, whole}


@given(votes)
def test_only_a_frozen_candidate_is_ever_authorised(
    cast: list[tuple[str, int, str, bool]],
) -> None:
    frozen = with_two_candidates()
    nothing = frozen.model_copy(update={"candidates": ()})

    assert redecide(certificate_of(frozen, cast), nothing)[0] is None


def test_votes_of_all_seats_for_what_is_no_frozen_candidate_authorise_nothing() -> None:
    frozen = with_two_candidates()
    everyone = certificate_of(frozen, [(seat.name, 10_000, "a", True) for seat in SEATS])

    assert redecide(everyone, frozen)[0] == candidate().id
    assert redecide(everyone, frozen.model_copy(update={"candidates": ()}))[0] is None


def with_two_candidates() -> EvidenceFrozen:
    assert FROZEN is not None
    return FROZEN.model_copy(update={"candidates": (candidate(), OTHER_CANDIDATE)})


def certificate_of(frozen: EvidenceFrozen, cast: list[tuple[str, int, str, bool]]) -> Certificate:
    actions = {"a": candidate().id, "b": OTHER_CANDIDATE.id, "none": None, "healthy": HEALTHY}
    return Certificate(
        incident=frozen.incident_id,
        round=frozen.round,
        evidence=frozen.evidence,
        decided_at=100,
        votes=tuple(
            Vote(
                incident=frozen.incident_id,
                round=frozen.round,
                evidence=frozen.evidence,
                seat=seat,
                action=actions[action],
                conf_bp=confidence,
                exp=101,
            )
            for seat, confidence, action, _ in cast
        ),
    )


@pytest.mark.parametrize(
    "changed",
    [{"incident": OTHER}, {"round": 2}, {"evidence": "0" * 64}, {"exp": 100}, {"exp": 1001}],
    ids=["incident", "round", "evidence", "expired", "too-long"],
)
def test_a_vote_of_another_place_or_time_is_not_admitted(changed: dict[str, Any]) -> None:
    frozen = with_two_candidates()
    given_ = certificate_of(frozen, [(seat.name, 10_000, "a", True) for seat in SEATS])
    assert redecide(given_, frozen)[0] == candidate().id
    replayed = tuple(vote.model_copy(update=changed) for vote in given_.votes)

    assert redecide(given_.model_copy(update={"votes": replayed}), frozen)[0] is None
