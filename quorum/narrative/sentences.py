"""One plain, exact sentence per event of an incident's log."""

from collections import Counter
from collections.abc import Mapping
from typing import Final, assert_never

from quorum.domain.base import OutsiderText
from quorum.domain.constants import (
    FLAPPING_WINDOW_SECONDS,
    STORM_INCIDENTS,
    STORM_WINDOW_SECONDS,
    UNDECIDED_AFTER_SECONDS,
)
from quorum.domain.events import (
    ActionRefused,
    ActionTaken,
    ActionUndone,
    AlarmJoined,
    AlarmRecovered,
    ApprovalAnswered,
    ApprovalGiven,
    ApprovalRefused,
    ApprovalRequested,
    DecisionMade,
    EvidenceFrozen,
    IncidentClosed,
    IncidentEvent,
    IncidentForgotten,
    IncidentOpened,
    IncidentTakenOver,
    InverseCaptured,
    MessageFailed,
    MessageSent,
    PostMortemWritten,
    RecoveryChecked,
    RoleOverran,
    SeatEquivocated,
    UndoRefused,
    UndoRequested,
    WatchdogAlerted,
)
from quorum.domain.evidence import Alarm
from quorum.narrative.decision import decision_words
from quorum.narrative.formatting import (
    OUTCOMES,
    Actions,
    action,
    channel_name,
    instant,
    lasting,
    missing,
    names,
    number,
    plural,
    settings,
)
from quorum.narrative.safe_text import Verbatim, Words, outsider
from quorum.narrative.seen import seen_before

_FLAPPING: Final = (
    " Flapping: this alarm's previous incident closed less than"
    f" {lasting(FLAPPING_WINDOW_SECONDS)} earlier, so no action runs without approval."
)
_STORM: Final = (
    f" Alarm storm: {STORM_INCIDENTS} or more incidents opened within"
    f" {lasting(STORM_WINDOW_SECONDS)}, so no action runs without approval."
)
_VERDICTS: Final = {
    "recovered": "Recovered",
    "failed": "Did not recover",
    "partial": "Recovered in part",
    "unverified": "Recovery not verified",
}
FINDINGS: Final[Mapping[str, str]] = {
    "undecided": f"no decision after {UNDECIDED_AFTER_SECONDS // 60} minutes",
    "execution_failed": "the workflow execution failed",
    "execution_timed_out": "the workflow execution timed out",
    "execution_aborted": "the workflow execution was aborted",
    "execution_missing": "the workflow execution never started",
}
"""The watchdog's findings, as clauses."""


def sentence(event: IncidentEvent, known: Actions) -> Words:  # noqa: C901, PLR0911, PLR0912
    """Return the event as a sentence; `known` are the incident's candidate actions."""
    match event:
        case IncidentOpened():
            return _opened(event)
        case AlarmJoined():
            return (*fired(event.alarm), ". Added to this incident.")
        case AlarmRecovered():
            at = instant(event.recovered_at)
            return ("Alarm ", outsider(event.alarm_name), f" returned to OK at {at}.")
        case EvidenceFrozen():
            return _evidence(event)
        case DecisionMade():
            return decision_words(event, known)
        case SeatEquivocated():
            return _seat_suspended(event)
        case RoleOverran():
            return _role_overran(event)
        case ApprovalRequested():
            return _approval_requested(event, known)
        case ApprovalGiven():
            return _approval_given(event, known)
        case ApprovalAnswered():
            return _approval_answered(event, known)
        case ApprovalRefused():
            by, why = outsider(event.by), outsider(event.reason)
            return ("Rejected an answer from ", by, *_via(event.via), ": ", why, ".")
        case IncidentTakenOver():
            by, why = outsider(event.by), outsider(event.reason)
            rest = " took over the incident; Quorum starts nothing more in it. Reason: "
            return (by, *_via(event.via), rest, why, ".")
        case UndoRequested():
            by, why = outsider(event.by), outsider(event.reason)
            return (by, *_via(event.via), " asked to undo the action. Reason: ", why, ".")
        case InverseCaptured():
            return ("Captured pre-change state for undo: ", *settings(event.captured), ".")
        case ActionTaken():
            return _action_taken(event, known)
        case ActionRefused():
            return _action_blocked(event, known)
        case ActionUndone():
            return _action_undone(event, known)
        case UndoRefused():
            why = outsider(event.reason)
            what = action(event.action, known)
            return ("Undo blocked: ", *what, ". Reason: ", why, ". Nothing was changed.")
        case RecoveryChecked():
            return _recovery_checked(event)
        case IncidentClosed():
            return _closed(event)
        case MessageSent():
            kind, reference = event.message.replace("_", " "), Verbatim(event.reference)
            return ("Notified ", *channel_name(event.channel), f" ({kind}): ", reference)
        case MessageFailed():
            kind, why = event.message.replace("_", " "), outsider(event.reason)
            return ("Notification failed: ", *channel_name(event.channel), f" ({kind}): ", why)
        case PostMortemWritten():
            return ("Post-mortem written: ", Verbatim(event.key))
        case IncidentForgotten():
            by, why = outsider(event.by), outsider(event.reason)
            rest = " removed the incident from the memory. Reason: "
            return (by, *_via(event.via), rest, why, ".")
        case WatchdogAlerted():
            return (f"Watchdog alert: {FINDINGS[event.finding]}.",)
        case _:
            assert_never(event)


