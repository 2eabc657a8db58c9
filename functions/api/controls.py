"""Run-time controls: stop switch, automation modes, seat suspensions.

Every change is recorded with who, from where and why. A stop takes effect before it is recorded,
a change that relaxes only after. Setting a value that is already set changes nothing.
"""

from typing import Any

from functions.api.callers import Caller
from functions.api.dependencies import ApiDependencies
from functions.api.incident_commands import permitted
from functions.api.incident_queries import restrictions
from functions.api.problems import ProblemError
from functions.api.requests import Reason, ReinstateSeat, SetMode, SetStopSwitch
from functions.api.schemas import ControlChange, ControlsReply, VerbLimit, WriteResult
from quorum.domain.base import OutsiderText
from quorum.domain.catalogue import VERBS
from quorum.domain.resource_patterns import missing_prefix, overlap
from quorum.domain.restrictions import (
    MOST,
    ORDER,
    Control,
    ControlChanged,
    Restriction,
    most_autonomous_mode,
    with_restriction,
)

HISTORY = 20
VIA = "console"
"""The channel in the log, for API clients too: both use the same endpoint."""
UNCHANGED = "No change: already set."


def controls(deps: ApiDependencies) -> ControlsReply:
    """Return the state of all controls and the 20 newest changes."""
    changes = [c for kind in ("stop", "modes", "seats") for c in _recent(deps, kind)]
    changes.sort(key=lambda change: change.changed_at, reverse=True)
    return ControlsReply(
        stopped=deps.stop.thrown(),
        verbs=tuple(
            VerbLimit(verb=v.name, most=most_autonomous_mode(deps.rules, v.name)) for v in VERBS
        ),
        restrictions=restrictions(deps),
        suspended={name: s.reason for name, s in deps.suspensions.in_force().items()},
        changes=tuple(map(_change, changes[:HISTORY])),
    )


def set_stop_switch(deps: ApiDependencies, caller: Caller, body: SetStopSwitch) -> WriteResult:
    """Stop all automation, or resume it. Raises ProblemError (403, 409: concurrent change)."""
    permitted(caller)
    if (deps.stop.thrown() is not None) == body.stopped:
        return WriteResult(done=UNCHANGED)
    why = f"{caller.person.id}: {body.reason}"
    what = "Automation stopped." if body.stopped else "Automation resumed."
    if body.stopped:
        deps.stop.throw(why, caller.person.id, deps.now())
        _record(deps, caller, "stop", body, what)
    else:
        _record(deps, caller, "stop", body, what)
        deps.stop.lift(why, caller.person.id, deps.now())
    return WriteResult(done=what)


def set_mode(deps: ApiDependencies, caller: Caller, body: SetMode) -> WriteResult:
    """Limit an action's mode on matching resources. Raises ProblemError (403, 409, 422)."""
    permitted(caller)
    if wanted := missing_prefix(body.verb, body.resource):
        why = f"{body.verb} does not apply to {body.resource}: use {wanted}name."
        raise ProblemError(422, "invalid", why)
    most = most_autonomous_mode(deps.rules, body.verb)
    if ORDER.index(body.mode) > ORDER.index(most):
        why = f"The deployment allows {body.verb} at most {most}: redeploy to raise the maximum."
        raise ProblemError(409, "refused", why)
    now = restrictions(deps)
    then = with_restriction(
        now, Restriction(verb=body.verb, resource=body.resource, mode=body.mode)
    )
    scope = _scope(deps, body)
    if set(then) == set(now):
        return WriteResult(done=f"{UNCHANGED} {scope}")
    if len(then) > MOST:
        raise ProblemError(409, "refused", f"Limit of {MOST} restrictions reached: lift one first.")
    what = f"{body.verb} on {body.resource}: at most {body.mode}."
    _record(deps, caller, "modes", body, what, modes=then)
    return WriteResult(done=f"{what} {scope}")


def _scope(deps: ApiDependencies, body: SetMode) -> str:
    """Return which of the deployed opt-ins the pattern overlaps, as a sentence."""
    opted_in = (p for r in deps.rules if r.verb == body.verb for p in r.resources)
    found = [p for p in dict.fromkeys(opted_in) if overlap(p, body.resource)]
    if not found:
        return "No deployed opt-in matches this pattern."
    return f"Affected opt-ins: {', '.join(found)}."


def reinstate(deps: ApiDependencies, caller: Caller, seat: str, body: ReinstateSeat) -> WriteResult:
    """End a seat's suspension. Raises ProblemError (403, 409: not suspended)."""
    permitted(caller)
    suspension = deps.suspensions.in_force().get(seat)
    if suspension is None:
        raise ProblemError(409, "refused", f"Seat {seat} is not suspended.")
    what = f"Seat {seat} reinstated."
    _record(deps, caller, "seats", body, what, seat=seat, mark=suspension.mark())
    return WriteResult(done=what)


def _record(
    deps: ApiDependencies,
    caller: Caller,
    control: Control,
    body: Reason,
    what: str,
    **more: Any,
) -> None:
    newest = deps.control_log.newest(control)
    deps.control_log.append(
        ControlChanged(
            control=control,
            version=newest.version + 1 if newest else 1,
            changed_at=deps.now(),
            by=caller.person.id,
            via=VIA,
            address=caller.address,
            reason=OutsiderText.of(body.reason),
            what=what,
            **more,
        )
    )


def _recent(deps: ApiDependencies, control: Control) -> list[ControlChanged]:
    return list(deps.control_log.recent(control, HISTORY))


def _change(change: ControlChanged) -> ControlChange:
    return ControlChange(
        at=change.changed_at,
        by=change.by,
        via=change.via,
        address=change.address,
        reason=change.reason.outsider,
        what=change.what,
    )
