"""The wired function: ballots in each seat's own table in, one decision and its route out."""

import json
from types import ModuleType
from typing import Any

import boto3
import pytest

from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.ballot_box import DynamoDBBallotBox
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.domain.constants import VOTE_LIFETIME_SECONDS
from quorum.domain.events import DecisionMade
from quorum.domain.seats import SEATS
from quorum.runtime.lambda_runtime import WARMING, utc_now
from tests.builders.candidates import ROLLBACK
from tests.builders.consensus import Round
from tests.builders.events import INCIDENT
from tests.integration.handlers import CONTEXT, load
from tests.integration.keys import SeatKeys
from tests.integration.tables import create_table, table_named

EVENT: dict[str, Any] = {"incident_id": INCIDENT, "round": 1, "seats": []}
RULES = [{"verb": ROLLBACK.verb, "resources": ["lambda:*"], "mode": "autonomous"}]


class Deployed:
    """The function, an incident with frozen evidence, and the seats' tables."""

    def __init__(self, patch: pytest.MonkeyPatch, autonomy: list[dict[str, Any]]) -> None:
        self.round = Round()
        self.store = DynamoDBEventStore(create_table("events"))
        for event in self.round.store.load(INCIDENT):
            self.store.append(event)
        boto3.client("s3").create_bucket(Bucket="quorum-test-evidence")
        S3EvidenceStore(boto3.client("s3"), "quorum-test-evidence").put_bundle(self.round.bundle)
        opening = self.round.openings.find(INCIDENT)
        assert opening is not None
        DynamoDBOpeningStore(create_table("openings"), utc_now).put(opening)
        self.book = DynamoDBDecisionStore(create_table("decisions"))
        for seat in SEATS:
            create_table("votes", f"quorum-test-votes-{seat.name}")
        self.keys = SeatKeys()
        self.box = DynamoDBBallotBox(lambda seat: table_named(f"quorum-test-votes-{seat}"))
        self.module: ModuleType = load(
            patch,
            "consensus",
            EVENTS_TABLE="quorum-test-events",
            VOTES_TABLE_PREFIX="quorum-test-votes-",
            DECISIONS_TABLE="quorum-test-decisions",
            EVIDENCE_BUCKET="quorum-test-evidence",
            OPENINGS_TABLE="quorum-test-openings",
            APPROVALS_TABLE=create_table("approvals").name,
            CONTROLS_TABLE=create_table("controls").name,
            OVERRIDES_TABLE=create_table("overrides").name,
            SEAT_KEYS=self.keys.setting(),
            AUTONOMY=json.dumps(autonomy),
        )

    def vote(self, confidence: int, seconds: float = 1.0) -> None:
        """Have every seat vote for the rollback, each after so many seconds."""
        now = utc_now().timestamp()
        for seat in SEATS:
            self.round.vote(
                seat.name,
                ROLLBACK.id,
                confidence,
                exp=int(now) + VOTE_LIFETIME_SECONDS,
                started_at=now - seconds,
                answered_at=now,
            )
            ballot = self.round.ballots.read(seat.name, INCIDENT, 1).ballot
            assert ballot is not None
            self.box.claim(ballot)
            self.box.cast(ballot.vote, self.keys.sealed(ballot.vote, seat.name))

    def decide(self) -> Any:
        """Invoke the function as the state machine does."""
        return self.module.lambda_handler(EVENT, CONTEXT)

    def decisions(self) -> list[DecisionMade]:
        """Return the decisions in the log."""
        return [event for event in self.store.load(INCIDENT) if isinstance(event, DecisionMade)]


def test_a_quorum_of_the_tables_is_executed_stored_and_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deployed = Deployed(monkeypatch, RULES)
    deployed.vote(8000)

    assert deployed.decide() == {"route": "execute", "then": "end", "look_again_seconds": 1}

    (made,) = deployed.decisions()
    assert (made.action, made.score_bp, len(made.votes)) == (ROLLBACK.id, 8000, 10)
    stored = deployed.book.find(INCIDENT, 1)
    assert stored is not None
    assert stored.decision["action"] == ROLLBACK.id


def test_a_repeated_invocation_returns_the_stored_decision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deployed = Deployed(monkeypatch, RULES)
    first = deployed.decide()
    assert (first["route"], first["then"]) == ("escalate", "look_again")
    deployed.vote(10_000)

    assert deployed.decide() == first
    assert len(deployed.decisions()) == 1


def test_decision_without_an_opt_in_stays_in_shadow(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = Deployed(monkeypatch, [])
    deployed.vote(10_000)

    assert deployed.decide() == {"route": "escalate", "then": "end", "look_again_seconds": 1}
    assert deployed.decisions()[0].reason.startswith("shadow")


def test_roles_that_take_too_long_are_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed = Deployed(monkeypatch, RULES)
    deployed.vote(8000, seconds=125)

    deployed.decide()

    (printed,) = [line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    metrics = json.loads(printed)
    assert metrics["RoleMaximumExceeded"] == [1.0]
    assert metrics["RoleTargetExceeded"] == [1.0, 1.0]
    assert metrics["Decided_execute"] == [1.0]


def test_a_warming_event_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = Deployed(monkeypatch, RULES)

    assert deployed.module.lambda_handler(WARMING, CONTEXT) == {"warm": True}
    assert deployed.decisions() == []