def fired(alarm: Alarm) -> Words:
    """Return when the alarm fired, for which resources, and the reason that CloudWatch gave."""
    on = names(alarm.resources) if alarm.resources else ("no known resource",)
    at = instant(alarm.fired_at)
    return (
        "Alarm ",
        outsider(alarm.name),
        f" fired at {at} on ",
        *on,
        ": ",
        outsider(alarm.reason),
    )


def limited(event: IncidentOpened) -> str:
    """Return why no action runs without approval from the start, or nothing."""
    return f"{_FLAPPING if event.flapping else ''}{_STORM if event.storm else ''}".strip()


def _opened(event: IncidentOpened) -> Words:
    return (*fired(event.alarm), f". Incident opened. {limited(event)}".rstrip())


def _evidence(event: EvidenceFrozen) -> Words:
    counts = Counter(source.status for source in event.sources)
    sources = ", ".join(f"{n} {status}" for status, n in sorted(counts.items())) or "none"
    second = " Two independent faults are visible: a person decides." if event.second_fault else ""
    return (
        f"Evidence collected (round {event.round}): "
        f"{plural(len(event.candidates), 'candidate action')}; sources: {sources}; digest ",
        Verbatim(event.evidence[:12]),
        f".{second}",
        *(word for vanished in event.vanished for word in (" ", *missing(vanished), ".")),
        *((" ", *seen_before(event.seen)) if event.seen else ()),
    )


def _seat_suspended(event: SeatEquivocated) -> Words:
    return (
        "Seat ",
        Verbatim(event.seat),
        f" suspended: it signed two different votes in round {event.round}. Its votes are"
        " discarded until a person reinstates it. Both votes are kept as proof.",
    )


def _role_overran(event: RoleOverran) -> Words:
    timing = event.timing
    past = timing.seconds > timing.maximum
    limit = f"maximum of {timing.maximum} s" if past else f"target of {timing.target} s"
    return (f"Role {timing.role} took {number(timing.seconds)} s, over its {limit}.",)


def _approval_requested(event: ApprovalRequested, known: Actions) -> Words:
    approvers = f" {event.people} different approvers required." if event.people > 1 else ""
    return (
        "Approval requested from ",
        Verbatim(event.level),
        ": ",
        *action(event.action, known),
        f".{approvers} Deadline: {instant(event.expires_at)}. Reason: ",
        outsider(event.reason),
        ".",
    )


def _approval_given(event: ApprovalGiven, known: Actions) -> Words:
    return (
        outsider(event.by),
        *_via(event.via),
        " approved: ",
        *action(event.action, known),
        *_because(event.reason),
        f". {plural(event.missing, 'more approver')} required.",
    )


def _approval_answered(event: ApprovalAnswered, known: Actions) -> Words:
    if event.answer == "expired":
        return ("The approval request expired without an answer.",)
    by: Words = (outsider(event.by),) if event.by else ("An approver",)
    verdict = " approved" if event.answer == "granted" else " denied"
    what: Words = (": ", *action(event.action, known)) if event.action else ()
    return (*by, *_via(event.via), verdict, *what, *_because(event.reason), ".")


def _via(channel: str) -> Words:
    return (" (via ", *channel_name(channel), ")") if channel else ()


def _because(reason: OutsiderText | None) -> Words:
    return (". Reason: ", outsider(reason)) if reason else ()


def _action_taken(event: ActionTaken, known: Actions) -> Words:
    return (
        "Action taken: ",
        *action(event.action, known),
        ". Set: ",
        *settings(event.written),
        ". AWS request ",
        Verbatim(event.request_id),
        ".",
    )


def _action_blocked(event: ActionRefused, known: Actions) -> Words:
    may = "An approver may override it." if event.person_may else "Approval cannot override it."
    return (
        "Action blocked: ",
        *action(event.action, known),
        ". Check ",
        Verbatim(event.guard),
        " failed: ",
        outsider(event.reason),
        f". {may} Nothing was changed.",
    )


def _action_undone(event: ActionUndone, known: Actions) -> Words:
    return (
        "Action undone: ",
        *action(event.action, known),
        ". Restored: ",
        *settings(event.restored),
        ". AWS request ",
        Verbatim(event.request_id),
        ".",
    )


def _recovery_checked(event: RecoveryChecked) -> Words:
    return (
        f"{_VERDICTS[event.verdict]} after {lasting(event.seconds)}: alarm ",
        Verbatim(event.alarm_state),
        f"; {plural(event.requests, 'request')}, {plural(event.errors, 'error')}"
        f" (baseline: {plural(event.compared_requests, 'request')} over the same window). ",
        outsider(event.reason),
    )


def _closed(event: IncidentClosed) -> Words:
    level: Words = (" Assigned to: ", Verbatim(event.level), ".") if event.level else ()
    return (f"Closed: {OUTCOMES[event.outcome]}. Reason: ", outsider(event.reason), ".", *level)
