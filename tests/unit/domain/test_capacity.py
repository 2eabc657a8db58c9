"""A table's and its indexes' capacity gets back what was lowered, and nothing else."""

from typing import Any

import pytest

from functions.executor.targets import CapacityTarget
from quorum.domain.catalogue import Situation, candidates
from quorum.domain.changes import derive_changes
from quorum.domain.evidence import Candidate, Change, ResourceState, Scalar
from tests.builders import evidence
from tests.builders.alarms import alarm

TABLE = "dynamodb:items"
SETTINGS: dict[str, Scalar] = {"billing": "PROVISIONED", "read_units": 5, "write_units": 7}
INDEXED: dict[str, Scalar] = {
    **SETTINGS,
    "index/by-day/read_units": 3,
    "index/by-day/write_units": 4,
}


def lowered(setting: str, before: Scalar, after: Scalar, at: int = 100) -> Change:
    return evidence.change(
        TABLE, "table", at, id=f"change:{setting}", setting=setting, values=(before, after)
    )


def offered(
    settings: dict[str, Scalar], *changes: Change, alarms: tuple[Any, ...] = ()
) -> tuple[Candidate, ...]:
    state = ResourceState(resource=TABLE, settings=settings)
    found = candidates(Situation((state,), changes, alarms))
    assert all(CapacityTarget.model_validate(c.parameters).resource == TABLE for c in found)
    return found


def watching(**dimensions: str) -> Any:
    """Return an alarm on throttles of the table or of an index."""
    return alarm(dimensions=tuple(sorted(dimensions.items())), resources=(TABLE,))


def test_only_the_lowered_units_are_restored() -> None:
    (found,) = offered(SETTINGS, lowered("read_units", 50, 5))
    assert (found.parameters["to_read"], found.parameters["to_write"]) == (50, 7)
    assert found.cites == ("change:read_units",)


def test_table_that_left_on_demand_billing_gets_it_back_citing_the_change() -> None:
    left = lowered("billing", "PAY_PER_REQUEST", "PROVISIONED")
    (found,) = offered(SETTINGS, left, lowered("read_units", 0, 5), lowered("write_units", 0, 7))
    assert found.parameters["to_billing"] == "PAY_PER_REQUEST"
    assert "to_read" not in found.parameters
    assert found.cites == ("change:billing",)
    assert offered(INDEXED, left) == ()


@pytest.mark.parametrize(
    "changes",
    [(), (lowered("read_units", 2, 5),), (lowered("read_units", 50, 6),)],
    ids=["unchanged", "raised", "changed since"],
)
def test_capacity_that_no_one_lowered_is_left_alone(changes: tuple[Change, ...]) -> None:
    assert offered(SETTINGS, *changes) == ()


@pytest.mark.parametrize("extra", [{"autoscaled": True}, {"deploying": True}])
def test_capacity_that_other_automation_owns_is_not_proposed(extra: dict[str, Scalar]) -> None:
    assert offered({**SETTINGS, **extra}, lowered("read_units", 50, 5)) == ()


def test_index_gets_its_own_units_back() -> None:
    found = derive_changes(
        TABLE, {**INDEXED, "index/by-day/write_units": 40}, INDEXED, seen=1, now=60
    )
    (candidate,) = offered(INDEXED, *found)
    assert candidate.parameters == {
        "table": "items",
        "index": "by-day",
        "from_read": 3,
        "from_write": 4,
        "to_read": 3,
        "to_write": 40,
    }
    assert candidate.observed == {
        "billing": "PROVISIONED",
        "index/by-day/read_units": 3,
        "index/by-day/write_units": 4,
    }
    assert offered({**INDEXED, "index/by-day/autoscaled": True}, *found) == ()


def test_alarm_on_an_index_is_not_answered_with_the_tables_capacity() -> None:
    both = (lowered("write_units", 70, 7), lowered("index/by-day/write_units", 40, 4))
    index = watching(TableName="items", GlobalSecondaryIndexName="by-day")
    table = watching(TableName="items")

    def raised(*alarms: Any) -> list[str]:
        return sorted(
            str(c.parameters.get("index")) for c in offered(INDEXED, *both, alarms=alarms)
        )

    assert raised(index) == ["by-day"]
    assert raised(table) == ["None"]
    assert raised(index, table) == raised() == ["None", "by-day"]
    assert offered(SETTINGS, both[0], alarms=(index,)) == ()
