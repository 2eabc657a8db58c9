"""Execute a decided action: authorise, guard, capture the inverse, fence, apply once, record.

Any step can be the last one before a crash. Before the fence nothing has changed and a retry starts
over. After the fence a retry only reads back the result and never repeats the effect. The fence
holds the action and its inverse; the events about it are for people to read.
"""

from dataclasses import dataclass

from functions.executor import leases, outcome, refusal, succession
from functions.executor.authority import Warrant, authorise
from functions.executor.dependencies import ExecutorDependencies
from functions.executor.guard_context import GuardContext
from functions.executor.guards import check_guards
from functions.executor.ledger import fenced_action, record_captured
from functions.executor.refusal import RefusalError
from functions.executor.round_decision import decided_resource_or_none
from quorum.domain.commands import Execute, ExecuteResult
from quorum.domain.errors import RefusedError, TransientError, WorldMovedError
from quorum.domain.evidence import Scalar
from quorum.domain.executions import Execution
from quorum.domain.incident import Incident


def act(deps: ExecutorDependencies, command: Execute) -> ExecuteResult:
    """Execute the round's decided action at most once; return the result.

    Raises TransientError, and RefusedError when there is no decided action to refuse.
    """
    return Attempt(deps, command).run()


@dataclass
class Attempt:
    """One call of `act`. Another attempt at the same action may run concurrently."""

    deps: ExecutorDependencies
    command: Execute
    warrant: Warrant | None = None

    def run(self) -> ExecuteResult:
        """Resume from the fence if there is one; otherwise authorise, guard, fence and apply."""
        fence = self._fence()
        try:
            if fence is not None:
                return outcome.resume_act(self.deps, fence)
            return self._start()
        except RefusalError as refused:
            self._record(refused)
            return self._refused(fence or self._fence())

    def _start(self) -> ExecuteResult:
        incident = self.deps.load(self.command.incident_id)
        if refusal.in_force(incident, self.command.approval_id):
            return self._refused(None)
        try:
            self.warrant = authorise(self.deps, incident, self.command)
            number = succession.next_number(self.deps, self.command, self.warrant)
            captured = _prepare(self.deps, incident, self.warrant)
        except RefusalError as refused:
            return self._refuse_unless_fenced(refused)
        except TransientError:
            if self._fence() is None:
                self._release(None)
            raise
        own_fence = _own_fence(self.deps, self.command, self.warrant, captured, number)
        stored = self.deps.ledger.fence(own_fence)
        if stored in (None, own_fence):
            return _apply(self.deps, own_fence)
        if stored.round != self.command.round:
            self._record(RefusalError("authority", f"round {stored.round} acted meanwhile"))
            return self._refused(None)
        return outcome.resume_act(self.deps, stored)

    def _refuse_unless_fenced(self, refused: RefusalError) -> ExecuteResult:
        """Record the refusal, unless a concurrent attempt has fenced: then return its result."""
        if self._fence() is None:
            self._record(refused)
        fence = self._fence()
        if fence is not None:
            return outcome.resume_act(self.deps, fence)
        return self._refused(None)

    def _fence(self) -> Execution | None:
        return succession.fence_of_round(self.deps, self.command)

    def _record(self, refused: RefusalError) -> None:
        refusal.record(self.deps, self.command.incident_id, refused, self.command.approval_id)

    def _refused(self, fence: Execution | None) -> ExecuteResult:
        """Release the leases; return "ask" if an approval can lift the refusal."""
        self._release(fence)
        incident = self.deps.load(self.command.incident_id)
        refused = refusal.in_force(incident, self.command.approval_id)
        asks = refused is not None and refused.person_may and self.command.approval_id is None
        return "ask" if asks else "refused"

    def _release(self, fence: Execution | None) -> None:
        """Release the leases of the fenced resource, or of the one about to be fenced."""
        if fence is not None:
            leased: str | None = fence.resource
        elif self.warrant is not None:
            leased = self.warrant.candidate.resource
        else:  # an attempt that died before this one may have leased it
            leased = decided_resource_or_none(self.deps, self.command)
        leases.release(
            self.deps,
            self.command.incident_id,
            leased,
            touched=fence is not None,
            number=fence.number if fence else None,
        )


def _prepare(deps: ExecutorDependencies, incident: Incident, warrant: Warrant) -> dict[str, Scalar]:
    """Run the guards and return the values needed to undo the action. Raises RefusalError."""
    check_guards(GuardContext(deps, incident, warrant))
    actuator = deps.actuators.actuator(warrant.candidate.verb, incident.incident_id)
    try:
        return actuator.capture(warrant.candidate)
    except (WorldMovedError, RefusedError) as error:
        raise RefusalError("precondition", str(error)) from error


def _own_fence(
    deps: ExecutorDependencies,
    command: Execute,
    warrant: Warrant,
    captured: dict[str, Scalar],
    number: int,
) -> Execution:
    """Return the fence of this attempt, to be written."""
    return Execution(
        incident_id=command.incident_id,
        operation="act",
        number=number,
        round=command.round,
        action=warrant.candidate.id,
        resource=warrant.candidate.resource,
        started_at=deps.now().timestamp(),
        candidate=warrant.candidate,
        captured=captured,
        approval_id=warrant.approval_id,
        request_id=deps.new_id(),
    )


def _apply(deps: ExecutorDependencies, fence: Execution) -> ExecuteResult:
    """Record the inverse, then apply the action unless it was closed or refused meanwhile."""
    action = fenced_action(fence)
    actuator = deps.actuators.actuator(action.candidate.verb, fence.incident_id)
    record_captured(deps, fence)
    if deps.closings.find(fence.incident_id) is not None:
        raise outcome.failure(
            deps, fence, "effect", "the incident closed while the action was being prepared"
        )
    if refusal.in_force(deps.load(fence.incident_id), fence.approval_id):
        raise outcome.failure(
            deps, fence, "effect", "the action was refused while it was being prepared"
        )
    outcome.check_start_deadline(deps, fence)
    try:
        effect = actuator.apply(action.candidate, action.captured)
    except (WorldMovedError, RefusedError) as error:
        raise outcome.failure(deps, fence, "effect", str(error)) from error
    except TransientError as error:
        return outcome.reconcile_act(deps, fence, str(error))
    return outcome.finish_act(deps, fence, effect)
