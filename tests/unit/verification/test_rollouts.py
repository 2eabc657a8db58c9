"""A rollout that runs for minutes: the deadlines count from its end, and end by the cap."""

from quorum.domain.errors import SourceUnavailableError
from quorum.ports.telemetry import Rollout
from tests.builders.candidates import RESOURCE
from tests.builders.verification import DEADLINE, EARLIEST, WINDOW, Verified

RUNNING = Rollout(running=True, ended_at=None)
SLOW = 600


def rolled_out(scene: Verified, seconds: float) -> Rollout:
    return Rollout(running=False, ended_at=scene.effect + seconds)


def slow() -> Verified:
    """Return an incident whose requests fail until the rollout ended."""
    scene = Verified()
    scene.alarm("ALARM")
    scene.traffic(errors=lambda since: 100 if since < SLOW else 0)
    return scene


def test_requests_that_fail_during_a_rollout_are_no_failure() -> None:
    scene = slow()
    scene.rollouts.rollouts[RESOURCE] = RUNNING

    assert scene.at(EARLIEST) == "pending"
    assert scene.at(SLOW) == "pending"
    scene.rollouts.rollouts[RESOURCE] = rolled_out(scene, SLOW)
    scene.alarm("OK")
    assert scene.at(SLOW + WINDOW) == "recovered"


def test_the_deadlines_count_from_the_end_of_the_rollout() -> None:
    scene = slow()
    scene.rollouts.rollouts[RESOURCE] = rolled_out(scene, SLOW)

    assert scene.at(SLOW + DEADLINE - 1) == "pending"
    assert scene.at(SLOW + DEADLINE) == "unverified"
    assert scene.checked[0].seconds == SLOW + DEADLINE


def test_requests_that_fail_after_the_rollout_have_failed() -> None:
    scene = Verified()
    scene.traffic(errors=lambda _: 100)
    scene.rollouts.rollouts[RESOURCE] = rolled_out(scene, SLOW)

    assert scene.at(SLOW + EARLIEST - 1) == "pending"
    assert scene.at(SLOW + EARLIEST) == "failed"


def test_a_rollout_that_never_ends_is_waited_for_until_the_cap() -> None:
    scene = slow()
    scene.traffic(until=0)
    scene.rollouts.rollouts[RESOURCE] = RUNNING

    assert scene.at(scene.deadline.cap_seconds - 1) == "pending"
    assert scene.at(scene.deadline.cap_seconds) == "unverified"


def test_a_rollout_from_before_the_action_does_not_count() -> None:
    scene = Verified()
    scene.rollouts.rollouts[RESOURCE] = rolled_out(scene, -SLOW)

    assert scene.at(WINDOW) == "recovered"


def test_a_rollout_that_cannot_be_read_delays_nothing() -> None:
    scene = Verified()
    scene.rollouts.error = SourceUnavailableError("no answer")

    assert scene.at(WINDOW) == "recovered"
