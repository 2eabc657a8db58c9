"""Act: authorise, guard, capture the inverse, fence, do it once, record it.

Every step can be the last before a crash. Before the fence nothing has happened and a retry starts
over; from the fence on a retry only finds out what happened, and never repeats it. The fence holds
what is done and what undoes it: the log's facts about it are for people.
"""

from dataclasses import dataclass

from functions.executor import leases, outcome, refusal
from functions.executor.authority import Warrant, authorise
from functions.executor.dependencies import Dependencies
from functions.executor.guard_context import GuardContext
from functions.executor.guards import pass_guards
from functions.executor.ledger import acted, tell_captured
from functions.executor.refusal import RefusalError
from functions.executor.round_decision import decided_resource
from quorum.domain.commands import Execute, ExecuteResult
from quorum.domain.errors import RefusedError, TransientError, WorldMovedError
from quorum.domain.evidence import Scalar
from quorum.domain.executions import Execution
from quorum.domain.incident import Incident


def act(tools: Dependencies, command: Execute) -> ExecuteResult:
    """Do what the round decided, at most once; return how that ended.

    Raises transient errors, and RefusedError when nothing is decided that could be refused.
    """
    return Attempt(tools, command).run()


@dataclass
class Attempt:
    """One call of `act`; another attempt at the same action may run beside it."""

    tools: Dependencies
    command: Execute
    warrant: Warrant | None = None

    def run(self) -> ExecuteResult:
        """Go on from the fence if there is one, else authorise, guard, fence and do it."""
        fence = self._fence()
        try:
            if fence is not None:
                return outcome.of_act(self.tools, self.command.incident_id)
            return self._start()
        except RefusalError as refused:
            self._record(refused)
            return self._refused(fence or self._fence())

    def _start(self) -> ExecuteResult:
        incident = self.tools.load(self.command.incident_id)
        if refusal.standing(incident, self.command.approval_id):
            return self._refused(None)
        try:
            self.warrant = authorise(self.tools, incident, self.command)
            captured = _prepare(self.tools, incident, self.warrant)
        except RefusalError as refused:
            return self._guarded(refused)
        except TransientError:
            if self._fence() is None:
                self._release(None)
            raise
        mine = _fence(self.tools, self.command, self.warrant, captured)
        if mine is None:
            return outcome.of_act(self.tools, self.command.incident_id)
        return _effect(self.tools, mine)

    def _guarded(self, refused: RefusalError) -> ExecuteResult:
        """Refuse, unless another attempt was faster: then what it did is the answer."""
        if self._fence() is None:
            self._record(refused)
        if self._fence() is not None:
            return outcome.of_act(self.tools, self.command.incident_id)
        return self._refused(None)

    def _fence(self) -> Execution | None:
        return self.tools.ledger.find(self.command.incident_id, "act")

    def _record(self, refused: RefusalError) -> None:
        refusal.record(self.tools, self.command.incident_id, refused, self.command.approval_id)

    def _refused(self, fence: Execution | None) -> ExecuteResult:
        """End the leases; return whether a person may lift what stands against it."""
        self._release(fence)
        incident = self.tools.load(self.command.incident_id)
        standing = refusal.standing(incident, self.command.approval_id)
        asks = standing is not None and standing.person_may and self.command.approval_id is None
        return "ask" if asks else "refused"

    def _release(self, fence: Execution | None) -> None:
        """End the leases of what was fenced, or of what was about to be."""
        if fence is not None:
            leased: str | None = fence.resource
        elif self.warrant is not None:
            leased = self.warrant.candidate.resource
        else:  # an attempt that died before this one may have leased it
            leased = decided_resource(self.tools, self.command)
        leases.release(self.tools, self.command.incident_id, leased, touched=fence is not None)


def _prepare(tools: Dependencies, incident: Incident, warrant: Warrant) -> dict[str, Scalar]:
    """Return what undoing will need, once nothing speaks against it. Raises RefusalError."""
    pass_guards(GuardContext(tools, incident, warrant))
    actuator = tools.actuators.actuator(warrant.candidate.verb, incident.incident_id)
    try:
        return actuator.capture(warrant.candidate)
    except (WorldMovedError, RefusedError) as error:
        raise RefusalError("precondition", str(error)) from error


def _fence(
    tools: Dependencies, command: Execute, warrant: Warrant, captured: dict[str, Scalar]
) -> Execution | None:
    """Return our fence, or None when another attempt's stands there."""
    mine = Execution(
        incident_id=command.incident_id,
        operation="act",
        action=warrant.candidate.id,
        resource=warrant.candidate.resource,
        started_at=tools.now().timestamp(),
        candidate=warrant.candidate,
        captured=captured,
        approval_id=warrant.approval_id,
        request_id=tools.new_id(),
    )
    return mine if tools.ledger.fence(mine) in (None, mine) else None


def _effect(tools: Dependencies, fence: Execution) -> ExecuteResult:
    """Tell people what would undo it, and do it, unless nobody waits for it any more."""
    act = acted(fence)
    actuator = tools.actuators.actuator(act.candidate.verb, fence.incident_id)
    tell_captured(tools, fence)
    if tools.closings.find(fence.incident_id) is not None:
        raise outcome.failed(tools, fence, "effect", "the incident closed while it was prepared")
    if refusal.standing(tools.load(fence.incident_id), fence.approval_id):
        raise outcome.failed(tools, fence, "effect", "it was given up while it was prepared")
    outcome.in_time(tools, fence)
    try:
        effect = actuator.apply(act.candidate, act.captured)
    except (WorldMovedError, RefusedError) as error:
        raise outcome.failed(tools, fence, "effect", str(error)) from error
    except TransientError as error:
        return outcome.unknown_act(tools, fence, str(error))
    return outcome.taken(tools, fence, effect)
