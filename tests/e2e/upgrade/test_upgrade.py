"""An upgrade over open incidents, waiting approvals and a thrown stop loses none of them.

The stacks of a former commit are deployed by that commit's own code; two incidents request
approval, and the stop is thrown. Then today's stacks are deployed over them, with the real CDK.
"""

from collections.abc import Iterator

import pytest

from local import daemon
from local.emulator import Emulator
from quorum.domain.events import (
    ActionRefused,
    ActionTaken,
    ApprovalAnswered,
    ApprovalRequested,
    IncidentClosed,
    RecoveryChecked,
)
from quorum.domain.incident import replay
from tests.e2e.upgrade import former
from tests.e2e.upgrade.upgrading import ANNEX, SHOP, Upgraded

pytestmark = pytest.mark.fast

SEED = 7


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    try:
        former.tree()
    except former.MissingCommitError as error:
        pytest.skip(f"this clone does not hold {former.COMMIT}, as a shallow one does not: {error}")
    home = tmp_path_factory.mktemp("stage") / "stage.json"
    with (
        pytest.MonkeyPatch.context() as patch,
        Emulator() as emulator,
        former.running(emulator.port, SEED) as old,
    ):
        patch.setattr(daemon, "FILE", home)
        status = old.output_of("stopped")
        played = Upgraded(emulator, {name: status[name] for name in (SHOP, ANNEX)}, home)
        played.play()
        yield played


def test_open_incidents_and_their_approval_requests_remain(upgraded: Upgraded) -> None:
    assert set(upgraded.before) == set(upgraded.after) == {SHOP, ANNEX}
    for name, events in upgraded.before.items():
        assert any(isinstance(event, ApprovalRequested) for event in events)
        assert list(upgraded.after[name])[: len(events)] == list(events)
        assert list(upgraded.ended[name])[: len(events)] == list(events)
        assert replay(upgraded.ended[name]).head


def test_no_stateful_resource_is_replaced(upgraded: Upgraded) -> None:
    before, after = upgraded.kept

    assert len(before) > 20
    assert {name: after.get(name) for name in before} == before


def test_the_stop_switch_stays_set_until_a_person_lifts_it(upgraded: Upgraded) -> None:
    assert upgraded.controls["stopped"] == "an upgrade"
    assert upgraded.lifted["stopped"] is None


def test_an_action_approved_while_stopped_is_refused(upgraded: Upgraded) -> None:
    (answered,) = upgraded.facts(ANNEX, ApprovalAnswered)
    (refused,) = upgraded.facts(ANNEX, ActionRefused)
    (closed,) = upgraded.facts(ANNEX, IncidentClosed)

    assert answered.answer == "granted"
    assert (refused.guard, refused.reason) == ("stop_switch", "an upgrade")
    assert upgraded.facts(ANNEX, ActionTaken) == []
    assert (closed.outcome, closed.reason) == ("escalated", "refused")


def test_an_earlier_approval_request_is_granted_executed_and_verified(upgraded: Upgraded) -> None:
    assert upgraded.facts(SHOP, ActionRefused) == []
    (answered,) = upgraded.facts(SHOP, ApprovalAnswered)
    (taken,) = upgraded.facts(SHOP, ActionTaken)
    (checked,) = upgraded.facts(SHOP, RecoveryChecked)
    (closed,) = upgraded.facts(SHOP, IncidentClosed)

    assert (answered.answer, answered.by and answered.by.outsider) == ("granted", "operator")
    assert taken.action == answered.action
    assert taken.action.startswith("ssm.restore_parameter:")
    assert checked.verdict == "recovered"
    assert (closed.outcome, closed.reason) == ("resolved", "recovered")


def test_restrictions_by_people_remain(upgraded: Upgraded) -> None:
    held = {"verb": "ssm.restore_parameter", "resource": "ssm:shop-*", "mode": "approve"}

    assert upgraded.controls["restrictions"] == [held]
