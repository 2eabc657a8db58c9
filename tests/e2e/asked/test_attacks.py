"""Attacks on the deployed product that must fail, on the emulator with IAM enforced.

The intruder runs code as whichever functions a test says: as a seat, as three, as all ten; as
consensus. After every attack the shop is as it was, and what was tried is in the log.
"""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from local.quorum import PREFIX, function_arn
from quorum.adapters.signing.p256 import low_s
from quorum.domain.ballot_validation import Admitted, verify_vote
from quorum.domain.canonical import canonical_json
from quorum.domain.catalogue import action_id
from quorum.domain.events import (
    ActionRefused,
    ActionTaken,
    DecisionMade,
    InverseCaptured,
    SeatEquivocated,
)
from quorum.domain.evidence import Candidate, Scalar
from quorum.domain.seats import SEATS
from quorum.domain.signed import signed_text
from quorum.domain.votes import Vote
from tests.e2e.asked.attacked import FULL, NAMES, Attacked
from tests.e2e.asked.intruder import denied

pytestmark = pytest.mark.fast

SEAT: Final = "diagnosis-change"
SEVEN: Final = (*[name for name in NAMES if name != SEAT][:6], SEAT)
"""Seats whose votes just reach the threshold."""
OF_AUTHORITY: Final = {"authority", "certificate", "target"}
"""Guards that refuse for lack of authority, before the resource is read."""
CONFIDENCES = {
    "ten": "100000",
    "not a number": "NaN",
    "minus one": "-1",
    "true": "true",
    "text": '"0.9"',
    "a fraction": "0.9",
}
"""As JSON. A whole confidence is 10,000 basis points: ten of them are 100,000."""
EVERYTHING: Final[dict[str, Scalar]] = {"function": "*"}
DELETION: Final = Candidate(
    id=action_id("lambda.delete_function", EVERYTHING),
    verb="lambda.delete_function",
    resource="lambda:shop",
    parameters={**EVERYTHING},
    summary="Delete everything",
    cites=(),
    observed={},
)


@pytest.fixture
def attacked(deployed: Attacked) -> Iterator[Attacked]:
    """The deployed product, which has done nothing when the test is over."""
    before, known = deployed.world(), len(deployed.opened)
    yield deployed
    assert deployed.world() == before
    done = (ActionTaken, InverseCaptured)
    events = [event for incident in deployed.opened[known:] for event in deployed.facts(incident)]
    assert events or len(deployed.opened) == known
    assert not [event for event in events if isinstance(event, done)]


@pytest.fixture(scope="module")
def yesterday(deployed: Attacked) -> DecisionMade:
    """Return a genuine decision on ten signed votes that was not executed."""
    incident = deployed.open()
    for name in NAMES:
        deployed.speak(deployed.vote(incident, name))
    made = deployed.decide(incident)
    assert (made.route, made.action, len(made.certificate)) == ("execute", deployed.wanted.id, 10)
    return made


def refused_by_iam(call: Any, **parameters: Any) -> bool:
    """Return whether the call ended in a refusal of its permissions."""
    with pytest.raises(ClientError) as error:
        call(**parameters)
    return denied(error.value)


def forged(vote: Vote, raw: str, attacked: Attacked) -> str:
    """Return the vote with this JSON as its confidence, genuinely signed by its seat."""
    says = canonical_json(vote).decode().replace(f'"conf_bp":{FULL}', f'"conf_bp":{raw}')
    signature = attacked.key_of(vote.seat)(Vote.DOMAIN + says.encode())
    return f'{{"says":{says},"sig":"{b64encode(signature).decode()}"}}'


# --- what the roles may not -------------------------------------------------------------------


