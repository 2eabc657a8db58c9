"""The log of controls: one contract for the fake and for DynamoDB."""

import pytest

from quorum.adapters.dynamodb.control_log import DynamoDBControlLog
from quorum.domain.errors import ConcurrencyConflictError
from quorum.domain.restrictions import Restriction
from quorum.ports.voting import ControlLog
from tests.builders.people import held_back
from tests.fakes.control_log import InMemoryControlLog
from tests.integration.tables import create_table

HOLD = Restriction(verb="ssm.restore_parameter", resource="ssm:*", mode="shadow")
both = pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])


def control_log(kind: str) -> ControlLog:
    """Return the log."""
    in_memory = kind == "in_memory"
    return InMemoryControlLog() if in_memory else DynamoDBControlLog(create_table("overrides"))


@both
def test_control_log_returns_the_newest_change(kind: str) -> None:
    log = control_log(kind)
    assert log.newest("modes") is None
    changes = [held_back(HOLD, version=n + 1) for n in range(12)]
    for change in changes:
        log.append(change)

    assert log.newest("modes") == changes[-1]
    assert log.recent("modes", 3) == changes[:-4:-1]
    assert log.newest("stop") is None


@both
def test_a_change_is_never_rewritten(kind: str) -> None:
    log = control_log(kind)
    log.append(held_back(HOLD))

    with pytest.raises(ConcurrencyConflictError):
        log.append(held_back())
    assert log.newest("modes") == held_back(HOLD)
