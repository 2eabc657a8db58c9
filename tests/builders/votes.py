"""Votes and ballots: one by one, and elections for property tests."""

from typing import Any, Final

from hypothesis import strategies as st

from quorum.domain.seats import SEATS
from quorum.domain.votes import HEALTHY, Ballot, Opinion, Vote
from tests.builders.events import INCIDENT
from tests.fakes.clock import START

ACTIONS: Final = (
    "lambda.rollback_alias:000000000001",
    "ssm.restore_parameter:000000000002",
    "lambda.raise_reserved_concurrency:000000000003",
)
NAMES: Final = tuple(seat.name for seat in SEATS)
ROLE_OF: Final = {seat.name: seat.role for seat in SEATS}


def vote(seat: str, /, action: str | None, conf_bp: int = 10_000, **changed: Any) -> Vote:
    """Return a seat's vote."""
    fields = {
        "incident": INCIDENT,
        "round": 1,
        "evidence": "e" * 64,
        "seat": seat,
        "action": action,
        "conf_bp": conf_bp,
        "exp": 1_800_000_000,
    }
    return Vote.model_validate({**fields, **changed})


def ballot(cast: Vote, **changed: Any) -> Ballot:
    """Return the ballot that holds the vote, by the seat's first method."""
    known = next((row for row in SEATS if row.name == cast.seat), None)
    fields = {
        "vote": cast,
        "tier": known.tiers[0].method if known else "unknown",
        "opinion": Opinion(probabilities={}, reason="because"),
        "started_at": START.timestamp(),
        "answered_at": START.timestamp(),
    }
    return Ballot.model_validate({**fields, **changed})


def confidences() -> st.SearchStrategy[int]:
    """Return confidences, often near what decides."""
    return st.one_of(st.integers(0, 10_000), st.sampled_from([0, 6_999, 7_000, 7_001, 10_000]))


def choices() -> st.SearchStrategy[str | None]:
    """Return what may be voted for; the first action often, so that quorums happen."""
    return st.sampled_from([*ACTIONS, ACTIONS[0], ACTIONS[0], ACTIONS[0], HEALTHY, None])


def elections() -> st.SearchStrategy[list[Vote]]:
    """Return at most one vote per seat."""
    ballots = st.dictionaries(st.sampled_from(NAMES), st.tuples(choices(), confidences()))
    return ballots.map(lambda cast: [vote(name, *what) for name, what in cast.items()])


def landslides(least: int = 7500) -> st.SearchStrategy[list[Vote]]:
    """Return elections in which most seats agree with at least this confidence."""
    what = st.tuples(
        st.sampled_from([ACTIONS[0]] * 10 + [ACTIONS[1], None]), st.integers(least, 10000)
    )
    ballots = st.fixed_dictionaries(dict.fromkeys(NAMES, what))
    return ballots.map(lambda cast: [vote(name, *what) for name, what in cast.items()])
