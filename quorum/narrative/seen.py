"""Earlier incidents of the same problem, in words: how often, when, and what worked."""

from collections.abc import Iterator
from typing import Final

from quorum.domain.evidence import SeenBefore
from quorum.domain.memory_entries import MethodRecord, ProblemRecord
from quorum.narrative.formatting import epoch, plural
from quorum.narrative.safe_text import Verbatim, Words, join, outsider

_TIMES: Final = {1: "once", 2: "twice"}
_WHO: Final = {"outsider": "from logs and alarms", "operator": "by people", "quorum": "by Quorum"}


def seen_before(record: ProblemRecord) -> Words:
    """Return how often a problem occurred, when last, and what was done about it."""
    times = _TIMES.get(record.times, f"{record.times} times")
    methods = [_method(one) for one in record.methods]
    done: Words = join(methods, "; ") if methods else ("no action was taken",)
    return (f"Seen before, {times}, last at {epoch(record.last)}: ", *done, ".")


def earlier_incidents(found: SeenBefore) -> Words:
    """Return a match of the memory with its text, marked with its origin."""
    same = "the same problem" if found.same else "a similar problem"
    about = f", {same}, structure {found.likeness:.2f}"
    meaning = "" if found.meaning is None else f", text {found.meaning:.2f}"
    return (
        *seen_before(found.record),
        f" Match: {found.kind.replace('_', ' ')}{about}{meaning}. Text {_WHO[found.author]}: ",
        outsider(found.text),
    )


def _method(one: MethodRecord) -> Words:
    return (Verbatim(one.verb), " ", ", ".join(_counts(one)))


def _counts(one: MethodRecord) -> Iterator[str]:
    total = one.worked + one.failed + one.unverified
    yield f"worked {one.worked} of {plural(total, 'time')}"
    if one.failed:
        yield f"failed or was undone {one.failed}"
    if one.unverified:
        yield f"not verified {one.unverified}"
