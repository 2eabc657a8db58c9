"""Restrictions and take-overs by people change a decision's route."""

import pytest

from quorum.domain.base import OutsiderText
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.events import IncidentTakenOver
from quorum.domain.restrictions import Restriction
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.consensus import Round
from tests.builders.events import INCIDENT, add
from tests.builders.people import held_back


def quorum() -> Round:
    round_ = Round()
    round_.all_vote(ROLLBACK.id)
    return round_


@pytest.mark.parametrize(
    ("mode", "route"), [("shadow", "escalate"), ("approve", "approve"), ("autonomous", "execute")]
)
def test_stricter_of_mode_and_restriction_holds(mode: str, route: str) -> None:
    round_ = quorum()
    hold = {"verb": ROLLBACK.verb, "resource": "lambda:*", "mode": mode}
    round_.control_log.append(held_back(Restriction.model_validate(hold)))

    assert round_.decide().route == route


def test_restriction_of_another_verb_changes_nothing() -> None:
    round_ = quorum()
    hold = Restriction(verb=RAISE.verb, resource="lambda:*", mode="shadow")
    round_.control_log.append(held_back(hold))

    assert round_.decide().route == "execute"


def test_incident_taken_over_is_escalated() -> None:
    round_ = quorum()
    round_.put_take_over()

    made = round_.decide()
    assert (made.route, made.level) == ("escalate", "senior_sre")
    assert made.reason == "a person has taken over the incident"


def test_incident_of_an_earlier_version_is_taken_over_by_its_log() -> None:
    round_ = quorum()
    round_.openings._openings.clear()
    said = {"by": OutsiderText.of("ann"), "via": "cli", "reason": OutsiderText.of("mine")}
    add(round_.recorder, INCIDENT, IncidentTakenOver, **said)

    made = round_.decide()
    assert (made.route, made.reason) == ("escalate", "a person has taken over the incident")


def test_unreadable_restrictions_prevent_a_decision() -> None:
    round_ = quorum()
    round_.control_log.error = StoreUnavailableError("no answer")

    with pytest.raises(StoreUnavailableError):
        round_.decide()
