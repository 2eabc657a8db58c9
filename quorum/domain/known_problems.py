"""Known problems: ended incidents with the same key, and the record of what was done about them.

The key is made of the account, the first alarm's metric and resources, and the kinds of settings
that changed shortly before. Two incidents belong together by their keys alone, so the order in
which incidents are learned changes nothing, and a person can say why one belongs to a problem.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pydantic import Field

from quorum.domain.base import Epoch, IncidentId, OutsiderText, Record
from quorum.domain.evidence import Alarm
from quorum.domain.memory_entries import (
    EmbeddingModel,
    EntryId,
    MemoryEntry,
    MethodRecord,
    Outcome,
    ProblemRecord,
    Structure,
    entry_id,
    problem_source,
)

KEY_VERSION: Final = "1"
"""Of the rule that makes keys. Another rule founds all problems anew, by a rebuild."""
MOST_LISTED: Final = 5
_CHANGED: Final = "changed-"


class Occurrence(Record):
    """An ended incident as one occurrence of a known problem."""

    incident_id: IncidentId
    problem: EntryId | None
    """None for a forgotten incident that was never learned."""
    revision: int = Field(ge=1)
    """The version of the incident's log that it was learned from."""
    forgotten: bool = False
    at: Epoch = 0
    """The end of the incident."""
    account: str = ""
    service: str = ""
    outcome: Outcome = "unverified"
    verb: str | None = None
    structure: Structure = Structure()
    text: OutsiderText = OutsiderText(outsider="")


def problem_id(alarm: Alarm, features: Mapping[str, float]) -> EntryId:
    """Return the id of the problem of an incident with this first alarm and fingerprint."""
    watched = (alarm.namespace, alarm.metric) if alarm.metric else ("alarm", alarm.name)
    changed = sorted(name for name, value in features.items() if value and _is_change(name))
    parts = (alarm.account, *watched, *sorted(alarm.subjects), *changed)
    return entry_id("known_problem", KEY_VERSION, *(part or "" for part in parts))


def problem_entry(occurrences: Iterable[Occurrence], model: EmbeddingModel) -> MemoryEntry | None:
    """Return the entry of the problem with these occurrences; None when none is left.

    Its text and structure are those of the newest one. Its revision is the sum of all revisions,
    forgotten ones included: an entry made of more or newer occurrences replaces the others.
    """
    known = sorted(occurrences, key=lambda one: (one.at, one.incident_id))
    left = [one for one in known if not one.forgotten]
    if not left or left[-1].problem is None:
        return None
    newest, methods = left[-1], _methods(left)
    best = max(
        methods, key=lambda one: (one.worked - one.failed, one.worked, one.verb), default=None
    )
    return MemoryEntry(
        id=left[-1].problem,
        kind="known_problem",
        source=problem_source(newest.problem or ""),
        author="outsider",
        at=newest.at,
        account=newest.account,
        service=newest.service,
        outcome=_outcome(best),
        verb=best.verb if best else None,
        structure=newest.structure,
        text=newest.text,
        model=model,
        revision=sum(one.revision for one in known),
        problem=newest.problem,
        record=ProblemRecord(
            times=len(left),
            first=left[0].at,
            last=newest.at,
            methods=methods,
            incidents=tuple(one.incident_id for one in left[: -MOST_LISTED - 1 : -1]),
        ),
    )


def merged(records: Sequence[ProblemRecord]) -> ProblemRecord | None:
    """Return several records of one problem as one; None without any.

    A fault behind several alarms has a key for each of them that fires first.
    """
    if not records:
        return None
    newest = sorted(records, key=lambda one: -one.last)
    verbs = sorted({method.verb for one in records for method in one.methods})
    return ProblemRecord(
        times=sum(one.times for one in records),
        first=min(one.first for one in records),
        last=newest[0].last,
        methods=tuple(_total(verb, records) for verb in verbs),
        incidents=tuple(i for one in newest for i in one.incidents)[:MOST_LISTED],
    )


def _total(verb: str, records: Iterable[ProblemRecord]) -> MethodRecord:
    found = [method for one in records for method in one.methods if method.verb == verb]
    return MethodRecord(
        verb=verb,
        worked=sum(one.worked for one in found),
        failed=sum(one.failed for one in found),
        unverified=sum(one.unverified for one in found),
    )


def _methods(occurrences: Iterable[Occurrence]) -> tuple[MethodRecord, ...]:
    """Return the record of each verb that was executed, by name."""
    counted: dict[str, Counter[Outcome]] = {}
    for one in occurrences:
        if one.verb is not None:
            counted.setdefault(one.verb, Counter())[one.outcome] += 1
    return tuple(
        MethodRecord(
            verb=verb,
            worked=counts["worked"],
            failed=counts["failed"],
            unverified=counts["unverified"],
        )
        for verb, counts in sorted(counted.items())
    )


def _outcome(method: MethodRecord | None) -> Outcome:
    if method is None or method.worked == method.failed:
        return "unverified"
    return "worked" if method.worked > method.failed else "failed"


def _is_change(feature: str) -> bool:
    return feature.startswith(_CHANGED)
