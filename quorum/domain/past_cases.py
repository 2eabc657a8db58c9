"""The choice of ended incidents that the seat `diagnosis-history` votes on.

They are chosen by fingerprint, outcome and time. No text, tag, runbook or embedding has a part in
it, so that none of them moves the vote. An attacker who causes many incidents of one resource, or
many at once, fills a small part of the choice only.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from quorum.domain.evidence import Alarm, PastCase
from quorum.domain.memories import Remembered
from quorum.domain.memory_entries import Outcome

MIN_SIMILARITY: Final = 0.8
"""Less similar incidents are ignored."""
MOST_CASES: Final = 20
MOST_PER_SOURCE: Final = 5
MOST_PER_SOURCE_AND_DAY: Final = 2
MOST_PER_DAY: Final = 5
"""The most cases of one source, of one source and day, and of one day (UTC)."""
_DAY: Final = 86_400
_OUTCOMES: Final[dict[bool | None, Outcome]] = {True: "worked", False: "failed", None: "unverified"}


def source_of(alarm: Alarm) -> str:
    """Return the account and resource that an incident with this first alarm counts for."""
    return f"{alarm.account}/{alarm.subjects[0]}"


def past_case(one: Remembered) -> PastCase:
    """Return the remembered incident as evidence."""
    return PastCase(
        incident_id=one.incident_id,
        closed_at=int(one.closed_at),
        source=one.source,
        verb=one.verb,
        resource=one.resource,
        outcome=_OUTCOMES[one.worked],
        similarity=min(1.0, one.similarity),
    )


def choose_cases(cases: Iterable[PastCase]) -> tuple[PastCase, ...]:
    """Return the cases that count, the most similar first.

    An action whose outcome is not verified says nothing and is left out. Of one source, one source
    and day, and one day, the newest ones are chosen.
    """
    known = [c for c in cases if c.similarity >= MIN_SIMILARITY and says_something(c)]
    by_source: Counter[str] = Counter()
    by_day: Counter[int] = Counter()
    by_both: Counter[tuple[str, int]] = Counter()
    chosen: list[PastCase] = []
    for case in sorted(known, key=lambda c: (-c.closed_at, c.incident_id)):
        day = case.closed_at // _DAY
        if (
            by_source[case.source] < MOST_PER_SOURCE
            and by_day[day] < MOST_PER_DAY
            and by_both[case.source, day] < MOST_PER_SOURCE_AND_DAY
        ):
            by_source[case.source] += 1
            by_day[day] += 1
            by_both[case.source, day] += 1
            chosen.append(case)
    best = sorted(chosen, key=lambda c: (-c.similarity, -c.closed_at, c.incident_id))
    return tuple(best[:MOST_CASES])


def says_something(case: PastCase) -> bool:
    """Return whether the case has a verified outcome, or ended without an action."""
    return case.verb is None or case.outcome != "unverified"
