"""What is told beside an incident's log: what the watchdog and the publisher found, and trouble."""

from collections.abc import Mapping
from typing import Final

from quorum.domain.constants import UNDECIDED_AFTER_SECONDS
from quorum.domain.events import MessageKind
from quorum.domain.evidence import Alarm
from quorum.domain.notices import About, Notice
from quorum.messaging.content.incident_context import Case
from quorum.messaging.content.rendering import Letter, Section
from quorum.narrative import Verbatim, Words, instant, outsider

_WHAT: Final[Mapping[About, str]] = {
    "undecided": f"nothing is decided after {UNDECIDED_AFTER_SECONDS // 60} minutes",
    "execution_failed": "its pipeline failed",
    "execution_timed_out": "its pipeline ran out of time",
    "execution_aborted": "its pipeline was aborted",
    "execution_missing": "its pipeline had never been started",
}
_SAID: Final[Mapping[MessageKind, str]] = {
    "opened": "it was opened",
    "decision": "a decision was made",
    "approval_wanted": "a person is asked to approve an action",
    "answered": "the question was answered",
    "resolved": "it is resolved",
    "dismissed": "it is dismissed",
    "escalated": "it is handed to a person",
}


def bark(notice: Notice, case: Case) -> Letter:
    """Return what the watchdog found."""
    what = _WHAT[notice.about]
    goes_on = notice.about in {"undecided", "execution_missing"}
    after = "goes on trying; do not wait for it" if goes_on else "does nothing more here"
    next_ = f"Quorum {after}." if goes_on else f"Quorum {after}: take over by hand."
    return _needs_you(case, what, [(f"Finding: {what}.",), (next_,)])


def before(case: Case) -> Letter:
    """Return what an older version found beside the log: which of its findings is not kept."""
    what = "something was found beside its log"
    return _needs_you(case, what, [("Look at the incident: it may not go on by itself.",)])


def broken(notice: Notice, case: Case) -> Letter:
    """Return that the log cannot be believed; what happened is known by its kind alone."""
    lines: list[Words] = [
        (f"According to who sent this, {_SAID[notice.kind]}.",),
        ("Its log contradicts itself, so nothing of it is shown here.",),
        ("Nobody and nothing of Quorum may change a fact. Look at the table's audit trail.",),
    ]
    return _needs_you(case, "its log contradicts itself", lines)


def bare_letter(notice: Notice) -> Letter:
    """Return what is known when nothing can be read."""
    lines: list[Words] = [
        (f"{_SAID[notice.kind][0].upper()}{_SAID[notice.kind][1:]}.",),
        ("Its records cannot be read now, so nothing more is said here.",),
    ]
    return Letter(
        ("[Quorum] Incident ", Verbatim(notice.incident_id), f": {_SAID[notice.kind]}"),
        (Section("What is known", lines),),
    )


def tampered(notice: Notice) -> Letter:
    """Return that a fact was changed or removed."""
    place = f"incident {notice.incident_id}, version {notice.version}"
    lines: list[Words] = [
        ("A fact of Quorum's log was changed or removed. Place: ", Verbatim(place), "."),
        ("Nobody and nothing of Quorum may do that.",),
        ("Look at the table's audit trail, and trust no later fact of this incident.",),
    ]
    return Letter(
        (f"[Quorum] The log was tampered with: {place}",), (Section("What happened", lines),)
    )


def _needs_you(case: Case, what: str, lines: list[Words]) -> Letter:
    alarm = case.alarm
    name: Words = (outsider(alarm.name),) if alarm else ("an incident",)
    return Letter(
        ("[Quorum] Quorum needs you: ", *name, f", {what}"),
        (
            Section("What happened", [*(_fired(alarm) if alarm else []), *lines]),
            Section("Incident", [(Verbatim(case.incident_id),)]),
        ),
    )


def _fired(alarm: Alarm) -> list[Words]:
    return [
        ("Alarm: ", outsider(alarm.name), ": ", outsider(alarm.reason)),
        (f"Fired: {instant(alarm.fired_at)}",),
    ]
