"""What each kind of message says, from the facts alone."""

from collections.abc import Sequence
from typing import assert_never

from functions.communication.question import question
from functions.communication.rendering import Letter, Section
from functions.shared.domain.errors import InvalidInputError
from functions.shared.domain.events import IncidentEvent, MessageKind
from functions.shared.domain.incident import Incident, replay
from functions.shared.narrative import (
    OUTCOMES,
    Actions,
    SeatRow,
    Verbatim,
    Words,
    action,
    actions,
    beside_the_quorum,
    decision_words,
    gaps,
    instant,
    names,
    outsider,
    seat_rows,
    sentence,
    share,
    timeline,
)


def letter(kind: MessageKind, history: Sequence[IncidentEvent]) -> Letter:
    """Return the message of this kind.

    Raises InvalidInputError when the log lacks what it is about, InvalidHistoryError when the log
    contradicts itself.
    """
    incident, known = replay(history), actions(history)
    match kind:
        case "opened":
            return _opened(incident, history)
        case "decision":
            return _decision(incident, known)
        case "approval_wanted":
            return _approval_wanted(incident, known)
        case "answered":
            return _answered(incident, known)
        case "resolved" | "dismissed" | "escalated":
            return _ended(kind, incident, history, known)
        case _:
            assert_never(kind)


def _subject(what: str, incident: Incident) -> Words:
    return (f"[Quorum] {what}: ", outsider(incident.opened.alarm.name))


def _opened(incident: Incident, history: Sequence[IncidentEvent]) -> Letter:
    alarm = incident.opened.alarm
    now = "Evidence is being collected; ten seats will vote on it. You will be told what follows."
    return Letter(
        _subject("Opened", incident),
        (
            Section("What happened", [line.words for line in timeline(history)]),
            Section("Where", [(Verbatim(alarm.arn),)]),
            Section("What happens now", [(now,)]),
        ),
    )


def _decision(incident: Incident, known: Actions) -> Letter:
    decision = incident.decision
    if decision is None:
        raise InvalidInputError("kind: decision, and the log holds none")
    return Letter(
        _subject("Decision", incident),
        (
            Section("Decision", [decision_words(decision, known)]),
            Section("Who voted what, and why", votes(incident, known)),
            Section("The best single voter", [beside_the_quorum(decision, known)]),
            Section("What is not known", gaps(incident)),
        ),
    )


def _approval_wanted(incident: Incident, known: Actions) -> Letter:
    asked = incident.approval
    if asked is None:
        raise InvalidInputError("kind: approval_wanted, and the log holds no question")
    return Letter(
        _subject("Approval wanted", incident),
        (
            Section("What is proposed", [action(asked.action, known)]),
            Section("Why a person is asked", [(outsider(asked.reason),)]),
            *question(asked, known),
            Section("Decision", [decision_words(incident.decision, known)])
            if incident.decision
            else Section("Decision", []),
            Section("Who voted what, and why", votes(incident, known)),
            Section("What is not known", gaps(incident)),
        ),
    )


def _answered(incident: Incident, known: Actions) -> Letter:
    asked, answer = incident.approval, incident.answer
    if asked is None or answer is None:
        raise InvalidInputError("kind: answered, and the log holds no answer")
    return Letter(
        _subject(answer.answer.capitalize(), incident),
        (
            Section("What was proposed", [action(asked.action, known)]),
            Section("Answer", [sentence(answer, known)]),
        ),
    )


def _ended(
    kind: MessageKind, incident: Incident, history: Sequence[IncidentEvent], known: Actions
) -> Letter:
    told = [(f"{instant(line.at)}: ", *line.words) for line in timeline(history)]
    closed = incident.closed
    outcome = OUTCOMES[closed.outcome] if closed else OUTCOMES["escalated"]
    return Letter(
        _subject(kind.capitalize(), incident),
        (
            Section("Outcome", [(f"{outcome[0].upper()}{outcome[1:]}.",)]),
            Section(
                "For whoever takes over", _ranking(incident, known) if kind == "escalated" else []
            ),
            Section("What is not known", gaps(incident)),
            Section("What happened", told),
        ),
    )


def _ranking(incident: Incident, known: Actions) -> list[Words]:
    if incident.decision is None or not incident.decision.ranking:
        return [("The votes rank no action.",)]
    return [
        (f"Score {share(score)}: ", *action(which, known))
        for which, score in incident.decision.ranking
    ]


def votes(incident: Incident, known: Actions) -> list[Words]:
    """Return one line per seat."""
    return [_vote(row) for row in seat_rows(incident.decision, known)] if incident.decision else []


def _vote(row: SeatRow) -> Words:
    sure = "" if row.conf_bp is None else f" ({share(row.conf_bp)})"
    cites: Words = ("; rests on ", *names(row.cites)) if row.cites else ()
    by: Words = (" by ", Verbatim(row.tier)) if row.tier else ()
    return (Verbatim(row.seat), *by, ": ", *row.action, f"{sure}. ", row.reason, *cites)
