"""Each mutant of the state machine breaks a rule, and the original breaks none."""

import pytest

from quorum.domain.seats import SEATS
from tests.unit.stacks.checks import CHECKS, Check
from tests.unit.stacks.machines import Machine, generated, states
from tests.unit.stacks.mutants import MUTANTS, Mutate


@pytest.mark.parametrize("mutate", MUTANTS, ids=lambda mutate: mutate.__name__)
def test_a_mutated_machine_breaks_a_rule(mutate: Mutate) -> None:
    machine = generated()
    mutate(machine)
    assert any(_fails(check, machine) for check in CHECKS)


def test_the_unmodified_machine_breaks_no_rule() -> None:
    machine = generated()
    assert len(list(states(machine))) > 60
    assert not any(_fails(check, machine) for check in CHECKS)


def _fails(check: Check, machine: Machine) -> bool:
    try:
        check(machine, SEATS)
    except (AssertionError, KeyError):
        return True
    return False
