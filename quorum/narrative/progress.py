"""Sentences about what was seen, checked, told and closed."""

from collections import Counter
from typing import Final

from quorum.domain.constants import (
    FLAPPING_WINDOW_SECONDS,
    STORM_INCIDENTS,
    STORM_WINDOW_SECONDS,
)
from quorum.domain.events import (
    AlarmJoined,
    AlarmRecovered,
    EvidenceFrozen,
    IncidentClosed,
    IncidentOpened,
    MessageFailed,
    MessageSent,
    PostMortemWritten,
    RecoveryChecked,
    RoleOverran,
    SeatEquivocated,
    WatchdogAlerted,
)
from quorum.domain.evidence import Alarm
from quorum.narrative.formatting import OUTCOMES, instant, lasting, names, number, plural
from quorum.narrative.safe_text import Verbatim, Words, outsider

_FLAPPING: Final = (
    f" The same alarm's last incident closed less than {lasting(FLAPPING_WINDOW_SECONDS)} before:"
    " nothing is done without a person."
)
_STORM: Final = (
    f" At least {STORM_INCIDENTS} incidents opened within {lasting(STORM_WINDOW_SECONDS)}:"
    " nothing is done without a person."
)
_VERDICTS: Final = {
    "recovered": "Recovered",
    "failed": "Did not recover",
    "unverified": "Recovery could not be verified",
}
_FINDINGS: Final = {
    "undecided": "the incident was undecided for too long",
    "execution_failed": "its execution failed",
    "execution_timed_out": "its execution timed out",
    "execution_aborted": "its execution was aborted",
    "execution_missing": "it has no execution",
}


def opened(event: IncidentOpened) -> Words:
    """An incident began."""
    flapping = _FLAPPING if event.flapping else ""
    storm = _STORM if event.storm else ""
    return (*_fired(event.alarm), f"; the incident was opened.{flapping}{storm}")


def joined(event: AlarmJoined) -> Words:
    """A related alarm fired."""
    return (*_fired(event.alarm), "; it joined the incident.")


def _fired(alarm: Alarm) -> Words:
    on: Words = (
        (" for ", *names(alarm.resources)) if alarm.resources else (" for no known resource",)
    )
    return (
        "The alarm ",
        outsider(alarm.name),
        f" fired at {instant(alarm.fired_at)}",
        *on,
        ": ",
        outsider(alarm.reason),
    )


def alarm_recovered(event: AlarmRecovered) -> Words:
    """An alarm went back to OK."""
    return (
        "The alarm ",
        outsider(event.alarm_name),
        f" went back to OK at {instant(event.recovered_at)}.",
    )


def evidence(event: EvidenceFrozen) -> Words:
    """The bundle of a round was frozen."""
    counts = Counter(source.status for source in event.sources)
    sources = ", ".join(f"{n} {status}" for status, n in sorted(counts.items())) or "none"
    second = " Two independent faults show: a person decides." if event.second_fault else ""
    return (
        f"Evidence of round {event.round} was frozen: "
        f"{plural(len(event.candidates), 'possible action')}; sources: {sources}; digest ",
        Verbatim(event.evidence[:12]),
        f".{second}",
    )


def struck(event: SeatEquivocated) -> Words:
    """A seat contradicted itself."""
    return (
        "The seat ",
        Verbatim(event.seat),
        f" signed two different votes in round {event.round}; it counts for nothing, and is"
        " suspended until a person lifts it. Both votes are kept as proof.",
    )


def overran(event: RoleOverran) -> Words:
    """A role took too long."""
    timing = event.timing
    past = timing.seconds > timing.maximum
    limit = f"maximum of {timing.maximum} s" if past else f"target of {timing.target} s"
    return (f"The role {timing.role} took {number(timing.seconds)} s, more than its {limit}.",)


def checked(event: RecoveryChecked) -> Words:
    """What verification saw at the end."""
    return (
        f"{_VERDICTS[event.verdict]} after {lasting(event.seconds)}: the alarm is ",
        Verbatim(event.alarm_state),
        f"; {plural(event.requests, 'request')}, {plural(event.errors, 'error')}"
        f" ({plural(event.compared_requests, 'request')} in as long a time before the fault). ",
        outsider(event.reason),
    )


def closed(event: IncidentClosed) -> Words:
    """The end."""
    level: Words = (" It is with: ", Verbatim(event.level), ".") if event.level else ()
    return (f"Closed: {OUTCOMES[event.outcome]}. Reason: ", outsider(event.reason), ".", *level)


def told(event: MessageSent) -> Words:
    """People were told."""
    kind = event.message.replace("_", " ")
    return (f"People were told ({kind}) by {event.channel}, reference ", Verbatim(event.reference))


def not_told(event: MessageFailed) -> Words:
    """People could not be told."""
    kind = event.message.replace("_", " ")
    return (f"People could not be told ({kind}) by {event.channel}: ", outsider(event.reason))


def written(event: PostMortemWritten) -> Words:
    """The report exists."""
    return ("The post-mortem was written: ", Verbatim(event.key))


def barked(event: WatchdogAlerted) -> Words:
    """The watchdog found something."""
    return (f"The watchdog told a person: {_FINDINGS[event.finding]}.",)
