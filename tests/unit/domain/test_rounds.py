"""Rounds in the fold of an incident, in sentences, and in the outcomes that learning keeps."""

from typing import Any

from functions.learning.learn import learn
from functions.projection.view import view
from quorum.domain.base import OutsiderText
from quorum.domain.events import (
    ActionTaken,
    ActionUndone,
    IncidentClosed,
    InverseCaptured,
    RecoveryChecked,
    VoteCast,
)
from quorum.domain.fingerprint import fingerprint
from quorum.domain.outcomes import action_helped, seat_outcomes, verb_taken
from quorum.narrative import next_look, plain, tried
from tests.builders.bundles import bundle
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.evidence import deployed
from tests.builders.incidents import IncidentStores
from tests.builders.streams import published
from tests.fakes.memory import InMemoryMemory

KNOWN = {candidate.id: candidate for candidate in (ROLLBACK, RAISE)}


class Rounds(IncidentStores):
    """An incident, decided round by round."""

    def __init__(self) -> None:
        super().__init__()
        self.write_opening()

    def decide(self, round_: int, action: str, **changed: Any) -> None:
        """Freeze the round's evidence and decide it; one seat votes for the action."""
        cast = VoteCast(
            seat="diagnosis-change",
            tier="change-onset",
            action=action,
            conf_bp=9000,
            reason=OutsiderText.of("because"),
        )
        self.write_evidence(bundle(round=round_, candidates=tuple(KNOWN.values())))
        self.write_decision(round=round_, action=action, votes=(cast,), **changed)

    def act(self, action: str, verdict: str) -> None:
        """Take the action, verify it, and undo it if it failed."""
        self.add(
            InverseCaptured,
            action=action,
            candidate=KNOWN[action],
            captured={},
            approval_id=None,
        )
        self.add(ActionTaken, action=action, written={}, request_id="r")
        self.write_check(verdict)
        if verdict == "failed":
            self.add(ActionUndone, action=action, restored={}, request_id="r")


def second_cause() -> Rounds:
    """Return an incident whose first action was undone and whose second one helped."""
    incident = Rounds()
    incident.decide(1, ROLLBACK.id)
    incident.act(ROLLBACK.id, "failed")
    incident.decide(2, RAISE.id)
    incident.act(RAISE.id, "recovered")
    return incident


def test_each_round_keeps_what_followed_its_decision() -> None:
    first, second = second_cause().incident.rounds

    assert first.undone is not None
    assert first.evidence is not None
    assert first.evidence.round == 1
    assert second.undone is None
    assert second.checked is not None
    assert second.checked.verdict == "recovered"


def test_an_undone_action_is_no_longer_in_force() -> None:
    incident = Rounds()
    incident.decide(1, ROLLBACK.id)
    incident.act(ROLLBACK.id, "failed")
    assert not incident.incident.in_force

    incident.decide(2, RAISE.id)
    assert incident.incident.taken is None
    assert incident.incident.last_action is not None
    incident.act(RAISE.id, "partial")
    assert incident.incident.in_force


def test_a_round_lasts_until_the_next_decision() -> None:
    incident = Rounds()
    incident.decide(1, ROLLBACK.id)
    incident.write_approval_request("a" * 32)
    incident.write_evidence(bundle(round=2))

    waiting = incident.incident
    assert waiting.approval is not None
    assert waiting.basis is not None
    assert waiting.basis.round == 1
    incident.write_decision(round=2)
    assert incident.incident.approval is None


def test_a_repeated_decision_of_a_round_ends_no_round() -> None:
    incident = Rounds()
    incident.decide(1, ROLLBACK.id)
    incident.act(ROLLBACK.id, "recovered")
    incident.write_decision(round=1, stored=False)

    assert incident.incident.taken is not None
    assert incident.incident.earlier == ()


def test_earlier_actions_are_shown_with_their_results() -> None:
    (line,) = map(plain, tried(second_cause().incident, KNOWN))

    assert line.startswith("Round 1: Roll back checkout:live")
    assert "undone" in line
    assert tried(Rounds().incident, KNOWN) == []


def test_the_time_of_the_next_look_is_shown() -> None:
    incident = Rounds()
    incident.decide(1, ROLLBACK.id, look_again_seconds=60)
    decision = incident.incident.decision
    assert decision is not None

    (line,) = map(plain, next_look(decision))
    assert "vote again" in line
    assert next_look(decision.model_copy(update={"look_again_seconds": 0})) == []


def test_each_action_is_credited_by_its_own_verification() -> None:
    incident = second_cause().incident

    assert [one.right for one in seat_outcomes(incident)] == [False, True]
    assert (verb_taken(incident), action_helped(incident)) == (RAISE.verb, True)


def test_the_fingerprint_is_that_of_the_evidence_behind_the_last_action() -> None:
    incident = Rounds()
    incident.decide(1, ROLLBACK.id)
    incident.act(ROLLBACK.id, "failed")
    acted_on = incident.incident.basis
    incident.write_evidence(bundle(round=2, changes=(deployed("lambda:checkout", 0),)))
    incident.write_decision(round=2, action=None)
    incident.add(IncidentClosed, outcome="undone", reason="decision")

    newest = published(incident.store.load(incident.incident_id))[-1]
    kept = learn(newest, incident.store, incident.evidence, InMemoryMemory())

    assert acted_on is not None
    assert kept is not None
    assert kept.fingerprint == fingerprint(incident.evidence.get_bundle(acted_on.evidence))


def test_a_look_that_led_to_no_action_counts_no_vote_and_partial_help_is_neither() -> None:
    incident = Rounds()
    incident.decide(1, ROLLBACK.id)
    incident.decide(2, ROLLBACK.id)
    incident.act(ROLLBACK.id, "partial")

    assert [one.right for one in seat_outcomes(incident.incident)] == [None]
    assert action_helped(incident.incident) is None


def test_the_read_model_shows_the_last_action() -> None:
    details = view(second_cause().incident, KNOWN).details

    assert (details["acted"], details["undone"], details["verdict"]) == (True, False, "recovered")
    checked = second_cause().facts(RecoveryChecked)[-1]
    assert details["recovered_at"] == checked.occurred_at.isoformat()
