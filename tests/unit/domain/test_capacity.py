"""Candidates for a throttled table: more capacity units, or on-demand billing."""

import pytest

from functions.executor.targets import CapacityTarget
from quorum.domain.catalogue import TABLE_UNITS, Situation, candidates
from quorum.domain.evidence import Candidate, Change, ResourceState, Scalar
from tests.builders import evidence

TABLE = "dynamodb:items"


def changed(setting: str, before: Scalar, after: Scalar, at: int) -> Change:
    return evidence.change(
        TABLE, "table", at, id=f"change:{setting}", setting=setting, values=(before, after)
    )


def offered(read: int, write: int, *changes: Change) -> Candidate:
    settings: dict[str, Scalar] = {"billing": "PROVISIONED", "read_units": read}
    state = ResourceState(resource=TABLE, settings={**settings, "write_units": write})
    (found,) = candidates(Situation(states=(state,), changes=changes))
    assert CapacityTarget.model_validate(found.parameters).resource == TABLE
    return found


def test_capacity_candidate_doubles_the_tables_units() -> None:
    found = offered(5, 7, changed("read_units", 10, 5, 100))
    assert (found.parameters["to_read"], found.parameters["to_write"]) == (10, 14)
    assert found.cites == ("change:read_units",)


def test_table_that_left_on_demand_billing_gets_it_back_citing_the_change() -> None:
    left = changed("billing", "PAY_PER_REQUEST", "PROVISIONED", 100)
    found = offered(5, 5, left, changed("read_units", 0, 5, 100), changed("write_units", 0, 5, 100))
    assert found.parameters["to_billing"] == "PAY_PER_REQUEST"
    assert "to_read" not in found.parameters
    assert found.cites == ("change:billing",)


@pytest.mark.parametrize(("units", "on_demand"), [(TABLE_UNITS // 2, False), (20_001, True)])
def test_table_at_its_limit_gets_on_demand_billing_only(units: int, on_demand: bool) -> None:  # noqa: FBT001
    for read, write in ((units, 1), (1, units)):
        assert ("to_billing" in offered(read, write).parameters) is on_demand
