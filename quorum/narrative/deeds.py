"""Sentences about what was asked, done, refused and undone."""

from quorum.domain.base import OutsiderText
from quorum.domain.events import (
    ActionRefused,
    ActionTaken,
    ActionUndone,
    ApprovalAnswered,
    ApprovalGiven,
    ApprovalRefused,
    ApprovalRequested,
    IncidentTakenOver,
    InverseCaptured,
    UndoRefused,
    UndoRequested,
)
from quorum.narrative.formatting import Actions, action, instant, plural, settings
from quorum.narrative.safe_text import Verbatim, Words, one_line, outsider


def asked(event: ApprovalRequested, known: Actions) -> Words:
    """A person was asked."""
    people = f"{event.people} different people have to approve it. " if event.people > 1 else ""
    return (
        "A person (",
        Verbatim(event.level),
        ") was asked to approve: ",
        *action(event.action, known),
        f". {people}The question expires at {instant(event.expires_at)}. Reason: ",
        outsider(event.reason),
        ".",
    )


def given(event: ApprovalGiven, known: Actions) -> Words:
    """A person approved, and others have to as well."""
    return (
        outsider(event.by),
        *_via(event.via),
        " approved: ",
        *action(event.action, known),
        *_because(event.reason),
        f". {plural(event.missing, 'more person', 'more people')} must approve it.",
    )


def answered(event: ApprovalAnswered, known: Actions) -> Words:
    """A person answered, or nobody did."""
    if event.answer == "expired":
        return ("Nobody answered in time; the question expired.",)
    by: Words = (outsider(event.by),) if event.by else ("A person",)
    verdict = " approved" if event.answer == "granted" else " denied"
    what: Words = (": ", *action(event.action, known)) if event.action else ()
    return (*by, *_via(event.via), verdict, *what, *_because(event.reason), ".")


def _via(channel: str) -> Words:
    return (" (by ", Verbatim(channel), ")") if channel else ()


def _because(reason: OutsiderText | None) -> Words:
    return (", because: ", outsider(reason)) if reason else ()


def answer_refused(event: ApprovalRefused) -> Words:
    """Somebody tried to answer, and may not, or no more."""
    return (
        "An answer by ",
        outsider(event.by),
        f" on {one_line(event.via)} was refused: ",
        outsider(event.reason),
        ".",
    )


def taken_over(event: IncidentTakenOver) -> Words:
    """A person has the incident."""
    by, why = outsider(event.by), outsider(event.reason)
    return (by, f" took the incident over, by {event.via}. Reason: ", why, ".")


def undo_wanted(event: UndoRequested) -> Words:
    """A person wants the action undone."""
    by, why = outsider(event.by), outsider(event.reason)
    return (by, f" wants the action undone, by {event.via}. Reason: ", why, ".")


def captured(event: InverseCaptured) -> Words:
    """What the undo needs was recorded."""
    return (
        "Before the change, what undoing it needs was recorded: ",
        *settings(event.captured),
        ".",
    )


def taken(event: ActionTaken, known: Actions) -> Words:
    """The effect happened."""
    return (
        "Done: ",
        *action(event.action, known),
        ". Written: ",
        *settings(event.written),
        ". Request ",
        Verbatim(event.request_id),
        ".",
    )


def refused(event: ActionRefused, known: Actions) -> Words:
    """A guard or a precondition said no."""
    lifted = "A person may lift it." if event.person_may else "A person's approval cannot lift it."
    return (
        "Not done: ",
        *action(event.action, known),
        ". The check ",
        Verbatim(event.guard),
        " said no: ",
        outsider(event.reason),
        f". {lifted} Nothing was changed.",
    )


def undone(event: ActionUndone, known: Actions) -> Words:
    """The inverse was applied."""
    return (
        "Undone: ",
        *action(event.action, known),
        ". Restored: ",
        *settings(event.restored),
        ". Request ",
        Verbatim(event.request_id),
        ".",
    )


def undo_refused(event: UndoRefused, known: Actions) -> Words:
    """The resource is no longer what we wrote."""
    return (
        "Not undone: ",
        *action(event.action, known),
        ", because: ",
        outsider(event.reason),
        ". Nothing was changed.",
    )
