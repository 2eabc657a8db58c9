"""The guards: read immediately before an effect, each on its own, and closed when it cannot look.

A check returns why the effect must not be, or None. `person_may` tells whether an approval lifts
it. All are read, whatever the first ones say: the leases among them are taken here.
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from functions.executor import checks
from functions.executor.guard_context import GuardContext
from functions.executor.refusal import GuardName, RefusalError
from quorum.domain.errors import QuorumError


class Guard(NamedTuple):
    """One row: its name in the facts, whether a person may lift it, and the check."""

    name: GuardName
    person_may: bool
    check: Callable[[GuardContext], str | None]


STOP: Final = Guard("stop_switch", person_may=False, check=checks.stopped)
DEPLOYMENT: Final = Guard("deployment", person_may=False, check=checks.deploying)
LEASE: Final = Guard("lease", person_may=False, check=checks.leased)
TAKEN_OVER: Final = Guard("taken_over", person_may=False, check=checks.taken_over)
GUARDS: Final[tuple[Guard, ...]] = (
    LEASE,
    Guard("in_flight", person_may=True, check=checks.in_flight),
    Guard("hourly_limit", person_may=True, check=checks.hourly),
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
    Guard("weighted_alias", person_may=True, check=checks.weighted),
    Guard("autoscaling", person_may=False, check=checks.autoscaled),
    Guard("below_floor", person_may=False, check=checks.below_floor),
    Guard("security_release", person_may=True, check=checks.security_release),
    Guard("cause_remains", person_may=False, check=checks.cause_remains),
    Guard("alarm_over", person_may=False, check=checks.alarm_over),
    TAKEN_OVER,
    STOP,
)
"""Before an action; what changes fastest is read last."""
UNDO_GUARDS: Final = (TAKEN_OVER, DEPLOYMENT, STOP)
PERSONS_UNDO_GUARDS: Final = (LEASE, DEPLOYMENT, STOP)
"""A person may ask for it long after the incident: somebody else may have the resource by then."""


def pass_guards(moment: GuardContext, guards: Iterable[Guard] = GUARDS) -> None:
    """Return when nothing speaks against the effect, or only what its approval lifts.

    Raises RefusalError: of a guard that nobody may lift, if any of these speaks against it.
    """
    failed = [refusal for guard in guards if (refusal := _refusal(guard, moment)) is not None]
    if moment.warrant.approval_id is not None:
        failed = [refusal for refusal in failed if not refusal.person_may]
    if failed:
        raise min(failed, key=lambda refusal: refusal.person_may)


def _refusal(guard: Guard, moment: GuardContext) -> RefusalError | None:
    try:
        reason = guard.check(moment)
    except QuorumError as error:
        reason = f"it cannot be told: {error}"
    return RefusalError(guard.name, reason, person_may=guard.person_may) if reason else None