@pytest.mark.parametrize("function", [f"seat-{SEAT}", "consensus", "executor", "approval"])
def test_no_role_signs_with_the_key_of_another_seat(attacked: Attacked, function: str) -> None:
    kms = attacked.intruder.client(function, "kms")
    said = {"Message": b"x", "MessageType": "RAW", "SigningAlgorithm": "ECDSA_SHA_256"}

    for name, key in attacked.keys.items():
        if function == f"seat-{name}":
            assert kms.sign(KeyId=key, **said)["Signature"]
        else:
            assert refused_by_iam(kms.sign, KeyId=key, **said), name


@pytest.mark.parametrize("function", [f"seat-{SEAT}", "consensus", "executor"])
def test_no_role_writes_into_the_table_of_another_seat(attacked: Attacked, function: str) -> None:
    incident, tables = attacked.open(), attacked.intruder.client(function, "dynamodb")
    slot = {"incident_id": {"S": incident}, "entry": {"S": "000001#ballot"}}

    for name in NAMES:
        table = f"{PREFIX}votes-{name}"
        if function == f"seat-{name}":
            tables.put_item(TableName=table, Item=slot)
        else:
            assert refused_by_iam(tables.put_item, TableName=table, Item=slot), name
        assert refused_by_iam(tables.update_item, TableName=table, Key=slot), name
        assert refused_by_iam(tables.delete_item, TableName=table, Key=slot), name


@pytest.mark.parametrize(
    "table",
    [
        "events",
        "decisions",
        "executions",
        "approvals",
        "controls",
        "openings",
        "closings",
        "verifications",
        "overrides",
        "stop",
    ],
)
def test_a_seat_writes_only_its_own_answers(attacked: Attacked, table: str) -> None:
    tables = attacked.intruder.client(f"seat-{SEAT}", "dynamodb")

    assert refused_by_iam(tables.put_item, TableName=f"{PREFIX}{table}", Item={"x": {"S": "x"}})


@pytest.mark.parametrize("function", [f"seat-{SEAT}", "consensus", "evidence", "approval"])
def test_no_role_calls_the_executor_or_changes_the_shop(attacked: Attacked, function: str) -> None:
    functions = attacked.intruder.client(function, "lambda")
    shop = {"FunctionName": attacked.wanted.parameters["function"], "Name": "live"}

    assert refused_by_iam(functions.invoke, FunctionName=function_arn("executor"), Payload=b"{}")
    assert refused_by_iam(functions.update_alias, FunctionVersion="1", **shop)


# --- consensus invents a certificate ----------------------------------------------------------


def test_a_decision_without_votes_is_refused(attacked: Attacked) -> None:
    incident = attacked.open()
    attacked.invent(incident, (), ())

    assert attacked.refused(incident) == (
        "certificate",
        "the votes do not authorise it: below the threshold",
    )


def test_votes_signed_by_consensus_with_its_own_key_are_refused(attacked: Attacked) -> None:
    incident, own = attacked.open(), ec.generate_private_key(ec.SECP256R1())
    votes = [attacked.vote(incident, name) for name in NAMES]
    signed = [signed_text(v, low_s(own.sign(v.message(), ec.ECDSA(SHA256())))) for v in votes]
    attacked.invent(incident, votes, signed)

    guard, reason = attacked.refused(incident)
    assert guard == "certificate"
    assert reason.startswith("invalid vote: ")
    assert "signature" in reason


def test_one_seat_that_signs_for_all_is_refused(attacked: Attacked) -> None:
    incident, sign = attacked.open(), attacked.key_of(SEAT)
    votes = [attacked.vote(incident, name) for name in NAMES]
    attacked.invent(incident, votes, [signed_text(v, sign(v.message())) for v in votes])

    guard, reason = attacked.refused(incident)
    assert guard == "certificate"
    assert reason.startswith("invalid vote: ")
    assert "signature" in reason


def test_genuine_votes_whose_confidence_was_raised_are_refused(attacked: Attacked) -> None:
    incident = attacked.open()
    meek = attacked.signed(attacked.vote(incident, SEAT, conf=1000))
    bold = meek.replace('"conf_bp":1000', f'"conf_bp":{FULL}')
    attacked.invent(incident, [attacked.vote(incident, SEAT)], [bold])

    guard, reason = attacked.refused(incident)
    assert guard == "certificate"
    assert "signature" in reason


