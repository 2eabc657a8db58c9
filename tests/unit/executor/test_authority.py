"""Authorisation of an action: the recounted votes, or an approval of this very decision."""

from datetime import timedelta
from typing import Any

import pytest

from quorum.domain.decisions import Decided
from quorum.domain.events import ActionRefused, IncidentClosed, InverseCaptured
from quorum.domain.seats import SEATS
from tests.builders.alarms import alarm
from tests.builders.candidates import candidate
from tests.builders.events import INCIDENT, OTHER, add
from tests.builders.executor import NEVER_DECIDED, Case
from tests.fakes import InMemoryDecisionStore
from tests.unit.executor.steps import refusal


def test_votes_below_the_threshold_authorise_nothing_whatever_the_decision_has() -> None:
    case = Case(confidence_bp=6999)

    assert refusal(case)[0] == "certificate"


def test_nine_seats_at_the_threshold_authorise_and_the_memory_does_not_replace_them() -> None:
    assert Case(confidence_bp=7_778).run() == "acted"  # nine tenths of it are 0.70002
    case = Case(confidence_bp=7_777)
    assert case.run() == "ask"
    assert [refusal.guard for refusal in case.facts(ActionRefused)] == ["memory_decides"]


def test_vote_that_differs_from_the_seats_table_has_no_weight() -> None:
    case = Case(confidence_bp=7700)
    frozen = case.incident.evidence
    assert frozen is not None
    for seat in SEATS[:1]:
        other = case.ballot(seat.name, 100, frozen.evidence)
        case.ballots._ballots[seat.name, INCIDENT, 1] = other

    assert refusal(case) == ("certificate", "the votes do not authorise it: below the threshold")


def test_vote_without_a_ballot_has_no_weight() -> None:
    case = Case(confidence_bp=7700)
    del case.ballots._ballots[SEATS[3].name, INCIDENT, 1]

    assert refusal(case)[0] == "certificate"


def test_ballot_of_another_seats_method_has_no_weight() -> None:
    case = Case(confidence_bp=7700, tiers={SEATS[0].name: SEATS[1].tiers[0].method})

    assert refusal(case)[0] == "certificate"


def test_seat_that_corrupts_its_table_costs_its_own_weight_only() -> None:
    case = Case()
    del case.ballots._ballots[SEATS[3].name, INCIDENT, 1]

    assert case.run() == "acted"


def test_votes_that_had_expired_at_the_decision_do_not_count() -> None:
    case = Case(expires_in=4)

    assert refusal(case) == ("certificate", "invalid vote: it has expired")


@pytest.mark.parametrize(
    ("seconds", "ends"), [(890, "acted"), (900, "refused"), (10**6, "refused")]
)
def test_vote_age_is_measured_by_the_executors_clock(seconds: int, ends: str) -> None:
    """The votes were cast four seconds before the decision, to live fifteen minutes."""
    case = Case()
    case.clock.advance(seconds)

    assert case.run() == ends


def test_decision_time_does_not_renew_expired_votes() -> None:
    case = Case()
    later = case.clock.now + timedelta(hours=6)
    case.rewrite_decision(occurred_at=later)
    case.clock.now = later

    assert refusal(case) == ("certificate", "invalid vote: it has expired")


@pytest.mark.parametrize(("behind", "ends"), [(5, "acted"), (6, "refused")])
def test_clock_more_than_five_seconds_behind_the_seats_refuses(behind: int, ends: str) -> None:
    case = Case()
    case.clock.advance(-4 - behind)

    assert case.run() == ends


def test_only_the_decided_candidate_is_executed() -> None:
    case = Case()
    frozen = case.incident.evidence
    assert frozen is not None
    assert frozen.candidates[0] != case.candidate

    assert case.run() == "acted"

    assert case.facts(InverseCaptured)[0].candidate == case.candidate
    assert case.actuator.writes == [{"alias_version": "3"}]


def test_votes_for_one_candidate_do_not_authorise_a_decision_for_another() -> None:
    case = Case()
    stored = case.decisions.find(INCIDENT, 1)
    assert stored is not None
    forged = {**stored.decision, "action": NEVER_DECIDED.id}
    book = InMemoryDecisionStore()
    book.decide(Decided(incident_id=INCIDENT, round=1, decision=forged))
    case.rewrite_decision(action=NEVER_DECIDED.id)

    assert refusal(case, decisions=book)[0] == "certificate"


def test_evidence_of_another_incident_or_round_is_refused_with_any_votes() -> None:
    for other in ({"incident_id": OTHER}, {"round": 2}):
        case = Case(bundled=other)
        assert "the evidence belongs to" in refusal(case)[1]


