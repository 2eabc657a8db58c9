"""Mutants of the state machine, each with the effect of one defect of the generator."""

from collections.abc import Callable
from typing import Any

from tests.unit.stacks.machines import Machine, tasks

Mutate = Callable[[Machine], Any]


def drop_one_retry_name(machine: Machine) -> None:
    machine["States"]["Consensus"]["Retry"][0]["ErrorEquals"].remove("StoreUnavailableError")


def a_death_of_evidence_ends_the_incident(machine: Machine) -> None:
    machine["States"]["Evidence"]["Retry"][0]["ErrorEquals"].remove("Runtime.ExitError")


def a_verification_out_of_memory_ends_the_incident(machine: Machine) -> None:
    machine["States"]["VerifyRecovery"]["Retry"][0]["ErrorEquals"].remove("Runtime.OutOfMemory")


def a_seats_last_tier_gives_up_when_it_is_out_of_time(machine: Machine) -> None:
    branch = machine["States"]["Resolution"]["Branches"][0]
    last = branch["States"]["resolution-policy by policy-rules"]
    last["Retry"][0]["ErrorEquals"].remove("Sandbox.Timedout")


def an_expired_request_is_asked_again(machine: Machine) -> None:
    machine["States"]["WaitForAnswer"]["Retry"][0]["ErrorEquals"].append("States.Timeout")


def a_grant_waits_for_its_message(machine: Machine) -> None:
    message = machine["States"]["TellAnswered"]
    called = message["Parameters"]
    message |= {"Resource": called["FunctionName"], "Parameters": called["Payload"]}


def a_decision_waits_for_its_message(machine: Machine) -> None:
    machine["States"]["TellDecision"]["Parameters"]["InvocationType"] = "RequestResponse"


def an_approval_is_awaited_unannounced(machine: Machine) -> None:
    machine["States"]["Answerable"]["Choices"][0]["Next"] = "WaitForAnswer"


def retry_base_classes(machine: Machine) -> None:
    for _, state in tasks(machine):
        state["Retry"][0]["ErrorEquals"] = ["TransientError"]


def no_jitter(machine: Machine) -> None:
    machine["States"]["Act"]["Retry"][0]["JitterStrategy"] = "NONE"


def no_retry_in_a_branch(machine: Machine) -> None:
    branch = machine["States"]["Detection"]["Branches"][0]
    branch["States"][branch["StartAt"]]["Retry"] = []


def dangling_catch(machine: Machine) -> None:
    machine["States"]["Undo"]["Catch"][0]["Next"] = "Nowhere"


def uncaught_stage(machine: Machine) -> None:
    machine["States"]["Detection"]["Catch"][0]["ErrorEquals"] = ["States.Timeout"]


def end_after_detection(machine: Machine) -> None:
    del machine["States"]["Detection"]["Next"]
    machine["States"]["Detection"]["End"] = True


def skip_a_level(machine: Machine) -> None:
    machine["States"]["Detection"]["Next"] = "Resolution"


def levels_reversed(machine: Machine) -> None:
    found = machine["States"]
    found["Evidence"]["Next"] = "Resolution"
    found["Resolution"]["Next"] = "DiagnosisAndPrediction"
    found["DiagnosisAndPrediction"]["Next"] = "Detection"
    found["Detection"]["Next"] = "Consensus"


def a_seat_is_not_asked(machine: Machine) -> None:
    machine["States"]["DiagnosisAndPrediction"]["Branches"].pop()


def a_seat_is_asked_at_anothers_function(machine: Machine) -> None:
    one, other = machine["States"]["Detection"]["Branches"]
    one["States"][one["StartAt"]]["Resource"] = other["States"][other["StartAt"]]["Resource"]


def no_abstention(machine: Machine) -> None:
    branch = machine["States"]["Resolution"]["Branches"][0]
    last = branch["States"]["resolution-policy by policy-rules"]
    last["Catch"] = []
    del branch["States"]["resolution-policy abstains"]


def tiers_swapped(machine: Machine) -> None:
    branch = machine["States"]["Resolution"]["Branches"][0]
    branch["StartAt"] = "resolution-policy by policy-rules"


def abstention_fails_the_branch(machine: Machine) -> None:
    branch = machine["States"]["Resolution"]["Branches"][0]
    branch["States"]["resolution-policy abstains"] = {"Type": "Fail", "Parameters": {}}


def one_attempt_too_many(machine: Machine) -> None:
    branch = machine["States"]["Resolution"]["Branches"][0]
    branch["States"][branch["StartAt"]]["Retry"][0]["MaxAttempts"] += 1


def consensus_does_not_hear_the_last(machine: Machine) -> None:
    heard = machine["States"]["Consensus"]["Parameters"]
    heard["seats.$"] = heard["seats.$"].replace(", $.votes_2[0]", "")


def a_message_fails_the_run(machine: Machine) -> None:
    machine["States"]["TellDecision"]["Catch"][0]["Next"] = "EscalatePipeline"


def verify_without_waiting(machine: Machine) -> None:
    machine["States"]["Recovered"]["Choices"][0]["Next"] = "VerifyRecovery"


def act_on_an_approval_without_a_request(machine: Machine) -> None:
    machine["States"]["Route"]["Choices"][0]["Next"] = "ActApproved"


def nothing_bounds_the_run(machine: Machine) -> None:
    machine["TimeoutSeconds"] = 600


def the_loop_never_ends(machine: Machine) -> None:
    for choice in machine["States"]["Recovered"]["Choices"]:
        choice["Next"] = "WaitForRecovery"
    machine["States"]["Recovered"]["Default"] = "WaitForRecovery"


MUTANTS: tuple[Mutate, ...] = (
    drop_one_retry_name,
    a_death_of_evidence_ends_the_incident,
    a_verification_out_of_memory_ends_the_incident,
    a_seats_last_tier_gives_up_when_it_is_out_of_time,
    an_expired_request_is_asked_again,
    a_grant_waits_for_its_message,
    a_decision_waits_for_its_message,
    an_approval_is_awaited_unannounced,
    retry_base_classes,
    no_jitter,
    no_retry_in_a_branch,
    dangling_catch,
    uncaught_stage,
    end_after_detection,
    skip_a_level,
    levels_reversed,
    a_seat_is_not_asked,
    a_seat_is_asked_at_anothers_function,
    no_abstention,
    tiers_swapped,
    abstention_fails_the_branch,
    one_attempt_too_many,
    consensus_does_not_hear_the_last,
    a_message_fails_the_run,
    verify_without_waiting,
    act_on_an_approval_without_a_request,
    nothing_bounds_the_run,
    the_loop_never_ends,
)
