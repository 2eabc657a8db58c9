"""Succession of an incident's actions: one at a time, at most three, each after the one before.

The ledger alone decides it, never the round that a command names: its fences hold the number and
the round of each action, and a number can be fenced once. The newest action has to be over, undone
or verified as a partial success, before the evidence of the next one was taken. So an effect voids
every other round that was decided before its end, and each earlier round for good.
"""

from functions.executor.authority import Warrant
from functions.executor.dependencies import ExecutorDependencies
from functions.executor.refusal import RefusalError
from quorum.domain.commands import Execute
from quorum.domain.constants import MOST_ACTIONS
from quorum.domain.executions import Execution, FencedPair


def fence_of_round(deps: ExecutorDependencies, command: Execute) -> Execution | None:
    """Return the fence of the round's action, or None if it has none."""
    pairs = deps.ledger.actions(command.incident_id)
    return next((pair.act for pair in pairs if pair.act.round == command.round), None)


def next_number(deps: ExecutorDependencies, command: Execute, warrant: Warrant) -> int:
    """Return the number of the incident's next action. Raises RefusalError if there may be none."""
    pairs = deps.ledger.actions(command.incident_id)
    if not pairs:
        return 1
    newest = pairs[-1]
    if len(pairs) >= MOST_ACTIONS:
        raise RefusalError("authority", f"the incident has had {len(pairs)} actions")
    if newest.act.round >= command.round:
        raise RefusalError(
            "authority", f"round {newest.act.round} acted: round {command.round} is void"
        )
    ended_at = end_of(deps, newest)
    if ended_at is None:
        raise RefusalError("authority", f"the action of round {newest.act.round} is not over")
    if warrant.bundle is None or warrant.bundle.taken_at.timestamp() < ended_at:
        raise RefusalError("authority", "its evidence is older than the end of the last action")
    if any(pair.is_undone and pair.act.action == warrant.candidate.id for pair in pairs):
        raise RefusalError("authority", "this action was undone in this incident")
    return len(pairs) + 1


def end_of(deps: ExecutorDependencies, pair: FencedPair) -> float | None:
    """Return the time since which the action is over, in seconds since 1970; None if it is not.

    An undo ends it, and so does the verdict that it helped in part.
    """
    if pair.undo is not None:
        return pair.undo.ended_at if pair.is_undone else None
    act = pair.act
    verified = deps.verdicts.find(act.incident_id, "action", act.number)
    if verified is None or (verified.action, verified.verdict) != (act.action, "partial"):
        return None
    return verified.verified_at


def may_follow(deps: ExecutorDependencies, incident_id: str) -> bool:
    """Return whether another action may follow the newest one, which is over."""
    pairs = deps.ledger.actions(incident_id)
    return 0 < len(pairs) < MOST_ACTIONS and end_of(deps, pairs[-1]) is not None
