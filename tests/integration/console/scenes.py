"""Worlds behind the console that fill every panel: simulated evidence, a past, trouble."""

from datetime import timedelta
from typing import Any, Final

from quorum.domain.breaker_state import BreakerState
from quorum.domain.coverage import CoverageReport, Covered, Possible, Transition
from quorum.domain.events import SeatSilent, VoteCast
from quorum.domain.evidence import Bundle
from quorum.domain.incident_view import IncidentView
from quorum.domain.memories import Remembered, SeatOutcome
from quorum.domain.seats import SEATS
from quorum.domain.suspensions import Suspension
from quorum.domain.votes import tally
from tests.builders.api import ADA, World
from tests.builders.candidates import RAISE
from tests.builders.incident_logs import Log, vote
from tests.builders.votes import vote as signed_vote
from tests.simulation.scenarios import SCENARIOS
from tests.simulation.story import Story

SCENARIO: Final = "ambiguous"
SEED: Final = 3
PAST: Final = 12
"""Closed incidents before this one."""


def asking() -> World:
    """Return a world whose approval request rests on simulated evidence of an ambiguous fault."""
    return World(_decided(SCENARIOS[SCENARIO](SEED))).ask()


def busy() -> World:
    """Return the same world with a past, an incident in progress and everything that can fail."""
    world = asking()
    log, now = world.log, world.log.clock.now
    for n in range(PAST):
        world.views.put(_closed(n, log))
        world.memory.remember(_remembered(n))
    running = Log("f" * 32)
    running.clock.now = now - timedelta(seconds=40)
    world.show(running.open(name="shop-payments-latency").freeze())
    world.controls.suspend(Suspension(seat="diagnosis-model", since=0.0, reason="two votes"))
    world.breakers.swap("pagerduty", BreakerState(phase="open", failures=5, revision=1))
    world.coverage.put(_coverage(now.timestamp() - 20 * 60))
    world.put("modes", ADA, verb=RAISE.verb, resource="lambda:*", mode="shadow")
    world.put("stop", ADA, stopped=True)
    return world


def _coverage(at: float) -> CoverageReport:
    """Return an old report of an alarm with nothing missing, and of one without a resource."""
    whole = Covered(
        alarm="shop-checkout-errors",
        resources=("lambda:checkout",),
        scope=("lambda:checkout", "dynamodb:goods"),
        signals=("requests", "errors"),
        logs=("/aws/lambda/checkout",),
        transitions=(Transition(at=at - 9_000, summary="OK"),),
        possible=(Possible(verb=RAISE.verb, resource="lambda:checkout"),),
    )
    return CoverageReport(
        at=at, alarms=(whole, Covered(alarm="shop-" + "long-" * 40, missing=("a resource",)))
    )


def _decided(story: Story) -> Log:
    """Return the log of a decision that takes a person, for an action that would help."""
    found, log = story.bundle(), Log()
    log.clock.now = found.alarms[0].fired_at
    log.write_opening(found.alarms[0], flapping=True, storm=True)
    for alarm in found.alarms[1:]:
        log.write_joining(alarm)
    log.clock.now = found.taken_at
    log.freeze(**{name: getattr(found, name) for name in Bundle.model_fields if name not in _OWN})
    cures = [c.id for c in found.candidates if (c.verb, c.resource) in story.cures]
    votes = _votes(cures[0], next(c.id for c in found.candidates if c.id not in cures), found)
    cast = [signed_vote(one.seat, one.action, one.conf_bp) for one in votes]
    ranking = tuple((s.action, int(s.share * 10_000)) for s in tally(cast, SEATS).ranking)
    return log.decide(
        route="approve",
        action=cures[0],
        score_bp=dict(ranking)[cures[0]],
        ranking=ranking,
        votes=votes,
        silent=(SeatSilent(seat="prediction-model", reason="no answer in time"),),
        reason="below the threshold",
        level="senior_sre",
    )


def _votes(cure: str, other: str, found: Bundle) -> tuple[VoteCast, ...]:
    cites = tuple(series.id for series in found.series)[:5]
    return (
        vote("detection-statistical", cure, 9300, cites=cites),
        vote("detection-signature", cure, 9000, cites=cites),
        vote("diagnosis-topology", other, 6400, cites=cites),
        vote("diagnosis-change", cure, 8100, cites=cites),
        vote("diagnosis-history", None, 0),
        vote("diagnosis-model", cure, 7500, skipped=("ModelUnavailableError: no model",)),
        vote("prediction-forecast", cure, 9100, cites=cites),
        vote("prediction-burnrate", cure, 8800, cites=cites),
        vote("resolution-policy", cure, 9500),
    )


_OWN: Final = {"v", "incident_id", "round"}


def _closed(n: int, log: Log) -> IncidentView:
    outcome = ("resolved", "dismissed", "escalated", "undone", "unverified", "resolved")[n % 6]
    opened = log.clock.now - timedelta(hours=7 * n + 3)
    acted = outcome in {"resolved", "undone"}
    details: dict[str, Any] = {
        "alarm": f"shop-{('checkout', 'prices', 'cart')[n % 3]}-errors",
        "resources": ["lambda:checkout"],
        "action": {"id": RAISE.id, "summary": RAISE.summary} if acted else None,
        "score_bp": 8100,
        "outcome": outcome,
        "acted": acted,
        "autonomous": acted,
        "undone": outcome == "undone",
        "fired_at": opened.isoformat(),
        "decided_at": (opened + timedelta(seconds=35 + n)).isoformat(),
        "recovered_at": (opened + timedelta(seconds=150 + 9 * n)).isoformat(),
        "closed_at": (opened + timedelta(seconds=200)).isoformat(),
        "cost_microdollars": 2100 + 37 * n,
        "seats": [
            {"seat": s.name, "tier": None if s.name == "diagnosis-model" else "t", "skipped": n % 2}
            for s in SEATS
        ],
    }
    return IncidentView(
        incident_id=f"{n:032x}", version=9, status="closed", opened_at=opened, details=details
    )


def _remembered(n: int) -> Remembered:
    return Remembered(
        incident_id=f"{n:032x}",
        closed_at=0,
        fingerprint={},
        verb=RAISE.verb,
        worked=True,
        seats=tuple(
            SeatOutcome(seat=s.name, tier="t", action=RAISE.id, conf_bp=8000, right=n % 4 > 0)
            for s in SEATS[: 2 + n % 5]
        ),
    )
