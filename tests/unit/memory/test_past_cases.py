"""The cases that the seat of history votes on, and how few of them one source can fill."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.evidence import PastCase
from quorum.domain.memories import Remembered
from quorum.domain.past_cases import (
    MIN_SIMILARITY,
    MOST_CASES,
    MOST_PER_DAY,
    MOST_PER_SOURCE,
    MOST_PER_SOURCE_AND_DAY,
    choose_cases,
    past_case,
    source_of,
)
from tests.builders.alarms import ACCOUNT, error_alarm

DAY = 86_400


def case(number: int, day: int = 0, source: str = "a", **more: Any) -> PastCase:
    """Return a case on this day."""
    fields = {"verb": "lambda.rollback_alias", "outcome": "worked", "similarity": 1.0, **more}
    at = day * DAY + number % DAY
    return PastCase.model_validate(
        {"incident_id": f"{number:032x}", "closed_at": at, "source": source, **fields}
    )


CASES = st.builds(
    case,
    st.integers(0, 10**6),
    st.integers(0, 4),
    st.sampled_from("abc"),
    similarity=st.sampled_from([0.5, MIN_SIMILARITY, 1.0]),
    outcome=st.sampled_from(["worked", "failed", "unverified"]),
)


@given(st.lists(CASES, max_size=60), st.randoms())
def test_no_source_and_no_day_has_more_than_its_share(cases: list[PastCase], shuffled: Any) -> None:
    chosen = choose_cases(cases)
    days = [one.closed_at // DAY for one in chosen]
    pairs = [(one.source, day) for one, day in zip(chosen, days, strict=True)]
    assert len(chosen) <= MOST_CASES
    assert all(days.count(day) <= MOST_PER_DAY for day in days)
    assert all(pairs.count(pair) <= MOST_PER_SOURCE_AND_DAY for pair in pairs)
    sources = [one.source for one in chosen]
    assert all(sources.count(source) <= MOST_PER_SOURCE for source in sources)
    assert all(one.similarity >= MIN_SIMILARITY for one in chosen)
    assert all(one.outcome != "unverified" for one in chosen)
    assert choose_cases(chosen) == chosen, "the seat chooses again, and finds the same"
    moved = list(dict.fromkeys(cases))
    shuffled.shuffle(moved)
    assert set(choose_cases(moved)) <= set(cases)


def test_a_burst_of_one_attacker_leaves_room_for_all_others() -> None:
    others = [case(n, day=n, source=f"s{n}", outcome="failed") for n in range(10)]
    burst = [case(100 + n, day=20, source="attacker") for n in range(500)]
    slow = [case(1000 + n, day=30 + n, source="attacker") for n in range(500)]
    for attack in (burst, slow):
        chosen = choose_cases([*others, *attack])
        assert set(others) <= set(chosen)
        assert sum(one.source == "attacker" for one in chosen) <= MOST_PER_SOURCE
    many = [case(2000 + n, day=20, source=f"attacker-{n}") for n in range(500)]
    assert len(choose_cases([*others, *many])) == len(others) + MOST_PER_DAY


def test_the_newest_cases_of_a_source_count() -> None:
    old = [case(n, day=n) for n in range(5)]
    new = [case(n, day=n, outcome="failed") for n in range(5, 10)]
    assert set(choose_cases([*old, *new])) == set(new), "what worked before stopped working"


def test_a_remembered_incident_becomes_a_case() -> None:
    one = Remembered(
        incident_id="a" * 32,
        closed_at=5.5,
        fingerprint={"failing": 1.0},
        verb="lambda.rollback_alias",
        worked=None,
        similarity=1.0000001,
        source=source_of(error_alarm("front")),
    )
    found = past_case(one)
    assert (found.outcome, found.closed_at, found.similarity) == ("unverified", 5, 1.0)
    assert found.source == f"{ACCOUNT}/lambda:front"
    assert choose_cases([found]) == ()
