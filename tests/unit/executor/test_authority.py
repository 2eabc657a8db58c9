"""What authorises an action: the votes counted again, or an approval of this very decision."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.executor.certificate import Certificate, redecide
from functions.shared.domain.events import ActionRefused, ApprovalAnswered, EvidenceFrozen
from functions.shared.domain.seats import SEATS
from functions.shared.domain.votes import HEALTHY, Vote
from functions.shared.ports import Approval, Decided
from tests.fakes import InMemoryApprovalBook, InMemoryDecisionBook
from tests.unit.executor.cases import INCIDENT, OTHER, Case, alarm, candidate


def refusal(case: Case, approval: str | None = None, **changed: Any) -> tuple[str, str]:
    """Return (guard, reason) of an action that must be refused."""
    assert case.run(approval=approval, **changed) == "refused"
    assert case.actuator.writes == []
    fact = case.facts(ActionRefused)[-1]
    assert not fact.person_may
    return fact.guard, fact.reason


def test_votes_below_the_threshold_authorise_nothing_whatever_the_decision_says() -> None:
    case = Case(confidence_bp=6999)

    assert refusal(case)[0] == "certificate"


def test_the_threshold_itself_is_enough() -> None:
    assert Case(confidence_bp=7000).run() == "acted"


def test_a_decision_that_counts_a_vote_otherwise_than_its_seat_cast_it_is_refused() -> None:
    case = Case()
    frozen = case.incident.evidence
    assert frozen is not None
    ballot = case.ballot(SEATS[0].name, 100, frozen.evidence)
    case.ballots._ballots[SEATS[0].name, INCIDENT, 1] = ballot

    guard, reason = refusal(case)

    assert guard == "certificate"
    assert SEATS[0].name in reason


def test_a_seat_that_was_counted_without_a_ballot_is_refused() -> None:
    case = Case()
    del case.ballots._ballots[SEATS[3].name, INCIDENT, 1]

    assert refusal(case)[0] == "certificate"


def test_a_ballot_of_a_method_that_is_not_the_seats_own_is_refused() -> None:
    case = Case(tiers={SEATS[0].name: SEATS[1].tiers[0].method})

    guard, reason = refusal(case)

    assert guard == "certificate"
    assert "not a method" in reason


def test_a_ballot_of_another_method_than_was_counted_is_refused() -> None:
    case = Case()
    stored = case.ballots._ballots
    key = (SEATS[0].name, INCIDENT, 1)
    stored[key] = stored[key].model_copy(update={"tier": SEATS[0].tiers[1].method})

    assert refusal(case)[0] == "certificate"


def test_a_seats_table_that_holds_another_seats_ballot_is_refused() -> None:
    case = Case()
    stored = case.ballots._ballots
    mine, other = (stored[seat.name, INCIDENT, 1] for seat in SEATS[:2])
    theirs = mine.vote.model_copy(update={"seat": other.vote.seat})
    stored[SEATS[0].name, INCIDENT, 1] = mine.model_copy(update={"vote": theirs})

    assert refusal(case)[0] == "certificate"


def test_votes_that_had_expired_at_the_decision_do_not_count() -> None:
    case = Case()
    for key, ballot in list(case.ballots._ballots.items()):
        old = ballot.vote.model_copy(update={"exp": int(case.clock.now.timestamp()) - 1})
        case.ballots._ballots[key] = ballot.model_copy(update={"vote": old})

    assert refusal(case) == ("certificate", "the votes do not authorise it: below the threshold")


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
    [{"action": None}, {"route": "approve"}, {"evidence": "0" * 64}, {"votes": []}, {"round": 2}],
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


def test_a_live_approval_of_this_decision_acts_below_the_threshold() -> None:
    case = Case(mode="approve", route="approve", confidence_bp=4000)

    assert case.run(approval=case.approve()) == "acted"
    captured = case.incident.captured
    assert captured is not None
    assert captured.approval_id is not None


def test_an_expired_approval_is_refused() -> None:
    case = Case(mode="approve", route="approve")
    approval = case.approve(seconds=60)
    case.clock.advance(60)

    assert refusal(case, approval) == ("approval", "it has expired")


def test_a_denied_approval_is_refused() -> None:
    case = Case(mode="approve", route="approve")

    assert refusal(case, case.approve(answer="denied"))[0] == "approval"


def test_an_approval_that_nobody_asked_for_is_refused() -> None:
    assert refusal(Case(mode="approve", route="approve"), "f" * 32)[0] == "approval"


@pytest.mark.parametrize(
    "changed",
    [
        {"incident_id": OTHER},
        {"action": "lambda.rollback_alias:000000000000"},
        {"state": "waiting"},
    ],
)
def test_an_approval_of_something_else_or_still_open_is_refused(changed: dict[str, str]) -> None:
    case, book = Case(mode="approve", route="approve"), InMemoryApprovalBook()
    wanted = case.approve()
    asked = case.approvals.find(wanted)
    assert asked is not None
    book.ask(Approval.model_validate({**asked.model_dump(), **changed}))

    assert refusal(case, wanted, approvals=book)[0] == "approval"


def test_an_approval_of_the_same_action_by_another_decision_is_refused() -> None:
    case = Case(mode="approve", route="approve")
    asked = case.approvals.find(case.approve())
    assert asked is not None
    older = "0" * 32
    case.approvals.ask(asked.model_copy(update={"approval_id": older}))
    case.recorder.add(INCIDENT, ApprovalAnswered, approval_id=older, answer="granted")

    assert refusal(case, older)[0] == "approval"


def test_an_approval_in_the_book_that_the_log_does_not_know_is_refused() -> None:
    case = Case(mode="approve", route="approve")
    donor = Case(mode="approve", route="approve")
    wanted = donor.approve()

    assert refusal(case, wanted, approvals=donor.approvals)[0] == "approval"


def test_an_approval_does_not_lift_shadow() -> None:
    case = Case(mode="shadow", route="approve")

    assert refusal(case, case.approve())[0] == "shadow"


votes = st.lists(
    st.tuples(
        st.sampled_from([seat.name for seat in SEATS]),
        st.integers(0, 10_000),
        st.sampled_from(["a", "b", "none", "healthy"]),
        st.booleans(),
    ),
    max_size=10,
    unique_by=lambda vote: vote[0],
)
FROZEN = Case().incident.evidence
OTHER_CANDIDATE = candidate(parameters={**candidate().parameters, "to_version": "2"})


@given(votes)
def test_leaving_votes_out_never_authorises_what_all_of_them_did_not(
    cast: list[tuple[str, int, str, bool]],
) -> None:
    frozen = with_two_candidates()
    whole, _ = redecide(certificate_of(frozen, cast), frozen)
    part, _ = redecide(certificate_of(frozen, [v for v in cast if v[3]]), frozen)

    assert part in {None, whole}


@given(votes)
def test_only_a_frozen_candidate_is_ever_authorised(
    cast: list[tuple[str, int, str, bool]],
) -> None:
    frozen = with_two_candidates()
    nothing = frozen.model_copy(update={"candidates": ()})

    assert redecide(certificate_of(frozen, cast), nothing)[0] is None


def test_votes_of_all_seats_for_what_is_no_frozen_candidate_authorise_nothing() -> None:
    frozen = with_two_candidates()
    everyone = certificate_of(frozen, [(seat.name, 10_000, "a", True) for seat in SEATS])

    assert redecide(everyone, frozen)[0] == candidate().id
    assert redecide(everyone, frozen.model_copy(update={"candidates": ()}))[0] is None


def with_two_candidates() -> EvidenceFrozen:
    assert FROZEN is not None
    return FROZEN.model_copy(update={"candidates": (candidate(), OTHER_CANDIDATE)})


def certificate_of(frozen: EvidenceFrozen, cast: list[tuple[str, int, str, bool]]) -> Certificate:
    actions = {"a": candidate().id, "b": OTHER_CANDIDATE.id, "none": None, "healthy": HEALTHY}
    return Certificate(
        incident=frozen.incident_id,
        round=frozen.round,
        evidence=frozen.evidence,
        decided_at=100,
        votes=tuple(
            Vote(
                incident=frozen.incident_id,
                round=frozen.round,
                evidence=frozen.evidence,
                seat=seat,
                action=actions[action],
                conf_bp=confidence,
                exp=101,
            )
            for seat, confidence, action, _ in cast
        ),
    )


@pytest.mark.parametrize(
    "changed",
    [{"incident": OTHER}, {"round": 2}, {"evidence": "0" * 64}, {"exp": 100}, {"exp": 1001}],
    ids=["incident", "round", "evidence", "expired", "too-long"],
)
def test_a_vote_of_another_place_or_time_is_not_admitted(changed: dict[str, Any]) -> None:
    frozen = with_two_candidates()
    given_ = certificate_of(frozen, [(seat.name, 10_000, "a", True) for seat in SEATS])
    assert redecide(given_, frozen)[0] == candidate().id
    replayed = tuple(vote.model_copy(update=changed) for vote in given_.votes)

    assert redecide(given_.model_copy(update={"votes": replayed}), frozen)[0] is None
