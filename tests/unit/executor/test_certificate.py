"""The certificate: only what seats signed, about this very round, counts."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from functions.executor.certificate import recount
from functions.executor.refusal import RefusalError
from functions.executor.round_decision import DecidedRound
from quorum.domain.events import DecisionMade, SeatEquivocated
from quorum.domain.evidence import Bundle
from quorum.domain.seats import SEATS
from quorum.domain.suspensions import Suspension
from quorum.domain.votes import HEALTHY, Tally, Vote
from tests.builders.candidates import candidate
from tests.builders.events import INCIDENT, OTHER
from tests.builders.executor import Case
from tests.fakes import InMemoryVerifier, sealed

OTHER_CANDIDATE = candidate(parameters={**candidate().parameters, "to_version": "2"})
ACTIONS = {"a": candidate().id, "b": OTHER_CANDIDATE.id, "none": None, "healthy": HEALTHY}
NAMES = tuple(seat.name for seat in SEATS)
UNTRUSTED = InMemoryVerifier({name: name for name in NAMES[1:]} | {NAMES[0]: "another signer"})


def decided(case: Case) -> tuple[DecisionMade, Bundle]:
    decision = case.incident.decision
    assert decision is not None
    bundle = case.evidence.get_bundle(decision.evidence)
    return decision, bundle.model_copy(update={"candidates": (candidate(), OTHER_CANDIDATE)})


def said(case: Case, seat: str, **changed: Any) -> Vote:
    ballot = case.ballots.read(seat, INCIDENT, 1).ballot
    assert ballot is not None
    return ballot.vote.model_copy(update=changed)


def outcome(case: Case, decision: DecisionMade, frozen: Bundle) -> Tally | str:
    try:
        return recount(case.deps(), DecidedRound(decision, frozen)).tally
    except RefusalError as refused:
        return refused.reason


CAST = st.dictionaries(
    st.sampled_from(NAMES),
    st.tuples(st.sampled_from(["a"] * 9 + ["b", "none"]), st.integers(8_000, 10_000)),
    min_size=9,
)


def cast(case: Case, votes: dict[str, tuple[str, int]], kept: set[str]) -> DecisionMade:
    """Have seats vote anew; the certificate keeps some of them."""
    decision, _ = decided(case)
    texts, logged = {}, {}
    for seat, (action, confidence) in votes.items():
        vote = said(case, seat, action=ACTIONS[action], conf_bp=confidence)
        ballot = case.ballots._ballots[seat, INCIDENT, 1]
        case.ballots._envelopes[seat, INCIDENT, 1] = {}
        texts[seat] = case.vote(ballot.model_copy(update={"vote": vote}))
        logged[seat] = vote
    (model,) = decision.votes[:1]
    return decision.model_copy(
        update={
            "certificate": tuple(texts[seat] for seat in votes if seat in kept),
            "votes": tuple(
                model.model_copy(update={"seat": s, "action": v.action, "conf_bp": v.conf_bp})
                for s, v in logged.items()
                if s in kept
            ),
        }
    )


@settings(deadline=None)
@given(CAST, st.sets(st.sampled_from(NAMES), max_size=2))
def test_certificate_with_fewer_votes_never_authorises_more(
    votes: dict[str, tuple[str, int]], left: set[str]
) -> None:
    case = Case()
    _, frozen = decided(case)

    whole = outcome(case, cast(case, votes, set(NAMES)), frozen)
    part = outcome(case, cast(case, votes, set(NAMES) - left), frozen)

    assert isinstance(whole, Tally)
    assert isinstance(part, Tally)
    assume(part.action is not None)
    assert part.action == whole.action


def test_certificate_with_a_vote_logged_twice_is_refused() -> None:
    case = Case()
    decision, frozen = decided(case)
    twice = decision.model_copy(update={"votes": (*decision.votes, decision.votes[0])})

    assert "logged votes do not match the certificate" in str(outcome(case, twice, frozen))


def test_certificate_for_an_unfrozen_candidate_authorises_nothing() -> None:
    case = Case()
    decision, frozen = decided(case)

    found = outcome(case, decision, frozen)
    assert isinstance(found, Tally)
    assert found.action == candidate().id
    nothing = frozen.model_copy(update={"candidates": ()})
    assert "unknown action" in str(outcome(case, decision, nothing))


@pytest.mark.parametrize(
    "changed",
    [
        {"incident": OTHER},
        {"round": 2},
        {"evidence": "0" * 64},
        {"exp": 100},
        {"exp": 4 * 10**9},
    ],
    ids=["incident", "round", "evidence", "expired", "too-long"],
)
def test_vote_of_another_incident_round_or_time_is_not_admitted(changed: dict[str, Any]) -> None:
    case = Case()
    decision, frozen = decided(case)
    replayed = sealed(said(case, NAMES[0], **changed), NAMES[0])
    certificate = (replayed, *decision.certificate[1:])

    found = outcome(case, decision.model_copy(update={"certificate": certificate}), frozen)

    assert str(found).startswith("invalid vote: it ")


def test_vote_invented_by_consensus_is_refused() -> None:
    case = Case()
    decision, frozen = decided(case)
    forged = sealed(said(case, NAMES[0]), "consensus")
    certificate = (forged, *decision.certificate[1:])

    found = outcome(case, decision.model_copy(update={"certificate": certificate}), frozen)

    assert found == "invalid vote: its signature does not match the signer's key"


def test_executor_verifies_with_its_own_pinned_keys() -> None:
    case = Case()
    decision, frozen = decided(case)
    with pytest.raises(RefusalError, match="does not match the signer's key"):
        recount(case.deps(verifier=UNTRUSTED), DecidedRound(decision, frozen))


def test_logged_vote_that_differs_from_the_signed_one_is_refused() -> None:
    case = Case()
    decision, frozen = decided(case)
    lie = decision.votes[0].model_copy(update={"conf_bp": 1})
    logged = decision.model_copy(update={"votes": (lie, *decision.votes[1:])})

    said_ = f"('{NAMES[0]}', ('{candidate().id}', 1))"
    assert outcome(case, logged, frozen) == f"logged votes do not match the certificate: [{said_}]"


def test_logged_abstention_for_a_signed_vote_is_refused() -> None:
    case = Case()
    decision, frozen = decided(case)
    lie = decision.votes[0].model_copy(update={"action": None})
    logged = decision.model_copy(update={"votes": (lie, *decision.votes[1:])})

    signed = f"('{NAMES[0]}', ('{candidate().id}', 9000))"
    assert outcome(case, logged, frozen) == f"logged votes do not match the certificate: [{signed}]"


def test_certificate_with_a_duplicate_vote_is_refused() -> None:
    case = Case()
    decision, frozen = decided(case)
    twice = (*decision.certificate, decision.certificate[0])

    found = outcome(case, decision.model_copy(update={"certificate": twice}), frozen)

    assert found == f"{NAMES[0]} voted twice"


def test_executor_detects_and_records_equivocation() -> None:
    case = Case(confidence_bp=7700)
    case.ballots.cast(
        said(case, NAMES[0], conf_bp=1), sealed(said(case, NAMES[0], conf_bp=1), NAMES[0])
    )

    assert case.run() == "refused"

    (equivocation,) = case.facts(SeatEquivocated)
    assert equivocation.seat == NAMES[0]
    assert case.controls.suspended() == {}, "learning alone suspends"


def test_second_vote_without_the_seats_signature_is_no_equivocation() -> None:
    case = Case()
    other = said(case, NAMES[0], conf_bp=1)
    case.ballots.cast(other, sealed(other, "another signer"))

    assert case.run() == "acted"
    assert case.controls.suspended() == {}


def test_suspended_seat_has_no_weight_and_the_threshold_stays() -> None:
    case = Case(confidence_bp=7700)
    case.controls.suspend(Suspension(seat=NAMES[0], since=0, reason="test"))

    assert case.run() == "refused"


def test_equivocation_between_table_and_certificate_is_recorded() -> None:
    """The seat signed one vote for consensus, and its table keeps another one."""
    case = Case(confidence_bp=7700)
    other = said(case, NAMES[0], conf_bp=1)
    case.ballots._envelopes[NAMES[0], INCIDENT, 1] = {other.payload(): sealed(other, NAMES[0])}

    assert case.run() == "refused"

    (equivocation,) = case.facts(SeatEquivocated)
    assert equivocation.seat == NAMES[0]
