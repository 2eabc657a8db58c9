"""Guards, run immediately before an effect; a check that cannot be made refuses.

A check returns the reason against the effect, or None. `person_may` says that an approval lifts it.
All checks run, whatever the first ones return: the leases among them are taken here.
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from functions.executor import checks
from functions.executor.guard_context import GuardContext
from functions.executor.refusal import GuardName, RefusalError
from quorum.domain.errors import QuorumError


class Guard(NamedTuple):
    """One row: the name stored in events, whether an approval lifts it, and the check."""

    name: GuardName
    person_may: bool
    check: Callable[[GuardContext], str | None]


STOP: Final = Guard("stop_switch", person_may=False, check=checks.stop_switch)
DEPLOYMENT: Final = Guard("deployment", person_may=False, check=checks.deployment)
LEASE: Final = Guard("lease", person_may=False, check=checks.lease)
TAKEN_OVER: Final = Guard("taken_over", person_may=False, check=checks.taken_over)
GUARDS: Final[tuple[Guard, ...]] = (
    LEASE,
    Guard("in_flight", person_may=True, check=checks.in_flight),
    Guard("hourly_limit", person_may=True, check=checks.hourly_limit),
    Guard("shadow", person_may=False, check=checks.shadow),
    Guard("approval_wanted", person_may=True, check=checks.approval_wanted),
    Guard("irreversible", person_may=True, check=checks.irreversible),
    Guard("flapping", person_may=True, check=checks.flapping),
    Guard("storm", person_may=True, check=checks.storm),
    Guard("second_fault", person_may=True, check=checks.second_fault),
    Guard("evidence_gaps", person_may=True, check=checks.evidence_gaps),
    Guard("concentrated", person_may=True, check=checks.concentrated),
    Guard("target_unproven", person_may=True, check=checks.target_unproven),
    Guard("target_unhealthy", person_may=False, check=checks.target_unhealthy),
    DEPLOYMENT,
    Guard("weighted_alias", person_may=True, check=checks.weighted_alias),
    Guard("autoscaling", person_may=False, check=checks.autoscaling),
    Guard("below_floor", person_may=False, check=checks.below_floor),
    Guard("security_release", person_may=True, check=checks.security_release),
    Guard("cause_remains", person_may=False, check=checks.cause_remains),
    Guard("alarm_without_data", person_may=True, check=checks.alarm_without_data),
    Guard("alarm_over", person_may=False, check=checks.alarm_over),
    Guard("memory_decides", person_may=True, check=checks.memory_decides),
    Guard("second_action", person_may=True, check=checks.second_action),
    Guard("answered", person_may=True, check=checks.answered),
    TAKEN_OVER,
    STOP,
)
"""Guards of an action, fastest-changing last."""
UNDO_GUARDS: Final = (TAKEN_OVER, DEPLOYMENT, STOP)
ORDERED_UNDO_GUARDS: Final = (LEASE, DEPLOYMENT, STOP)
"""An undo can be ordered long after the incident, when another one may lease the resource."""


def check_guards(context: GuardContext, guards: Iterable[Guard] = GUARDS) -> None:
    """Run every guard; return if none refuses, or only those that the approval lifts.

    Raises RefusalError, preferably that of a guard that no approval lifts.
    """
    failed = [refusal for guard in guards if (refusal := _refusal(guard, context)) is not None]
    if context.warrant.approval_id is not None:
        failed = [refusal for refusal in failed if not refusal.person_may]
    if failed:
        raise min(failed, key=lambda refusal: refusal.person_may)


def _refusal(guard: Guard, context: GuardContext) -> RefusalError | None:
    try:
        reason = guard.check(context)
    except QuorumError as error:
        reason = f"could not be checked: {error}"
    return RefusalError(guard.name, reason, person_may=guard.person_may) if reason else None
