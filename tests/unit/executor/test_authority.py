"""What authorises an action: the votes counted again, or an approval of this very decision."""

from typing import Any

import pytest

from functions.shared.domain.seats import SEATS
from functions.shared.ports import Decided
from tests.fakes import InMemoryDecisionBook
from tests.unit.executor.cases import Case
from tests.unit.executor.evidence import INCIDENT, alarm, candidate
from tests.unit.executor.steps import refusal


def test_votes_below_the_threshold_authorise_nothing_whatever_the_decision_says() -> None:
    case = Case(confidence_bp=6999)

    assert refusal(case)[0] == "certificate"


def test_the_threshold_itself_is_enough() -> None:
    assert Case(confidence_bp=7000).run() == "acted"


def test_a_seat_whose_own_table_tells_of_another_vote_weighs_nothing() -> None:
    case = Case(confidence_bp=7700)
    frozen = case.incident.evidence
    assert frozen is not None
    for seat in SEATS[:1]:
        other = case.ballot(seat.name, 100, frozen.evidence)
        case.ballots._ballots[seat.name, INCIDENT, 1] = other

    assert refusal(case) == ("certificate", "the votes do not authorise it: below the threshold")


def test_a_seat_that_was_counted_without_a_ballot_weighs_nothing() -> None:
    case = Case(confidence_bp=7700)
    del case.ballots._ballots[SEATS[3].name, INCIDENT, 1]

    assert refusal(case)[0] == "certificate"


def test_a_ballot_of_a_method_that_is_not_the_seats_own_weighs_nothing() -> None:
    case = Case(confidence_bp=7700, tiers={SEATS[0].name: SEATS[1].tiers[0].method})

    assert refusal(case)[0] == "certificate"


def test_what_one_seat_does_to_its_own_table_takes_no_more_than_its_weight() -> None:
    case = Case()
    del case.ballots._ballots[SEATS[3].name, INCIDENT, 1]

    assert case.run() == "acted"


def test_votes_that_had_expired_at_the_decision_do_not_count() -> None:
    case = Case(expires_in=4)

    assert refusal(case) == ("certificate", "a vote does not count: it has expired")


def test_votes_are_judged_at_the_decisions_time_and_not_at_the_acts() -> None:
    case = Case()
    case.clock.advance(3000)

    assert case.run() == "acted"


@pytest.mark.parametrize("route", ["approve", "dismiss", "escalate"])
def test_only_the_route_execute_goes_without_an_approval(route: str) -> None:
    assert refusal(Case(route=route))[0] == "authority"


def test_a_decision_that_is_not_in_the_book_is_refused() -> None:
    assert refusal(Case(), decisions=InMemoryDecisionBook())[0] == "authority"


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
def test_a_book_that_disagrees_with_the_log_is_refused(changed: dict[str, Any]) -> None:
    case, book = Case(), InMemoryDecisionBook()
    stored = case.decisions.find(INCIDENT, 1)
    assert stored is not None
    forged = {**stored.decision, **changed}
    book.decide(Decided(incident_id=INCIDENT, round=1, decision=forged))

    assert refusal(case, decisions=book)[0] == "authority"


def test_an_action_that_was_not_frozen_as_a_candidate_is_refused() -> None:
    assert refusal(Case(frozen={"candidates": ()}))[0] == "authority"


def test_evidence_of_another_round_is_refused() -> None:
    assert refusal(Case(frozen={"round": 2}))[0] == "authority"


def test_evidence_that_the_decision_does_not_rest_on_is_refused() -> None:
    assert refusal(Case(frozen={"evidence": "0" * 64}))[0] == "authority"


@pytest.mark.parametrize(
    "changed",
    [{"account": "999999999999"}, {"region": "us-east-1"}, {"arn": "arn:aws:cloudwatch:x:y:a"}],
)
def test_an_alarm_of_another_account_or_region_is_refused(changed: dict[str, str]) -> None:
    assert refusal(Case(opened={"alarm": alarm(**changed)}))[0] == "target"


def test_a_candidate_whose_id_is_not_that_of_its_parameters_is_refused() -> None:
    forged = candidate(id="lambda.rollback_alias:000000000000")

    assert refusal(Case(chosen=forged))[0] == "target"


def test_a_candidate_that_names_another_resource_than_its_parameters_is_refused() -> None:
    assert refusal(Case(chosen=candidate(resource="lambda:payments")))[0] == "target"
