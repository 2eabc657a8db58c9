"""Each check before an effect, taken out: the attack that it stops then has its effect.

What is printed is the counterexample: the scene, what the intruder did, and what came of it.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest

from functions.approval import authentication
from functions.consensus import decide
from functions.executor import authority, certificate, round_decision, undo
from functions.executor.ledger import FencedAction
from functions.verification import verify
from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.closing_store import DynamoDBClosingStore
from quorum.adapters.dynamodb.items import get
from quorum.adapters.dynamodb.stop_switch import KEY, DynamoDBStopSwitch
from quorum.adapters.dynamodb.verdict_store import DynamoDBVerdictStore
from quorum.domain.ballot_validation import RoundContext
from quorum.domain.evidence import Bundle
from quorum.domain.incident_records import Verified
from quorum.seats import seat
from tests.attacks.exploring import Explorer
from tests.attacks.scenes import SCENES
from tests.attacks.view import View

Patch = pytest.MonkeyPatch
Removal = Callable[[Patch, Explorer], None]
FAILS: Final = "an action that does not help"
HELPS: Final = "an action that helps"
ASKED: Final = "an approval request gets no answer"


class Check(NamedTuple):
    """A check, the attack that it stops, and how it is taken out."""

    name: str
    scene: str
    moves: tuple[tuple[str, str], ...]
    remove: Removal


def _any_bundle(patch: Patch, _: Explorer) -> None:
    """Take whatever bundle it is for the round's: else the votes about it would not count."""

    def anything(bundle: Bundle, incident: str, round_: int) -> Bundle:
        return bundle.model_copy(update={"incident_id": incident, "round": round_})

    for module in (round_decision, seat, decide, verify):
        patch.setattr(module, "require_round", anything)


def _the_logs_inverse(patch: Patch, explorer: Explorer) -> None:
    def forged(_: object) -> FencedAction:
        event = View(explorer.world).newest("InverseCaptured")
        return FencedAction(event.candidate, event.captured)

    patch.setattr(undo, "fenced_action", forged)
    _no_comparison(patch, explorer)


def _no_comparison(patch: Patch, _: Explorer) -> None:
    patch.setattr(undo, "check_log_agrees", lambda *_: None)


def _a_reason_stops(patch: Patch, _: Explorer) -> None:
    def thrown(switch: Any) -> str | None:
        item = get(switch._table, KEY)
        return None if item is None else item.get("reason")

    patch.setattr(DynamoDBStopSwitch, "thrown", thrown)


def _no_age(patch: Patch, _: Explorer) -> None:
    class Early:
        """A round context of an hour ago."""

        @staticmethod
        def of(bundle: Any, evidence: str, seats: Any, at: float) -> RoundContext:
            return RoundContext.of(bundle, evidence, seats, at - 3600)

    patch.setattr(certificate, "RoundContext", Early)


def _no_stored_end(patch: Patch, _: Explorer) -> None:
    patch.setattr(DynamoDBClosingStore, "find", lambda *_: None)


def _no_earlier_end(patch: Patch, _: Explorer) -> None:
    patch.setattr(DynamoDBClosingStore, "of_alarm", lambda *_: None)


def _no_take_over(patch: Patch, _: Explorer) -> None:
    patch.setattr(DynamoDBApprovalStore, "taken_over", lambda *_: None)


def _the_logs_verdict(patch: Patch, explorer: Explorer) -> None:
    def forged(_: object, incident: str, mode: Any, _number: int = 1) -> Verified | None:
        view = View(explorer.world)
        event = view.newest("RecoveryChecked")
        return event and Verified(
            incident_id=incident,
            mode=mode,
            action=view.wanted.id,
            verdict=event.verdict,
            verified_at=view.state.now.timestamp(),
        )

    patch.setattr(DynamoDBVerdictStore, "find", forged)


def _no_signature(patch: Patch, _: Explorer) -> None:
    patch.setattr(authentication, "signature_problem", lambda *_: None)


def _no_count(patch: Patch, _: Explorer) -> None:
    patch.setattr(authority, "_by_quorum", lambda *_: None)


CHECKS: Final = (
    Check(
        "a bundle of another incident is refused",
        ASKED,
        (("Evidence", "append evidence: the old incident's"),),
        _any_bundle,
    ),
    Check(
        "what is undone comes from the executor's own ledger",
        FAILS,
        (("VerifyRecovery", "append inverse: of a strange action"),),
        _the_logs_inverse,
    ),
    Check(
        "where the log disagrees with the ledger nothing is undone",
        FAILS,
        (("VerifyRecovery", "append inverse: of other settings"),),
        _no_comparison,
    ),
    Check("the item stops by being there", "everything is stopped", (), _a_reason_stops),
    Check(
        "votes are as old as the executor's clock says",
        FAILS,
        (("Act", "an hour passes"),),
        _no_age,
    ),
    Check(
        "whether it is closed is read where closing alone writes",
        FAILS,
        (("Act", "invoke closing: escalated"),),
        _no_stored_end,
    ),
    Check(
        "whether the alarm flaps is read where closing and intake alone write",
        "the alarm flaps",
        (),
        _no_earlier_end,
    ),
    Check(
        "who has taken it over is read where approval alone writes",
        "a person has taken it over",
        (),
        _no_take_over,
    ),
    Check(
        "whether it helped is read where verification alone writes",
        HELPS,
        (("VerifyRecovery", "append checked: failed"),),
        _the_logs_verdict,
    ),
    Check(
        "approval looks at the proof of who answers",
        ASKED,
        (
            (
                "WaitForAnswer",
                "invoke approval: granted by a person's press that Slack never signed",
            ),
        ),
        _no_signature,
    ),
    Check(
        "approval looks at the proof while a look follows",
        "a look follows",
        (
            (
                "WaitForAnswerOrLook",
                "invoke approval: granted by a person's press that Slack never signed",
            ),
        ),
        _no_signature,
    ),
    Check(
        "the executor counts the votes itself",
        FAILS,
        (
            ("Act", "rewrite decision: for another candidate"),
            ("Act", "item decision: execute"),
        ),
        _no_count,
    ),
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_removed_check_lets_an_attack_through(
    check: Check, explorers: Callable[[str], Explorer], monkeypatch: Patch
) -> None:
    explorer = explorers(check.scene)
    held = explorer.run(*check.moves)
    with monkeypatch.context() as patch:
        check.remove(patch, explorer)
        through = explorer.run(*check.moves) - held
    moves = "".join(f"\n  before {place}: {name}" for place, name in check.moves)
    effects = "".join(f"\n  → {done.words()}" for done in through)
    print(f"\nwithout “{check.name}”, in the scene “{check.scene}”:{moves}{effects}")
    assert through


def test_every_scene_restricted_by_people_has_a_check_for_it() -> None:
    tried = {check.scene for check in CHECKS}
    held_back = {"everything is stopped", "a person has taken it over", "the alarm flaps"}
    assert held_back <= tried & set(SCENES)
