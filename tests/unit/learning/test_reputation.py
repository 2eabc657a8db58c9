"""Consequences of a seat's track record: none, or a suspension until a person lifts it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.learning.reputation import MIN_JUDGED, ReputationReview
from quorum.application.equivocation import EquivocationRecords, Suspensions
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.memories import Remembered, SeatOutcome
from quorum.domain.seats import SEATS, units
from quorum.domain.suspensions import Suspension
from quorum.domain.votes import Vote, tally
from tests.builders.candidates import ROLLBACK
from tests.builders.consensus import Round
from tests.builders.people import lifted
from tests.builders.votes import NAMES, elections, landslides
from tests.fakes import InMemoryControls
from tests.fakes.clock import START, FakeClock
from tests.fakes.control_log import InMemoryControlLog
from tests.fakes.memory import InMemoryMemory

SEAT = "diagnosis-change"
Rights = Sequence[bool | None]


def outcome(seat: str, *, right: bool | None) -> SeatOutcome:
    return SeatOutcome(seat=seat, tier="t", action=None, conf_bp=0, right=right)


def past(records: Mapping[str, Rights], minutes: int = 0) -> list[Remembered]:
    """Return one ended incident a minute, in which seats were right or wrong."""
    longest = max(map(len, records.values()), default=0)
    return [
        Remembered(
            incident_id=f"{minutes + at:032x}",
            closed_at=(START + timedelta(minutes=minutes + at)).timestamp(),
            fingerprint={},
            verb=None,
            worked=None,
            seats=tuple(outcome(s, right=r[at]) for s, r in records.items() if at < len(r)),
        )
        for at in range(longest)
    ]


class Review:
    """A memory that grows, the controls, and what reads the one and sets the other."""

    def __init__(self) -> None:
        self.memory, self.controls, self.clock = InMemoryMemory(), InMemoryControls(), FakeClock()
        self.control_log = InMemoryControlLog()
        self.suspensions = Suspensions(self.controls, self.control_log)
        self.reputation = ReputationReview(self.memory, self.suspensions, self.clock)

    def end(self, *incidents: Remembered) -> list[str]:
        """Have incidents end, each reviewed as it does; return the seats of bad record."""
        bad = list[str]()
        for one in incidents:
            self.memory.remember(one)
            bad += self.reputation.review(one.seats)
        return bad

    def out(self) -> set[str]:
        """Return the suspended seats, as consensus and the executor read them."""
        recorder = Round().recorder
        return set(EquivocationRecords(recorder, self.suspensions).suspended())


@pytest.fixture
def review() -> Review:
    return Review()


def test_a_seat_that_is_mostly_wrong_is_suspended_with_the_incidents(review: Review) -> None:
    record = [True, None, *[False] * MIN_JUDGED]

    assert review.end(*past({SEAT: record[:-2], "diagnosis-model": [True, False] * 10})) == []
    assert review.end(*past({SEAT: [False]}, 100)) == [SEAT]

    held = review.controls.suspended()[SEAT]
    assert "right in 1 of 20 incidents" in held.reason
    assert len(held.proof) == MIN_JUDGED - 1
    assert set(review.controls.suspended()) == {SEAT}


def test_suspended_seat_has_no_weight_and_the_others_are_unchanged(review: Review) -> None:
    review.end(*past({SEAT: [False] * MIN_JUDGED}))
    round_ = Round()
    for held in review.controls.suspended().values():
        round_.controls.suspend(held)
    round_.all_vote(ROLLBACK.id)

    made = round_.decide()

    assert made.score_bp == 8100, "of 9000 with it, over the same whole weight"
    assert [s.seat for s in made.silent] == [SEAT]


def test_records_are_reviewed_after_a_wrong_vote_only(review: Review) -> None:
    for one in past({SEAT: [False] * MIN_JUDGED}):
        review.memory.remember(one)

    assert review.reputation.review([outcome(SEAT, right=None), outcome("other", right=None)]) == []
    assert review.reputation.review([outcome(SEAT, right=True)]) == []
    assert review.out() == set()


def test_repeated_review_changes_nothing(review: Review) -> None:
    incidents = past({SEAT: [False] * MIN_JUDGED})
    review.end(*incidents)
    before = review.controls.suspended()
    review.clock.sleep(60)

    review.end(*incidents)

    assert review.controls.suspended() == before


def test_reinstated_seats_record_starts_at_its_reinstatement(review: Review) -> None:
    incidents = past({SEAT: [False] * MIN_JUDGED})
    review.end(*incidents)
    mark = review.controls.suspended()[SEAT].mark()
    review.control_log.append(lifted(SEAT, mark, at=START + timedelta(minutes=MIN_JUDGED)))

    assert review.end(incidents[-1], *past({SEAT: [False] * (MIN_JUDGED - 1)}, 50)) == []
    assert review.out() == set()
    assert review.end(*past({SEAT: [False]}, 200)) == [SEAT]


def test_seat_reinstated_by_a_former_version_starts_its_record_then(review: Review) -> None:
    incidents = past({SEAT: [False] * MIN_JUDGED})
    review.controls.before[SEAT] = (START + timedelta(minutes=MIN_JUDGED)).timestamp()

    assert review.end(*incidents, *past({SEAT: [False] * (MIN_JUDGED - 1)}, 50)) == []
    assert review.out() == set()
    assert review.end(*past({SEAT: [False]}, 200)) == [SEAT]


class Broken(InMemoryMemory):
    def remembered(self, limit: int) -> Sequence[Remembered]:
        raise StoreUnavailableError(str(limit))


def test_unreadable_memory_is_retried_later() -> None:
    controls = InMemoryControls()
    suspensions = Suspensions(controls, InMemoryControlLog())

    with pytest.raises(StoreUnavailableError):
        ReputationReview(Broken(), suspensions, FakeClock()).review([outcome(SEAT, right=False)])
    assert controls.suspended() == {}


def records() -> st.SearchStrategy[dict[str, list[bool | None]]]:
    """Return records of seats, often bad ones."""
    one = st.lists(st.sampled_from([True, False, False, False, None]), max_size=40)
    bad = st.integers(MIN_JUDGED, 30).map(lambda n: [False] * n)
    return st.dictionaries(st.sampled_from(NAMES), st.one_of(one, bad))


@given(records(), st.one_of(elections(), landslides()), st.sets(st.sampled_from(NAMES)))
def test_record_never_raises_a_weight_or_changes_the_total(
    given_records: dict[str, list[bool | None]], votes: list[Vote], suspended: set[str]
) -> None:
    review, whole = Review(), units(SEATS)
    for seat in suspended:
        review.controls.suspend(Suspension(seat=seat, since=0, reason="before"))
    review.end(*past(given_records))

    out = review.out()
    assert suspended <= out, "a record lifts nothing"
    assert units(SEATS) == whole
    before = tally([vote for vote in votes if vote.seat not in suspended], SEATS)
    after = tally([vote for vote in votes if vote.seat not in out], SEATS)
    shares = dict(before.ranking)
    assert all(share <= shares[action] for action, share in after.ranking)
    assert after.action in {None, before.action}
