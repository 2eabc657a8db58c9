"""Each way to break the generator breaks a rule: the rules see what they claim to see."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.shared.domain.seats import SEATS
from tests.unit.stacks.checks import CHECKS
from tests.unit.stacks.machines import Machine, generated, states, tasks

Mutate = Callable[[Machine], Any]


def _drop_one_retry_name(machine: Machine) -> None:
    machine["States"]["Consensus"]["Retry"][0]["ErrorEquals"].remove("StoreUnavailableError")


def _retry_base_classes(machine: Machine) -> None:
    for _, state in tasks(machine):
        state["Retry"][0]["ErrorEquals"] = ["TransientError"]


def _no_jitter(machine: Machine) -> None:
    machine["States"]["Act"]["Retry"][0]["JitterStrategy"] = "NONE"


def _no_retry_in_a_branch(machine: Machine) -> None:
    branch = machine["States"]["Detection"]["Branches"][0]
    branch["States"][branch["StartAt"]]["Retry"] = []


def _dangling_catch(machine: Machine) -> None:
    machine["States"]["Undo"]["Catch"][0]["Next"] = "Nowhere"


def _uncaught_stage(machine: Machine) -> None:
    machine["States"]["Detection"]["Catch"][0]["ErrorEquals"] = ["States.Timeout"]


def _end_after_detection(machine: Machine) -> None:
    del machine["States"]["Detection"]["Next"]
    machine["States"]["Detection"]["End"] = True


def _skip_a_level(machine: Machine) -> None:
    machine["States"]["Detection"]["Next"] = "Resolution"


def _levels_reversed(machine: Machine) -> None:
    found = machine["States"]
    found["Evidence"]["Next"] = "Resolution"
    found["Resolution"]["Next"] = "DiagnosisAndPrediction"
    found["DiagnosisAndPrediction"]["Next"] = "Detection"
    found["Detection"]["Next"] = "Consensus"


def _a_seat_is_not_asked(machine: Machine) -> None:
    machine["States"]["DiagnosisAndPrediction"]["Branches"].pop()


def _a_seat_is_asked_at_anothers_function(machine: Machine) -> None:
    one, other = machine["States"]["Detection"]["Branches"]
    one["States"][one["StartAt"]]["Resource"] = other["States"][other["StartAt"]]["Resource"]


def _no_abstention(machine: Machine) -> None:
    branch = machine["States"]["Resolution"]["Branches"][0]
    last = branch["States"]["resolution-policy by policy-rules"]
    last["Catch"] = []
    del branch["States"]["resolution-policy abstains"]


def _tiers_swapped(machine: Machine) -> None:
    branch = machine["States"]["Resolution"]["Branches"][0]
    branch["StartAt"] = "resolution-policy by policy-rules"


def _abstention_fails_the_branch(machine: Machine) -> None:
    branch = machine["States"]["Resolution"]["Branches"][0]
    branch["States"]["resolution-policy abstains"] = {"Type": "Fail", "Parameters": {}}


def _one_attempt_too_many(machine: Machine) -> None:
    branch = machine["States"]["Resolution"]["Branches"][0]
    branch["States"][branch["StartAt"]]["Retry"][0]["MaxAttempts"] += 1


def _consensus_does_not_hear_the_last(machine: Machine) -> None:
    heard = machine["States"]["Consensus"]["Parameters"]
    heard["seats.$"] = heard["seats.$"].replace(", $.votes_2[0]", "")


def _a_message_fails_the_run(machine: Machine) -> None:
    machine["States"]["TellDecision"]["Catch"][0]["Next"] = "EscalatePipeline"


def _verify_without_waiting(machine: Machine) -> None:
    machine["States"]["Recovered"]["Choices"][0]["Next"] = "VerifyRecovery"


def _act_on_an_approval_that_nobody_asked_for(machine: Machine) -> None:
    machine["States"]["Route"]["Choices"][0]["Next"] = "ActApproved"


def _nothing_bounds_the_run(machine: Machine) -> None:
    machine["TimeoutSeconds"] = 600


def _the_loop_never_ends(machine: Machine) -> None:
    for choice in machine["States"]["Recovered"]["Choices"]:
        choice["Next"] = "WaitForRecovery"
    machine["States"]["Recovered"]["Default"] = "WaitForRecovery"


MUTANTS: tuple[Mutate, ...] = (
    _drop_one_retry_name,
    _retry_base_classes,
    _no_jitter,
    _no_retry_in_a_branch,
    _dangling_catch,
    _uncaught_stage,
    _end_after_detection,
    _skip_a_level,
    _levels_reversed,
    _a_seat_is_not_asked,
    _a_seat_is_asked_at_anothers_function,
    _no_abstention,
    _tiers_swapped,
    _abstention_fails_the_branch,
    _one_attempt_too_many,
    _consensus_does_not_hear_the_last,
    _a_message_fails_the_run,
    _verify_without_waiting,
    _act_on_an_approval_that_nobody_asked_for,
    _nothing_bounds_the_run,
    _the_loop_never_ends,
)


@pytest.mark.parametrize("mutate", MUTANTS, ids=lambda mutate: mutate.__name__)
def test_a_broken_machine_breaks_a_rule(mutate: Mutate) -> None:
    machine = generated()
    mutate(machine)
    assert any(_fails(check, machine) for check in CHECKS)


def test_what_is_not_broken_breaks_none() -> None:
    machine = generated()
    assert len(list(states(machine))) > 60
    assert not any(_fails(check, machine) for check in CHECKS)


def _fails(check: Callable[..., None], machine: Machine) -> bool:
    try:
        check(machine, SEATS)
    except (AssertionError, KeyError):
        return True
    return False
