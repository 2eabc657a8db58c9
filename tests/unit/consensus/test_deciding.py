"""One decision per round, whatever is retried, lost or late."""

from threading import Barrier
from typing import Any

import pytest

from quorum.application.recorder import Recorder
from quorum.domain.errors import (
    InvalidHistoryError,
    InvalidInputError,
    StoreUnavailableError,
)
from quorum.domain.events import DecisionMade, RoleOverran
from quorum.domain.seats import SEATS
from quorum.ports.voting import SeatRecord
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.consensus import Round
from tests.builders.events import INCIDENT, add
from tests.fakes.clock import CountingIds
from tests.fakes.event_store import LostResponses


def decisions(round_: Round) -> list[DecisionMade]:
    return [fact for fact in round_.store.load(INCIDENT) if isinstance(fact, DecisionMade)]


def test_repeated_decision_is_the_same_when_late_ballots_have_arrived() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 6000)
    first = round_.decide()
    round_.all_vote(RAISE.id, 10_000)

    assert round_.decide() == first
    assert decisions(round_) == [first]


def test_vote_tables_are_read_concurrently(monkeypatch: pytest.MonkeyPatch) -> None:
    round_, gate = Round(), Barrier(len(SEATS))
    round_.all_vote(ROLLBACK.id, 6000)
    read = round_.ballots.read

    def together(*about: Any) -> SeatRecord:
        gate.wait(timeout=60)
        return read(*about)

    monkeypatch.setattr(round_.ballots, "read", together)
    assert len(round_.decide().votes) == len(SEATS)


def test_unreadable_vote_table_prevents_a_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 9000)

    def down(*_: Any) -> SeatRecord:
        raise StoreUnavailableError("votes table")

    monkeypatch.setattr(round_.ballots, "read", down)
    with pytest.raises(StoreUnavailableError):
        round_.decide()
    assert decisions(round_) == []


def test_stored_decision_without_an_event_is_recorded_unchanged() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 6000)
    died = Round()
    died.decisions = round_.decisions
    died.all_vote(ROLLBACK.id, 6000)
    died.decide()
    round_.all_vote(RAISE.id, 10_000)

    made = round_.decide()

    assert (made.action, made.route) == (ROLLBACK.id, "approve")


def test_lost_response_adds_no_second_decision_event() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id)
    lossy = LostResponses(round_.store, losses=1)
    round_.recorder = Recorder(lossy, now=round_.clock, new_id=CountingIds("lossy"))
    with pytest.raises(Exception, match="lost"):
        round_.decide()

    assert round_.decide().route == "execute"
    assert len(decisions(round_)) == 1


def test_decision_event_has_every_vote_and_the_rounds_evidence() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id)

    made = round_.decide()

    assert (made.evidence, made.round) == (round_.digest, 1)
    assert {(v.action, v.conf_bp, v.reason.outsider) for v in made.votes} == {
        (ROLLBACK.id, 9000, "because")
    }


def test_stored_decision_equals_the_decision_event() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id)
    made = round_.decide()

    stored = round_.decisions.find(INCIDENT, 1)

    assert stored is not None
    assert made.model_dump(mode="json").items() >= stored.decision.items()


def test_overrun_of_a_roles_target_is_recorded_once() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id)
    now = round_.clock().timestamp()
    round_.vote("detection-statistical", ROLLBACK.id, started_at=now - 41, answered_at=now - 10)
    round_.vote("prediction-model", ROLLBACK.id, started_at=now - 152, answered_at=now - 1)
    event = {"incident_id": INCIDENT, "round": 1, "seats": []}

    late = round_.consensus().decide(event).late
    round_.decide()

    assert [(t.role, t.seconds, t.target, t.maximum) for t in late] == [
        ("detection", 40, 30, 60),
        ("prediction", 151, 90, 150),
    ]
    events = [fact for fact in round_.store.load(INCIDENT) if isinstance(fact, RoleOverran)]
    assert [fact.timing.role for fact in events] == ["detection", "prediction"]


def test_duration_equal_to_the_target_is_no_overrun() -> None:
    round_ = Round()
    now = round_.clock().timestamp()
    round_.vote("resolution-policy", ROLLBACK.id, started_at=now - 180, answered_at=now)

    event = {"incident_id": INCIDENT, "round": 1, "seats": []}
    assert round_.consensus().decide(event).late == ()


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"round": 1}, "incident_id"),
        ({"incident_id": "x", "round": 1}, "incident_id"),
        ({"incident_id": INCIDENT, "round": 0}, "round"),
        ({"incident_id": INCIDENT, "round": 2}, "round"),
        ({"incident_id": INCIDENT, "round": 1, "votes": []}, "votes"),
        ({"incident_id": INCIDENT, "round": 1, "seats": [{}]}, "seats"),
    ],
)
def test_invalid_request_error_names_the_field(event: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputError, match=field):
        Round().consensus().decide(event)


def test_unknown_incident_is_not_decided() -> None:
    with pytest.raises(InvalidHistoryError):
        Round().consensus().decide({"incident_id": "b" * 32, "round": 1})


@pytest.mark.parametrize("changed", [{"incident_id": "b" * 32}, {"round": 2}], ids=str)
def test_evidence_of_another_incident_or_round_is_not_decided_on(changed: dict[str, Any]) -> None:
    round_ = Round(foreign=changed)
    round_.all_vote(ROLLBACK.id)

    with pytest.raises(InvalidHistoryError, match="the evidence belongs to"):
        round_.decide()
    assert decisions(round_) == []


def test_forged_decision_event_is_not_the_rounds_decision() -> None:
    round_ = Round()
    forged = {
        "round": 1,
        "evidence": round_.digest,
        "route": "execute",
        "action": RAISE.id,
        "score_bp": 10_000,
        "ranking": (),
        "votes": (),
        "silent": (),
        "reason": "quorum",
        "level": None,
    }
    add(round_.recorder, INCIDENT, DecisionMade, **forged)

    made = round_.decide()

    assert (made.route, made.action) == ("escalate", None)
    assert decisions(round_)[-1] == made