def test_three_genuine_liars_are_not_enough_for_consensus(attacked: Attacked) -> None:
    incident = attacked.open()
    votes = [attacked.vote(incident, name) for name in NAMES[:3]]
    attacked.invent(incident, votes, [attacked.speak(vote) for vote in votes])

    assert attacked.refused(incident) == (
        "certificate",
        "the votes do not authorise it: below the threshold",
    )


def test_one_vote_repeated_ten_times_is_refused(attacked: Attacked) -> None:
    incident = attacked.open()
    vote = attacked.vote(incident, SEAT)
    attacked.invent(incident, [vote], [attacked.speak(vote)] * len(NAMES))

    assert attacked.refused(incident) == ("certificate", f"{SEAT} voted twice")


def test_votes_without_a_claimed_ballot_have_no_weight(attacked: Attacked) -> None:
    incident = attacked.open()
    votes = [attacked.vote(incident, name) for name in NAMES]
    attacked.invent(incident, votes, [attacked.signed(vote) for vote in votes])

    assert attacked.refused(incident) == (
        "certificate",
        "the votes do not authorise it: below the threshold",
    )


# --- the executor, called directly ------------------------------------------------------------


def test_the_executor_takes_no_decision_from_its_caller(attacked: Attacked) -> None:
    incident = attacked.open()
    request = {"operation": "act", "incident_id": incident, "round": 1}

    with pytest.raises(RuntimeError, match=r"InvalidInputError.*decision"):
        attacked.quorum.invoke("executor", {**request, "decision": attacked.decision(incident)})
    with pytest.raises(RuntimeError, match="has decided no action"):
        attacked.quorum.invoke("executor", request)


def test_a_decision_that_is_only_in_the_log_is_refused(attacked: Attacked) -> None:
    incident = attacked.open()
    attacked.tell(incident, attacked.decision(incident))

    assert attacked.refused(incident) == ("authority", "no decision record found")


def test_a_decision_that_differs_from_the_decision_store_is_refused(attacked: Attacked) -> None:
    incident = attacked.open()
    assert attacked.decide(incident).route == "escalate"
    attacked.tell(incident, attacked.decision(incident))

    assert attacked.refused(incident) == (
        "authority",
        "the decision record and the event log disagree",
    )


# --- what was really signed, here and elsewhere ------------------------------------------------


def test_the_certificate_of_yesterday_is_refused(
    attacked: Attacked, yesterday: DecisionMade
) -> None:
    today = attacked.open()
    votes = [attacked.vote(today, name) for name in NAMES]
    attacked.invent(today, votes, yesterday.certificate)

    assert attacked.refused(today) == (
        "certificate",
        "invalid vote: it is about another incident",
    )


def test_seats_that_repeat_yesterdays_votes_are_silent(
    attacked: Attacked, yesterday: DecisionMade
) -> None:
    today = attacked.open()
    for name, old in zip(NAMES, yesterday.certificate, strict=True):
        new = attacked.vote(today, name)
        attacked.claim(new)
        attacked.cast(new, old)

    made = attacked.decide(today)

    assert (made.route, made.votes) == ("escalate", ())
    assert {(s.seat, s.reason) for s in made.silent} == {
        (name, "invalid vote: it is about another incident") for name in NAMES
    }


def test_a_genuine_decision_is_not_refused_for_lack_of_authority(
    deployed: Attacked, yesterday: DecisionMade
) -> None:
    result = deployed.execute(yesterday.incident_id)

    refusals = [f for f in deployed.facts(yesterday.incident_id) if isinstance(f, ActionRefused)]
    assert not OF_AUTHORITY & {refusal.guard for refusal in refusals}
    assert (result == "acted") == (not refusals)


