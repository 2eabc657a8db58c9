"""What a run came to, read from the log and from the services, not from what we meant to happen."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict

from local.scenarios import Scenario
from local.shop.faults import Change
from local.stage import Stage, healthy
from quorum.domain.events import (
    ActionTaken,
    ApprovalAnswered,
    DecisionMade,
    EvidenceFrozen,
    IncidentClosed,
    IncidentEvent,
    IncidentOpened,
    PostMortemWritten,
    RecoveryChecked,
)
from quorum.domain.evidence import Candidate

E = TypeVar("E")


class Outcome(BaseModel):
    """The JSON that a run writes. Seconds are the laptop's; None is what did not happen."""

    model_config = ConfigDict(extra="forbid")

    scenario: str
    seed: int
    fault: bool
    """False for the twin: innocent changes, a forced alarm, nothing wrong."""
    incident: str
    outcome: str
    expected: list[str]
    reason: str
    action: dict[str, Any] | None
    autonomous: bool
    approved_by: str | None
    score: float
    votes: list[dict[str, Any]]
    candidates: list[dict[str, Any]]
    evidence: str | None
    """The digest of the bundle that the votes rest on."""
    seconds: dict[str, float | None]
    transitions: int
    cost_dollars: float | None
    changes: list[dict[str, str]]
    """What the scenario did to the shop, in order; the last ones are the fault."""
    world: dict[str, Any]
    """What the services say at the end: alarms, and what every candidate's resource is now."""
    post_mortem: str | None

    @property
    def as_expected(self) -> bool:
        """Return whether the outcome is one that the scenario names."""
        return self.outcome in self.expected


class Played(NamedTuple):
    """What was done to the shop, and from when on."""

    scenario: Scenario
    fault: bool
    began: datetime
    changes: Sequence[Change]


def outcome(stage: Stage, played: Played, incident: str) -> Outcome:
    """Return what the incident came to."""
    scenario, began = played.scenario, played.began
    history = stage.quorum.events(incident)
    opened, closed = _one(history, IncidentOpened), _one(history, IncidentClosed)
    decision, frozen = _one(history, DecisionMade), _one(history, EvidenceFrozen)
    taken, answer = _one(history, ActionTaken), _one(history, ApprovalAnswered)
    checked, report = _one(history, RecoveryChecked), _one(history, PostMortemWritten)
    known = {c.id: c for c in frozen.candidates} if frozen else {}
    granted = answer is not None and answer.answer == "granted"
    return Outcome(
        scenario=scenario.name,
        seed=stage.seed,
        incident=incident,
        outcome=closed.outcome if closed else "open",
        fault=played.fault,
        expected=sorted(scenario.expected) if played.fault else ["dismissed"],
        reason=closed.reason if closed else "",
        action=_action(known.get(taken.action)) if taken else None,
        autonomous=taken is not None and not granted,
        approved_by=answer.by.outsider if answer and granted and answer.by else None,
        score=decision.score_bp / 10_000 if decision else 0.0,
        votes=[_vote(v.model_dump(mode="json"), known) for v in decision.votes] if decision else [],
        candidates=[_action(c) or {} for c in known.values()],
        evidence=frozen.evidence if frozen else None,
        seconds={
            "fault_to_alarm": _between(began, opened.alarm.fired_at if opened else None),
            "alarm_to_open": _gap(opened.alarm.fired_at if opened else None, opened),
            "open_to_decision": _gap(_at(opened), decision),
            "open_to_recovered": _gap(_at(opened), checked if _recovered(checked) else None),
        },
        transitions=stage.quorum.transitions(opened) if opened else 0,
        cost_dollars=report.cost_microdollars / 1e6 if report else None,
        changes=[asdict(change) for change in played.changes],
        world={
            "alarms": stage.quorum.alarm_states("shop-"),
            "shop_answers": healthy(stage.load),
            "resources": {c.resource: stage.quorum.settings(c.resource) for c in known.values()},
        },
        post_mortem=report.key if report else None,
    )


def _one(history: Sequence[IncidentEvent], kind: type[E]) -> E | None:
    """Return the newest fact of that kind, or None."""
    return next((event for event in reversed(history) if isinstance(event, kind)), None)


def _recovered(checked: RecoveryChecked | None) -> bool:
    return checked is not None and checked.verdict == "recovered"


def _action(candidate: Candidate | None) -> dict[str, Any] | None:
    if candidate is None:
        return None
    return candidate.model_dump(mode="json", include={"id", "verb", "resource", "parameters"})


def _vote(vote: dict[str, Any], known: dict[str, Candidate]) -> dict[str, Any]:
    candidate = known.get(vote["action"])
    return {
        "seat": vote["seat"],
        "tier": vote["tier"],
        "action": vote["action"],
        "verb": candidate.verb if candidate else None,
        "resource": candidate.resource if candidate else None,
        "confidence": vote["conf_bp"] / 10_000,
        "cites": vote["cites"],
        "skipped": vote["skipped"],
    }


def _at(event: IncidentEvent | None) -> datetime | None:
    return event.occurred_at if event else None


def _gap(begin: datetime | None, event: IncidentEvent | None) -> float | None:
    return _between(begin, _at(event)) if begin else None


def _between(begin: datetime, end: datetime | None) -> float | None:
    return round((end - begin).total_seconds(), 2) if end else None
