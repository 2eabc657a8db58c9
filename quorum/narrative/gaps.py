"""The gaps of an incident: sources, seats and checks that are missing, from the log alone."""

from collections.abc import Iterator
from typing import Final

from quorum.domain.events import DecisionMade, EvidenceFrozen
from quorum.domain.evidence import Alarm, Source
from quorum.domain.incident import Incident
from quorum.narrative.formatting import lasting, missing, plural
from quorum.narrative.safe_text import Verbatim, Words, join, outsider

_TROUBLED: Final = frozenset({"failed", "stale"})


def gaps(incident: Incident) -> tuple[Words, ...]:
    """Return one sentence per gap: sources, seats, verification."""
    return (*_evidence(incident), *_decision(incident), *_recovery(incident))


def _evidence(incident: Incident) -> Iterator[Words]:
    if not any(alarm.resources for alarm in _alarms(incident)):
        yield ("No alarm names a resource that Quorum can read.",)
    frozen = incident.basis
    if frozen is None:
        yield ("No evidence was collected, so no vote was held.",)
        return
    known = {one.gap() for one in frozen.vanished}
    troubled = (s for s in frozen.sources if s.status in _TROUBLED)
    yield from (_source(s) for s in troubled if not set(s.detail.split("; ")) <= known)
    yield from (_unread(s) for s in frozen.sources if s.status == "ok" and s.detail)
    yield from ((*missing(vanished), ".") for vanished in frozen.vanished)
    yield from _absent(frozen)
    if not frozen.candidates:
        yield ("No action of the catalogue applies here.",)
    if frozen.second_fault:
        yield ("Two independent faults are visible; it is unknown which one the alarm is about.",)


def _alarms(incident: Incident) -> Iterator[Alarm]:
    yield incident.opened.alarm
    yield from (joined.alarm for joined in incident.joined)


def _source(source: Source) -> Words:
    detail: Words = (": ", outsider(source.detail)) if source.detail else ()
    if source.status == "stale":
        age = "" if source.age_seconds is None else f" ({lasting(source.age_seconds)} old)"
        return (f"Source {source.name} is stale{age}", *detail, ".")
    failed = "is incomplete" if source.name == "state" else "could not be read"
    return (f"Source {source.name} {failed}", *detail, ".")


def _unread(source: Source) -> Words:
    """Return what was not read of a source without being a gap."""
    return (f"Source {source.name} was read, but not: ", outsider(source.detail), ".")


def _absent(frozen: EvidenceFrozen) -> Iterator[Words]:
    absent = [source.name for source in frozen.sources if source.status == "absent"]
    if absent:
        yield (f"Not configured, so not checked: {', '.join(absent)}.",)


def _decision(incident: Incident) -> Iterator[Words]:
    decision = incident.decision
    if decision is None:
        yield ("No decision was recorded.",)
        return
    for silent in decision.silent:
        yield ("No vote from ", Verbatim(silent.seat), ": ", outsider(silent.reason), ".")
    yield from _abstained(decision)
    yield from _fell_back(decision)


def _abstained(decision: DecisionMade) -> Iterator[Words]:
    seats = [vote.seat for vote in decision.votes if vote.action is None]
    if seats:
        count = plural(len(seats), "seat")
        yield (f"{count} abstained: ", *join([(Verbatim(seat),) for seat in seats]), ".")


def _fell_back(decision: DecisionMade) -> Iterator[Words]:
    for vote in decision.votes:
        if vote.skipped:
            why = join([(outsider(reason),) for reason in vote.skipped])
            yield (
                "Seat ",
                Verbatim(vote.seat),
                " used its fallback ",
                Verbatim(vote.tier),
                "; preferred method failed: ",
                *why,
            )


def _recovery(incident: Incident) -> Iterator[Words]:
    if incident.captured and not incident.taken:
        yield ("An action was prepared; the log does not record that it ran.",)
    if incident.taken and incident.checked is None:
        yield ("The action ran; recovery was not checked.",)
    if incident.checked and incident.checked.verdict == "unverified":
        yield ("Recovery is not verified: ", outsider(incident.checked.reason), ".")
    if incident.taken and incident.checked and incident.checked.verdict == "recovered":
        yield ("The timing suggests that the action caused the recovery; this is not proven.",)