# --- what no vote may say ---------------------------------------------------------------------


def test_seats_that_vote_for_no_candidate_are_silent(attacked: Attacked) -> None:
    incident = attacked.open()
    for name in NAMES:
        attacked.speak(attacked.vote(incident, name, action=DELETION.id))

    made = attacked.decide(incident)

    assert (made.route, made.action, made.votes) == ("escalate", None, ())
    assert {(s.seat, s.reason) for s in made.silent} == {
        (name, f"invalid vote: it is for an unknown action: {DELETION.id}") for name in NAMES
    }


def test_the_executor_refuses_an_action_that_is_no_candidate(attacked: Attacked) -> None:
    incident = attacked.open()
    attacked.invent(incident, (), (), action=DELETION.id)

    assert attacked.refused(incident) == (
        "authority",
        "the decided action is not among the frozen candidates",
    )


def test_forged_evidence_adds_nothing_to_the_catalogue(attacked: Attacked) -> None:
    incident = attacked.open(DELETION)
    attacked.invent(incident, (), (), action=DELETION.id)

    assert attacked.refused(incident) == ("target", f"unknown verb: {DELETION.verb}")


@pytest.mark.parametrize("raw", CONFIDENCES.values(), ids=CONFIDENCES)
def test_an_invalid_confidence_counts_for_nothing(attacked: Attacked, raw: str) -> None:
    incident, invented = attacked.open(), attacked.open()
    vote = attacked.vote(incident, SEAT)
    attacked.claim(vote)
    attacked.cast(vote, forged(vote, raw, attacked))

    made = attacked.decide(incident)

    why = {silent.seat: silent.reason for silent in made.silent}
    assert why[SEAT] == "invalid vote: it is malformed"
    assert (made.route, made.score_bp) == ("escalate", 0)
    vote = attacked.vote(invented, SEAT)
    attacked.invent(invented, [vote], [forged(vote, raw, attacked)])
    assert attacked.refused(invented) == ("certificate", "invalid vote: it is malformed")


# --- seats that say one thing here and another there ------------------------------------------


def test_consensus_records_the_equivocation_of_a_seat(attacked: Attacked) -> None:
    incident = attacked.open()
    contradict_itself(attacked, attacked.vote(incident, SEAT))

    assert attacked.decide(incident).route == "escalate"
    proven(attacked, incident)


def test_the_executor_records_an_equivocation_that_consensus_hides(attacked: Attacked) -> None:
    incident = attacked.open()
    votes = [attacked.vote(incident, name) for name in SEVEN]
    texts = [attacked.speak(vote) for vote in votes if vote.seat != SEAT]
    text = contradict_itself(attacked, attacked.vote(incident, SEAT))
    attacked.invent(incident, votes, [*texts, text])

    assert attacked.refused(incident)[1] == "the votes do not authorise it: below the threshold"
    proven(attacked, incident)


def contradict_itself(attacked: Attacked, vote: Vote) -> str:
    """Have the vote's seat sign another one besides; return the first as signed."""
    second = attacked.vote(vote.incident, vote.seat, conf=FULL - 1)
    text = attacked.speak(vote)
    attacked.cast(second, attacked.signed(second))
    return text


def proven(attacked: Attacked, incident: str) -> None:
    """Verify the proof against the seat from public keys alone, and reinstate the seat."""
    equivocation = attacked.fact(incident, SeatEquivocated)
    objection = attacked.quorum.verifier().objection
    signed = [verify_vote(text, SEATS, objection) for text in equivocation.proof]
    assert [isinstance(one, Admitted) and one.vote.seat for one in signed] == [SEAT, SEAT]
    assert (equivocation.seat, len(set(equivocation.proof))) == (SEAT, 2)
    attacked.until(lambda: SEAT in attacked.quorum.suspensions.in_force())
    attacked.quorum.reinstate(SEAT, "a person", "this was a test")