def test_evidence_event_in_the_log_does_not_affect_authority() -> None:
    """Candidates, observed values and sources come from the bundle, whatever the log holds."""
    moved = candidate(observed={"alias_version": "9"})
    case = Case(frozen={"candidates": (moved,), "sources": ()})

    assert case.run() == "acted"
    assert case.facts(InverseCaptured)[0].candidate.observed == {"alias_version": "4"}


@pytest.mark.parametrize("route", ["approve", "dismiss", "escalate"])
def test_only_route_execute_needs_no_approval(route: str) -> None:
    assert refusal(Case(route=route))[0] == "authority"


def test_decision_missing_from_the_decision_store_is_refused() -> None:
    assert refusal(Case(), decisions=InMemoryDecisionStore())[0] == "authority"


@pytest.mark.parametrize(
    "changed",
    [
        {"action": None},
        {"route": "approve"},
        {"evidence": "0" * 64},
        {"votes": []},
        {"round": 2},
        {"certificate": []},
    ],
)
def test_decision_that_differs_between_store_and_log_is_refused(changed: dict[str, Any]) -> None:
    case, book = Case(), InMemoryDecisionStore()
    stored = case.decisions.find(INCIDENT, 1)
    assert stored is not None
    forged = {**stored.decision, **changed}
    book.decide(Decided(incident_id=INCIDENT, round=1, decision=forged))

    assert refusal(case, decisions=book)[0] == "authority"


def test_an_action_that_was_not_frozen_as_a_candidate_is_refused() -> None:
    assert refusal(Case(bundled={"candidates": (NEVER_DECIDED,)}))[0] == "authority"


def test_a_round_that_was_not_decided_last_is_refused() -> None:
    logged, stored = Case(), Case()
    logged.write_decision(round=2, stored=False)
    later = stored.decisions.find(INCIDENT, 1)
    assert later is not None
    stored.decisions.decide(later.model_copy(update={"round": 2}))

    for case in (logged, stored):
        assert refusal(case) == ("authority", "round 1 is not the latest decided round")


def test_a_round_that_the_log_does_not_hold_is_refused() -> None:
    case = Case()
    case.rewrite_decision(round=2)

    assert refusal(case) == ("authority", "round 1 has decided no action")


@pytest.mark.parametrize(
    "changed",
    [{"account": "999999999999"}, {"region": "us-east-1"}, {"arn": "arn:aws:cloudwatch:x:y:a"}],
)
def test_an_alarm_of_another_account_or_region_is_refused(changed: dict[str, str]) -> None:
    assert refusal(Case(opened={"alarm": alarm(**changed)}))[0] == "target"


def test_an_alarm_that_joined_from_another_account_is_refused() -> None:
    case = Case()
    case.write_joining(alarm("other", account="999999999999"))

    assert refusal(case)[0] == "target"


def test_short_action_id_of_an_earlier_version_is_refused_without_approval() -> None:
    short = candidate(id=candidate().id[:-20])

    assert refusal(Case(chosen=short))[0] == "target"


def test_approval_covers_a_short_action_id_of_earlier_evidence() -> None:
    """Their grants bind the digest of its whole parameters."""
    short = candidate(id=candidate().id[:-20])
    case = Case(chosen=short, mode="approve", route="approve")

    assert case.run(approval=case.approve()) == "acted"


def test_candidate_whose_id_does_not_match_its_parameters_is_refused() -> None:
    forged = candidate(id="lambda.rollback_alias:000000000000")

    assert refusal(Case(chosen=forged))[0] == "target"


def test_candidate_whose_resource_does_not_match_its_parameters_is_refused() -> None:
    assert refusal(Case(chosen=candidate(resource="lambda:payments")))[0] == "target"


def closed_in_the_log() -> Case:
    case = Case(mode="approve", route="approve")
    said = {"outcome": "escalated", "reason": "refused", "level": "senior_sre"}
    add(case.recorder, INCIDENT, IncidentClosed, **said)
    return case


def test_incident_of_an_earlier_version_is_closed_by_its_log() -> None:
    case = closed_in_the_log()
    case.openings._openings.clear()

    assert case.run(approval=case.approve()) == "refused"
    assert case.facts(ActionRefused)[0].reason == "the incident is closed"


def test_closing_event_does_not_close_an_incident_with_a_stored_opening() -> None:
    case = closed_in_the_log()

    assert case.run(approval=case.approve()) == "acted"
