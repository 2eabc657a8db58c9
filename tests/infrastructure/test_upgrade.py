"""Upgrade of a deployment from a former commit: no resource with data is replaced or lost.

CloudFormation replaces a resource whose logical id or immutable properties change. A resource with
a physical name cannot even be replaced, because the new one needs the name before the old is gone.
"""

from collections.abc import Callable

import pytest

from tests.former import sample
from tests.infrastructure.conftest import Synth
from tests.infrastructure.fixed import KEPT, Fixed, exports, fixed, indexes, rights

stages = pytest.mark.parametrize("stage", ["local", "prod"])
halves = pytest.mark.parametrize("half", ["state", "pipeline"])
OTHER = {"state": "pipeline", "pipeline": "state"}
BREAKERS = " breaker#*"
"""Formerly for all breakers. A seat that cannot read its model's breaker uses its next method."""
Synths = Callable[[str], Synth]


def before(stage: str, half: str) -> Fixed:
    found: Fixed = sample("templates")[stage][half]
    return found


def now(synths: Synths, stage: str, half: str) -> Fixed:
    synth = synths(stage)
    return fixed(synth.state if half == "state" else synth.pipeline)


@halves
@stages
def test_resources_with_data_or_addresses_are_not_replaced(
    stage: str, half: str, synths: Synths
) -> None:
    old = {i: r for i, r in before(stage, half).items() if r["Type"] in KEPT}
    new = now(synths, stage, half)

    assert old
    assert {logical: new.get(logical) for logical in old} == old


@halves
@stages
def test_no_name_moves_to_another_resource(stage: str, half: str, synths: Synths) -> None:
    old = names(before(stage, half))
    new, other = (names(now(synths, stage, one)) for one in (half, OTHER[half]))

    assert {name: new.get(name, logical) for name, logical in old.items()} == old
    assert not old.keys() & other.keys()


def names(found: Fixed) -> dict[tuple[str, str], str]:
    """Return the logical id of each resource with a physical name, by type and name."""
    named = {
        logical: next((str(v) for k, v in resource.items() if k.endswith("Name")), None)
        for logical, resource in found.items()
    }
    return {(found[i]["Type"], name): i for i, name in named.items() if name}


@stages
def test_exports_of_the_former_state_stack_remain(stage: str, synths: Synths) -> None:
    """The state stack is updated first, while the former pipeline stack still uses its imports."""
    old = sample("templates")[stage]["exports"]
    new = exports(synths(stage).state)

    assert {export: new.get(export) for export in old} == old


@stages
def test_a_table_gains_or_loses_at_most_one_index(stage: str, synths: Synths) -> None:
    """DynamoDB allows one index change per update."""
    old, new = sample("templates")[stage]["indexes"], indexes(synths(stage).state)

    for table, keys in old.items():
        assert {n: new[table][n] for n in keys if n in new[table]} == {
            n: key for n, key in keys.items() if n in new[table]
        }
        assert len(keys.keys() ^ new[table].keys()) <= 1


@stages
def test_signers_keep_the_permissions_of_their_former_code(stage: str, synths: Synths) -> None:
    """Their roles are in the state stack, so former code runs with new roles for some minutes."""
    old, new = sample("templates")[stage]["rights"], rights(synths(stage).state)

    lost = {role: {*held} - {*new[role]} for role, held in old.items()}
    missed = {
        role: {one for one in rights if not one.endswith(BREAKERS)} for role, rights in lost.items()
    }
    assert {role: one for role, one in missed.items() if one} == {}
