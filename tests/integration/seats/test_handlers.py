"""Every seat as it is deployed: its handler, against DynamoDB, S3 and no model, in moto."""

import json
from typing import Any

import boto3
import pytest

from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.ballot_box import DynamoDBBallotBox
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.signing.kms_verifier import KmsVerifier
from quorum.domain.ballot_validation import Admitted, verify_vote
from quorum.domain.errors import QuorumError
from quorum.domain.seats import SEATS, Seat
from quorum.runtime.lambda_runtime import WARMING
from tests.builders.seats import freeze
from tests.integration.handlers import CONTEXT, load
from tests.integration.keys import create_key
from tests.integration.tables import create_table
from tests.seat_table import answer
from tests.simulation.scenarios import bad_release
from tests.simulation.story import INCIDENT

BUCKET = "quorum-test-evidence"
BUNDLE = bad_release(1).bundle()


class Deployed:
    """One seat's function, and the tables and the bucket that it is wired to."""

    def __init__(self, patch: pytest.MonkeyPatch, seat: Seat, **environment: str) -> None:
        self.seat = seat
        events = create_table("events")
        votes = create_table("votes", f"quorum-test-votes-{seat.name}")
        create_table("operations")
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        self.evidence = S3EvidenceStore(boto3.client("s3"), BUCKET)
        self.frozen = freeze(DynamoDBEventStore(events), self.evidence, BUNDLE)
        self.box = DynamoDBBallotBox(lambda _: votes)
        self.key = create_key()
        self.module = load(
            patch,
            seat.role,
            SEAT=seat.name,
            EVENTS_TABLE=events.name,
            VOTES_TABLE=votes.name,
            EVIDENCE_BUCKET=BUCKET,
            SIGNING_KEY=self.key,
            OPERATIONS_TABLE="quorum-test-operations",
            **{"MODEL_ID": "", "MODEL_REGION": "", "MODEL_DAILY_TOKENS": "1000000", **environment},
        )

    def ask(self, tier: str, skipped: dict[str, Any] | None = None) -> dict[str, Any]:
        request = {"incident_id": INCIDENT, "round": 1, "seat": self.seat.name, "tier": tier}
        found: dict[str, Any] = self.module.lambda_handler(
            {**request, "skipped": skipped or {}}, CONTEXT
        )
        return found

    def ask_in_turn(self) -> dict[str, Any] | None:
        """Call tier after tier, as the state machine does."""
        skipped: dict[str, Any] = {}
        for tier in self.seat.tiers:
            try:
                return self.ask(tier.method, skipped)
            except QuorumError as error:
                skipped[tier.method] = {"Error": type(error).__name__, "Cause": str(error)}
        return None


@pytest.mark.parametrize("seat", SEATS, ids=lambda seat: seat.name)
def test_deployed_seat_votes_as_its_methods_and_claims_the_ballot(
    monkeypatch: pytest.MonkeyPatch, seat: Seat
) -> None:
    deployed = Deployed(monkeypatch, seat)
    found = deployed.ask_in_turn()
    tier, choice = answer(seat, BUNDLE)
    if not tier:
        assert found is None
        return
    assert found == {
        "seat": seat.name,
        "tier": tier,
        "action": choice.action,
        "conf_bp": choice.conf_bp,
    }
    ballot, (signed_vote,), _ = deployed.box.read(seat.name, INCIDENT, 1)
    assert ballot is not None
    assert ballot.vote.evidence == deployed.frozen.evidence
    verifier = KmsVerifier(boto3.client("kms"), {seat.name: deployed.key})
    found_vote = verify_vote(signed_vote, SEATS, verifier.objection)
    assert isinstance(found_vote, Admitted)
    assert found_vote.vote == ballot.vote
    assert len(ballot.skipped) == [t.method for t in seat.tiers].index(tier)
    assert len(json.dumps(found)) < 512, "only verdicts travel in the state"


def test_a_retry_returns_the_stored_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = Deployed(monkeypatch, SEATS[0])
    counted = count_calls(deployed.module.seating.signer._client)
    assert deployed.ask("robust-z") == deployed.ask("threshold")
    assert counted == ["Sign", "GetPublicKey"], "signed once; the retry checks that it is its own"


def count_calls(client: Any) -> list[str]:
    """Return a list that the names of the client's calls are appended to."""
    called: list[str] = []
    client.meta.events.register("before-call.kms", lambda model, **_: called.append(model.name))
    return called


def test_a_warming_event_leaves_no_ballot(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = Deployed(monkeypatch, SEATS[0])
    assert deployed.module.lambda_handler(WARMING, CONTEXT) == {"warm": True}
    assert deployed.box.read(SEATS[0].name, INCIDENT, 1).ballot is None


def test_a_configured_model_is_asked_within_its_budget_behind_a_breaker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seat = next(seat for seat in SEATS if seat.name == "diagnosis-model")
    deployed = Deployed(
        monkeypatch,
        seat,
        MODEL_ID="anthropic.claude",
        MODEL_REGION="us-east-1",
        MODEL_DAILY_TOKENS="20000",
    )
    budgeted = deployed.module.seating.deps.model
    assert budgeted is not None
    assert (budgeted._spender, budgeted._most) == ("model-diagnosis-model", 20_000)
    guarded = budgeted._model
    config = guarded._model._client.meta.config
    assert config.retries["total_max_attempts"] == 1
    assert guarded._breaker.name == "model-diagnosis-model"
