"""Rounds at consensus: another look while evidence is young, no autonomy after an action."""

from typing import Any

import pytest

from quorum.domain.approvals import Approval
from quorum.domain.evidence import Source, Tried
from quorum.domain.evidence_times import MATURE_PERIODS, delivery_seconds
from tests.builders.candidates import RAISE, REDRIVE, ROLLBACK
from tests.builders.consensus import Round
from tests.builders.events import INCIDENT
from tests.fakes import START

YOUNG, BELOW, ABOVE = 60, 5000, 9000
TRIED = Tried(action=REDRIVE.id, resource=REDRIVE.resource, round=1, result="undone")


def young(age: float = YOUNG, **changed: Any) -> Round:
    """Return a round whose evidence was taken so long after the onset."""
    onset = int(START.timestamp() - age)
    return Round(foreign={"onset": onset, "taken_at": START, **changed})


def look(conf_bp: int = BELOW, found: Round | None = None, **changed: Any) -> tuple[str, int]:
    """Return the route and the seconds until the next look."""
    found = found or young(**changed)
    found.all_vote(ROLLBACK.id, conf_bp)
    made = found.decide()
    return made.route, made.look_again_seconds


def period(found: Round) -> int:
    return found.bundle.alarms[0].period_seconds


def test_votes_below_the_threshold_on_young_evidence_are_taken_again_a_period_later() -> None:
    assert look() == ("approve", period(Round()))


def test_votes_that_reach_the_threshold_stand() -> None:
    assert look(ABOVE) == ("execute", 0)


def test_evidence_is_young_until_five_periods_are_complete() -> None:
    seconds = period(Round())
    mature = MATURE_PERIODS * seconds + delivery_seconds(seconds)

    assert look(age=mature - 1)[1] > 0
    assert look(age=mature)[1] == 0


def test_late_sources_are_looked_at_again_however_old_the_evidence() -> None:
    late = (Source(name="metrics", status="stale"),)
    assert look(age=86_400, sources=late)[1] > 0


def test_no_look_follows_a_persons_decision_or_a_take_over() -> None:
    answered, taken = young(), young()
    answered.approvals.ask(
        Approval(approval_id="a" * 32, incident_id=INCIDENT, action=RAISE.id, expires_at=9e9)
    )
    answered.approvals.answer("a" * 32, "granted", "ann")
    taken.put_take_over()

    assert look(ABOVE, found=answered) == ("approve", 0)
    assert look(found=taken) == ("escalate", 0)


@pytest.mark.parametrize("changed", [{"storm": True}, {"tried": (TRIED,)}])
def test_no_look_follows_in_a_storm_or_after_an_action(changed: dict[str, Any]) -> None:
    assert look(**changed)[1] == 0


def test_nothing_is_autonomous_after_an_action_of_the_incident() -> None:
    assert look(ABOVE, tried=(TRIED,)) == ("approve", 0)
    assert look(ABOVE, tried=(TRIED.model_copy(update={"result": "kept"}),)) == ("approve", 0)
