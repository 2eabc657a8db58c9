"""No page is lost without an alarm: it is sent, or waits, or is with the dead letters, or counted.

Where a person has to look, people are notified whatever one compromised role does: or an alarm that
goes to people by SNS, which no role of Quorum's can reach, has something to alarm on.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.attacks.cloud.deployed import Deployed
from tests.attacks.cloud.state import State
from tests.attacks.cloud.writers import writers
from tests.attacks.exploring import Explorer, Moves, primitives
from tests.attacks.scenes import SCENES
from tests.attacks.world import World

PAGED = (
    "an action that does not help",
    "no quorum",
    "an approval request gets no answer",
    "everything is stopped",
)
WORDS = (
    "scalated",
    "Needs your decision",
    "Needs attention",
    "awaiting approval",
    "approval requested",
)
"""The subject of a page."""


@pytest.fixture(scope="module")
def watched(deployed: Deployed) -> frozenset[tuple[str, str]]:
    """(function, metric) of Quorum's own metrics that an alarm to SNS watches."""
    prefix = deployed.synth.named("")
    topics = {deployed.arn(logical) for logical, _ in deployed.of("AWS::SNS::Topic")}
    return frozenset(
        (str(alarm["Dimensions"][0]["Value"]).removeprefix(prefix), str(alarm["MetricName"]))
        for _, alarm in deployed.of("AWS::CloudWatch::Alarm")
        if topics & set(alarm.get("AlarmActions", ()))
    )


def test_alarms_watch_dead_letters_both_queues_and_failed_runs(
    watched: frozenset[tuple[str, str]],
) -> None:
    assert {"dead-letters", "outbox", "alarms"} <= {name for name, _ in watched}


@pytest.mark.parametrize("scene", PAGED)
def test_one_move_at_any_moment_loses_no_page_without_an_alarm(
    scene: str, world: World, roles: tuple[str, ...], watched: frozenset[tuple[str, str]]
) -> None:
    trusted = trusted_roles(world.account.deployed)
    others = tuple(role for role in roles if role not in trusted)
    explorer = Explorer(world, SCENES[scene], primitives(world.account), silent=("postmortem",))
    lost = list(_lost(explorer, others, lambda state: _reported(world, state, watched)))
    counts = f"{explorer.ends} ends of {len(explorer.powers)} roles' moves"
    print(f"\n{scene}: {counts}, {len(lost)} pages lost without an alarm")
    assert not lost, "\n".join(lost[:8])


def trusted_roles(deployed: Deployed) -> frozenset[str]:
    """Return the roles trusted with verdicts, ends and deliveries."""
    stores = ("verifications", "closings", "notifications")
    return frozenset[str]().union(*(writers(deployed, store) for store in stores))


def test_roles_trusted_with_verdicts_ends_and_deliveries(deployed: Deployed) -> None:
    assert trusted_roles(deployed) == {"closing", "communication", "courier", "verification"}


def _lost(
    explorer: Explorer, roles: tuple[str, ...], reported: Callable[[State], bool]
) -> Iterator[str]:
    """Yield in words what lost a page."""
    classes = frozenset(explorer.classes(roles))
    for moves, state in explorer.ended(Moves((), classes)):
        if not reported(state):
            names = {move.primitive for move in moves.moves}
            able = sorted(role for role in roles if names <= explorer.powers[role])
            yield f"{', '.join(able)}: {'; '.join(move.words() for move in moves.moves)}"


def _reported(world: World, state: State, watched: frozenset[tuple[str, str]]) -> bool:
    """Return whether people are or will be notified, or an alarm fires."""
    before = len(world.rested.mails)
    sent = any(word in mail for mail in state.mails[before:] for word in WORDS)
    waits = any(state.queues.get(world.queue(q), ()) for q in ("dead-letters", "outbox", "alarms"))
    since = state.counted[len(world.rested.counted) :]
    counted = any(one.value and (one.function, one.name) in watched for one in since)
    died = any(run.status == "FAILED" for run in state.executions.values())
    return sent or waits or counted or died
