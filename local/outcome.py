"""The outcome of a run, read from the incident's log and from the services."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from local.quorum import Quorum
from local.scenarios import Scenario
from local.shop.faults import InjectedChange
from local.stage import LocalStage, healthy
from quorum.domain.events import EvidenceFrozen
from quorum.domain.evidence import Candidate
from quorum.domain.incident import Incident, Round, replay

Candidates = Mapping[str, Candidate]
"""Candidate actions by id."""


class Outcome(BaseModel):
    """The JSON that a run writes. Seconds were measured on this machine; None means not reached."""

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
    """The digest of the evidence bundle that was voted on."""
    rounds: int
    """Decided rounds; more than one after a second look or a second action."""
    tried: list[dict[str, str]]
    """Every action in order, with its result: `undone`, or the verdict on it."""
    seconds: dict[str, float | None]
    transitions: int
    cost_dollars: float | None
    changes: list[dict[str, str]]
    """The scenario's changes to the shop, in order; the last ones are the fault."""
    world: dict[str, Any]
    """The state of the services at the end: alarms, and every candidate's resource."""
    post_mortem: str | None

    @property
    def as_expected(self) -> bool:
        """Return whether the outcome is one that the scenario names."""
        return self.outcome in self.expected


class Played(NamedTuple):
    """A scenario that was played: its changes, and the time at which they began."""

    scenario: Scenario
    fault: bool
    began: datetime
    changes: Sequence[InjectedChange]


def outcome(stage: LocalStage, played: Played, incident_id: str) -> Outcome:
    """Return the outcome of the incident that the scenario led to."""
    events = stage.quorum.events(incident_id)
    incident = replay(events)
    frozen = [event for event in events if isinstance(event, EvidenceFrozen)]
    candidates = {c.id: c for one in frozen for c in one.candidates}
    return Outcome(
        scenario=played.scenario.name,
        seed=stage.seed,
        fault=played.fault,
        incident=incident_id,
        expected=sorted(played.scenario.expected) if played.fault else ["dismissed"],
        candidates=[_action(candidate) for candidate in candidates.values()],
        evidence=incident.basis.evidence if incident.basis else None,
        rounds=len(incident.rounds),
        tried=[_tried(one) for one in incident.actions],
        seconds=_seconds(played.began, incident),
        transitions=stage.quorum.transitions(incident.opened),
        changes=[asdict(change) for change in played.changes],
        world=_world(stage, candidates),
        **_ending(incident),
        **_decision(incident, candidates),
        **_effect(incident, candidates),
    )


def _ending(incident: Incident) -> dict[str, Any]:
    closed, report = incident.closed, incident.post_mortem
    return {
        "outcome": closed.outcome if closed else "open",
        "reason": closed.reason if closed else "",
        "cost_dollars": report.cost_microdollars / 1e6 if report else None,
        "post_mortem": report.key if report else None,
    }


def _decision(incident: Incident, candidates: Candidates) -> dict[str, Any]:
    if incident.decision is None:
        return {"score": 0.0, "votes": []}
    votes = [_vote(vote.model_dump(mode="json"), candidates) for vote in incident.decision.votes]
    return {"score": incident.decision.score_bp / 10_000, "votes": votes}


def _effect(incident: Incident, candidates: Candidates) -> dict[str, Any]:
    """Return the last action that was taken, if any, and by whose authority."""
    last = incident.last_action
    taken, answer = (last.taken, last.answer) if last else (None, None)
    granted = answer if answer and answer.answer == "granted" else None
    candidate = candidates.get(taken.action) if taken else None
    return {
        "action": _action(candidate) if candidate else None,
        "autonomous": taken is not None and granted is None,
        "approved_by": granted.by.outsider if granted and granted.by else None,
    }


def _tried(one: Round) -> dict[str, str]:
    """Return an action and its end: `undone`, or the verdict on it."""
    verdict = one.checked.verdict if one.checked else "unverified"
    return {
        "action": one.taken.action if one.taken else "",
        "result": "undone" if one.undone else verdict,
    }


def _seconds(began: datetime, incident: Incident) -> dict[str, float | None]:
    rounds, last = incident.rounds, incident.last_action
    opened, decision = incident.opened, rounds[0].decision if rounds else None
    checked = last.checked if last else incident.checked
    fired_at, opened_at = opened.alarm.fired_at, opened.occurred_at
    recovered = checked if checked and checked.verdict == "recovered" else None
    return {
        "fault_to_alarm": _between(began, fired_at),
        "alarm_to_open": _between(fired_at, opened_at),
        "open_to_decision": _between(opened_at, decision.occurred_at) if decision else None,
        "open_to_recovered": _between(opened_at, recovered.occurred_at) if recovered else None,
    }


def _between(begin: datetime, end: datetime) -> float:
    return round((end - begin).total_seconds(), 2)


def _world(stage: LocalStage, candidates: Candidates) -> dict[str, Any]:
    quorum: Quorum = stage.quorum
    return {
        "alarms": quorum.alarm_states("shop-"),
        "shop_answers": healthy(stage.load),
        "resources": {c.resource: quorum.settings(c.resource) for c in candidates.values()},
    }


def _action(candidate: Candidate) -> dict[str, Any]:
    return candidate.model_dump(mode="json", include={"id", "verb", "resource", "parameters"})


def _vote(vote: dict[str, Any], candidates: Candidates) -> dict[str, Any]:
    candidate = candidates.get(vote["action"])
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
