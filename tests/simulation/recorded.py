"""A simulated incident as people would ask about it: its evidence, its votes and its decision."""

from typing import Any

from quorum.answers import IncidentRecord
from quorum.domain.base import OutsiderText
from quorum.domain.constants import BASIS_POINTS
from quorum.domain.events import VoteCast
from quorum.domain.incident import replay
from quorum.domain.seats import SEATS
from quorum.domain.votes import HEALTHY, Tally
from quorum.narrative import actions
from quorum.narrative.decision import PROPOSAL_BP
from quorum.seats.seat import Deps
from tests.builders.incident_logs import Log
from tests.seat_table import counted, seat_opinion
from tests.simulation.story import Story


def recorded(story: Story) -> tuple[IncidentRecord, Log]:
    """Return the story's incident after its decision, and its log, which can go on."""
    log = Log()
    seen = story.bundle().model_copy(update={"incident_id": log.incident_id})
    log.write_opening(seen.alarms[0])
    log.write_evidence(seen)
    opinions = {seat.name: seat_opinion(seat, seen, Deps()) for seat in SEATS}
    tally = counted({name: choice for name, (_, _, choice) in opinions.items()})
    votes = tuple(
        VoteCast(
            seat=name,
            tier=tier or "none",
            action=choice.action,
            conf_bp=choice.conf_bp,
            reason=OutsiderText.of(opinion.reason if opinion else choice.reason),
            cites=opinion.cites if opinion else (),
        )
        for name, (tier, opinion, choice) in opinions.items()
    )
    log.decide(votes=votes, silent=(), **_decision(tally))
    events = log.events
    return IncidentRecord(events, replay(events), actions(events), seen), log


def _decision(tally: Tally) -> dict[str, Any]:
    """Return the decision's fields; without restrictions, and dismissal as for its own rule."""
    ranking = tuple((one.action, round(one.share * BASIS_POINTS)) for one in tally.ranking)
    best = next(((a, bp) for a, bp in ranking if a != HEALTHY and bp >= PROPOSAL_BP), None)
    healthy = dict(ranking).get(HEALTHY, 0)
    if best is None or healthy > best[1]:
        route, action, score = ("dismiss" if healthy else "escalate"), None, 0
    else:
        route, (action, score) = ("execute" if tally.action else "approve"), best
    level = None if route in {"execute", "dismiss"} else "senior_sre"
    fields = {"route": route, "action": action, "score_bp": score, "level": level}
    return {**fields, "ranking": ranking, "reason": tally.reason}
