"""The message of each kind about an incident's state, from its records alone."""

from collections.abc import Iterator
from typing import Final, TypeGuard, assert_never

from quorum.domain.approvals import Approval
from quorum.domain.errors import InvalidInputError
from quorum.domain.events import (
    ApprovalAnswered,
    ApprovalRequested,
    IncidentEvent,
    MessageKind,
)
from quorum.domain.incident import Incident, replay
from quorum.messaging.content.approval_request import question, risk
from quorum.messaging.content.incident_context import IncidentContext
from quorum.messaging.content.rendering import MessageDraft, Section
from quorum.messaging.content.site import Site
from quorum.messaging.content.summary import cause, opening
from quorum.messaging.content.vote_lines import every_vote, votes_on
from quorum.narrative import (
    OUTCOMES,
    Actions,
    Verbatim,
    Words,
    action,
    actions,
    decision_words,
    gaps,
    instant,
    next_look,
    outsider,
    sentence,
    share,
    timeline,
    tried,
)

_NEXT: Final = "Quorum is collecting evidence; ten seats vote on it. The decision follows here."
_NOTIFICATIONS: Final = frozenset({"MessageSent", "MessageFailed"})
_ANSWERS: Final = {
    "waiting": "Waiting for an answer",
    "granted": "Approved",
    "denied": "Denied",
    "expired": "Approval expired",
}


def draft(kind: MessageKind, context: IncidentContext, site: Site) -> MessageDraft:
    """Return the message of this kind.

    Raises InvalidInputError when the records lack its subject: a decision, an approval request.
    """
    incident, known = replay(context.events), actions(context.events)
    match kind:
        case "opened":
            return _opened(incident, context)
        case "decision":
            return _decision(incident, context, known)
        case "approval_wanted":
            return _approval_wanted(incident, context, known, site)
        case "answered":
            return _answered(incident, context, known)
        case "resolved" | "dismissed" | "escalated":
            return _ended(kind, context, known, site)
        case _:
            assert_never(kind)


def _subject(what: str, incident: Incident) -> Words:
    return (f"[Quorum] {what}: ", outsider(incident.opened.alarm.name))


def _opened(incident: Incident, context: IncidentContext) -> MessageDraft:
    return MessageDraft(
        _subject("New incident", incident),
        (
            Section("Summary", list(opening(incident, context.events))),
            Section("Next", [(_NEXT,), ("Alarm: ", Verbatim(incident.opened.alarm.arn))]),
        ),
    )


def _decision(incident: Incident, context: IncidentContext, known: Actions) -> MessageDraft:
    decision = incident.decision
    if decision is None:
        raise InvalidInputError("kind: decision, and the log holds none")
    return MessageDraft(
        _subject("Decision", incident),
        (
            Section(
                "Summary",
                [
                    *opening(incident, context.events),
                    *cause(decision.action, decision, known),
                    decision_words(decision, known),
                    *_risk(decision.action, known),
                    *next_look(decision),
                ],
            ),
            Section("Tried before", tried(incident, known)),
            Section(
                "Actions by score",
                _ranking(incident, known) if decision.route == "escalate" else [],
            ),
            Section("Votes", every_vote(decision, known)),
            Section("Gaps", gaps(incident)),
        ),
    )


def _approval_wanted(
    incident: Incident, context: IncidentContext, known: Actions, site: Site
) -> MessageDraft:
    """Return the approval request; its action is the one in the approval function's record."""
    approval = _approval_of(context)
    logged = next(e for e in reversed(context.events) if _asks(e, approval))
    decision = incident.decision
    return MessageDraft(
        _subject("Needs your decision", incident),
        (
            Section(
                "Summary",
                [
                    *opening(incident, context.events),
                    *cause(approval.action, decision, known),
                    ("Proposed: ", *action(approval.action, known)),
                    *_risk(approval.action, known),
                    *(next_look(decision) if decision else []),
                ],
            ),
            Section("Tried before", tried(incident, known)),
            *question(approval, logged, known, site),
            Section("Votes", votes_on(approval.action, decision, known) if decision else []),
            Section("Gaps", gaps(incident)),
        ),
    )


def _answered(incident: Incident, context: IncidentContext, known: Actions) -> MessageDraft:
    approval = _approval_of(context)
    answers = (event for event in reversed(context.events) if _answers(event, approval))
    answer = next(answers, None)
    state: Words = (f"{_ANSWERS[approval.state]}.",)
    return MessageDraft(
        _subject(_ANSWERS[approval.state], incident),
        (
            Section(
                "Summary",
                [
                    *opening(incident, context.events),
                    ("Proposed: ", *action(approval.action, known)),
                    sentence(answer, known) if answer else state,
                ],
            ),
        ),
    )


def _approval_of(context: IncidentContext) -> Approval:
    if context.approval is None:
        raise InvalidInputError("kind: an approval request, and the records hold none")
    return context.approval


def _asks(event: IncidentEvent, approval: Approval) -> TypeGuard[ApprovalRequested]:
    return isinstance(event, ApprovalRequested) and event.approval_id == approval.approval_id


def _answers(event: IncidentEvent, approval: Approval) -> bool:
    return isinstance(event, ApprovalAnswered) and (
        (event.approval_id, event.answer) == (approval.approval_id, approval.state)
    )


def _ended(kind: MessageKind, context: IncidentContext, known: Actions, site: Site) -> MessageDraft:
    incident, outcome = replay(context.events), OUTCOMES[context.ending or "escalated"]
    decision, done, escalated = incident.decision, incident.taken, kind == "escalated"
    return MessageDraft(
        _subject(kind.capitalize(), incident),
        (
            Section(
                "Summary",
                [
                    *opening(incident, context.events),
                    *cause(decision.action if decision else None, decision, known),
                    *([("Action taken: ", *action(done.action, known))] if done else []),
                    (f"Outcome: {outcome}.",),
                ],
            ),
            Section("Tried before", tried(incident, known)),
            Section("Next", list(_hand_over(incident, site)) if escalated else []),
            Section("Actions by score", _ranking(incident, known) if escalated else []),
            Section("Gaps", gaps(incident)),
            Section("Timeline", _timeline(context)),
        ),
    )


def _hand_over(incident: Incident, site: Site) -> Iterator[Words]:
    yield ("Quorum does nothing more in this incident: take over.",)
    if site.laptop:
        yield ("Details: ", Verbatim(f"python -m local show {incident.incident_id}"))


def _timeline(context: IncidentContext) -> list[Words]:
    """Return the events as lines, without notifications: the reader has got them."""
    return [
        (f"{instant(line.at)}: ", *line.words)
        for line in timeline(context.events)
        if line.fact not in _NOTIFICATIONS
    ]


def _risk(action_id: str | None, known: Actions) -> list[Words]:
    found = known.get(action_id or "")
    return risk(found) if found else []


def _ranking(incident: Incident, known: Actions) -> list[Words]:
    if incident.decision is None or not incident.decision.ranking:
        return [("No action has a vote.",)]
    return [
        (f"Score {share(score)}: ", *action(which, known))
        for which, score in incident.decision.ranking
    ]
