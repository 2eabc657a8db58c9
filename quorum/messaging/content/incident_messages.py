"""What each kind of message says, from the facts alone."""

from collections.abc import Sequence
from typing import TypeGuard, assert_never

from quorum.domain.approvals import Approval
from quorum.domain.errors import InvalidInputError
from quorum.domain.events import (
    ApprovalAnswered,
    ApprovalRequested,
    IncidentEvent,
    MessageKind,
)
from quorum.domain.incident import Incident, replay
from quorum.messaging.content.approval_request import question
from quorum.messaging.content.incident_context import Case
from quorum.messaging.content.rendering import Letter, Section
from quorum.narrative import (
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


def letter(kind: MessageKind, case: Case) -> Letter:
    """Return the message of this kind.

    Raises InvalidInputError when the records lack what it is about.
    """
    incident, known = replay(case.facts), actions(case.facts)
    match kind:
        case "opened":
            return _opened(incident, case.facts)
        case "decision":
            return _decision(incident, known)
        case "approval_wanted":
            return _approval_wanted(incident, case, known)
        case "answered":
            return _answered(incident, case, known)
        case "resolved" | "dismissed" | "escalated":
            return _ended(kind, incident, case, known)
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


def _approval_wanted(incident: Incident, case: Case, known: Actions) -> Letter:
    """Return what is asked: which action it is, the question's own record says."""
    asked = _question(case)
    said = next(f for f in reversed(case.facts) if _asks(f, asked))
    return Letter(
        _subject("Approval wanted", incident),
        (
            Section("What is proposed", [action(asked.action, known)]),
            Section("Why a person is asked", [(outsider(said.reason),)]),
            *question(asked, said, known),
            Section("Decision", [decision_words(incident.decision, known)])
            if incident.decision
            else Section("Decision", []),
            Section("Who voted what, and why", votes(incident, known)),
            Section("What is not known", gaps(incident)),
        ),
    )


def _answered(incident: Incident, case: Case, known: Actions) -> Letter:
    asked = _question(case)
    answers = (f for f in reversed(case.facts) if _answers(f, asked))
    answer = next(answers, None)
    said: Words = (f"The answer is: {asked.state}.",)
    return Letter(
        _subject(asked.state.capitalize(), incident),
        (
            Section("What was proposed", [action(asked.action, known)]),
            Section("Answer", [sentence(answer, known) if answer else said]),
        ),
    )


def _question(case: Case) -> Approval:
    if case.question is None:
        raise InvalidInputError("kind: a question, and nobody asked one")
    return case.question


def _asks(fact: IncidentEvent, asked: Approval) -> TypeGuard[ApprovalRequested]:
    return isinstance(fact, ApprovalRequested) and fact.approval_id == asked.approval_id


def _answers(fact: IncidentEvent, asked: Approval) -> bool:
    return isinstance(fact, ApprovalAnswered) and (
        (fact.approval_id, fact.answer) == (asked.approval_id, asked.state)
    )


def _ended(kind: MessageKind, incident: Incident, case: Case, known: Actions) -> Letter:
    told = [(f"{instant(line.at)}: ", *line.words) for line in timeline(case.facts)]
    outcome = OUTCOMES[case.ending or "escalated"]
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
