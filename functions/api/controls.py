"""Controls: the stop switch, how far each verb may go, seats that were suspended.

Every change is a record of its own, with who, from where and why, before it takes effect where it
holds back, and after it took effect where it lets go. Setting what is set already changes nothing.
"""

from typing import Any

from functions.api.callers import Known
from functions.api.dependencies import Tools
from functions.api.problems import ProblemError
from functions.api.reading import restrictions
from functions.api.requests import Lifting, Moding, Reason, Stopping
from functions.api.shapes import Changed, Controls, Held, Written
from functions.api.writes import permitted
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
"""How the log names this way in, for programs too: both come by the same door."""


def controls(tools: Tools) -> Controls:
    """Return how everything stands, and the newest changes."""
    changes = [c for kind in ("stop", "modes", "seats") for c in _recent(tools, kind)]
    changes.sort(key=lambda change: change.changed_at, reverse=True)
    return Controls(
        stopped=tools.stop.thrown(),
        verbs=tuple(
            Held(verb=v.name, most=most_autonomous_mode(tools.rules, v.name)) for v in VERBS
        ),
        restrictions=restrictions(tools),
        suspended={name: s.reason for name, s in tools.suspensions.in_force().items()},
        changes=tuple(map(_told, changes[:HISTORY])),
    )


def stop(tools: Tools, known: Known, said: Stopping) -> Written:
    """Throw the stop switch, or lift it. Raises ProblemError (403, 409: somebody was faster)."""
    permitted(known)
    if (tools.stop.thrown() is not None) == said.stopped:
        return Written(done="It is so already.")
    why = f"{known.person.id}: {said.reason}"
    what = "Stopped: no effect until it is lifted." if said.stopped else "Effects are possible."
    if said.stopped:
        tools.stop.throw(why, known.person.id, tools.now())
        _record(tools, known, "stop", said, what)
    else:
        _record(tools, known, "stop", said, what)
        tools.stop.lift(why, known.person.id, tools.now())
    return Written(done=what)


def set_mode(tools: Tools, known: Known, said: Moding) -> Written:
    """Hold a verb back on resources, or let go. Raises ProblemError (403, 409, 422)."""
    permitted(known)
    if wanted := missing_prefix(said.verb, said.resource):
        why = f"{said.verb} acts on nothing like {said.resource}: on {wanted}name"
        raise ProblemError(422, "invalid", why)
    most = most_autonomous_mode(tools.rules, said.verb)
    if ORDER.index(said.mode) > ORDER.index(most):
        why = f"the deployment lets {said.verb} go as far as {most}; more takes a deployment"
        raise ProblemError(409, "refused", why)
    now = restrictions(tools)
    then = with_restriction(
        now, Restriction(verb=said.verb, resource=said.resource, mode=said.mode)
    )
    touched = _touched(tools, said)
    if set(then) == set(now):
        return Written(done=f"It is so already. {touched}")
    if len(then) > MOST:
        raise ProblemError(409, "refused", f"there are {MOST} restrictions: lift others first")
    what = f"{said.verb} on {said.resource}: at most {said.mode}."
    _record(tools, known, "modes", said, what, modes=then)
    return Written(done=f"{what} {touched}")


def _touched(tools: Tools, said: Moding) -> str:
    """Return what the pattern has to do with of all that the deployment opted in."""
    opted_in = (p for r in tools.rules if r.verb == said.verb for p in r.resources)
    found = [p for p in dict.fromkeys(opted_in) if overlap(p, said.resource)]
    if not found:
        return "It fits nothing that the deployment opted in."
    return f"Of what the deployment opted in it is about {', '.join(found)}."


def reinstate(tools: Tools, known: Known, seat: str, said: Lifting) -> Written:
    """Let a suspended seat weigh again. Raises ProblemError (403, 409: it is not suspended)."""
    permitted(known)
    suspension = tools.suspensions.in_force().get(seat)
    if suspension is None:
        raise ProblemError(409, "refused", f"{seat} is not suspended")
    what = f"The seat {seat} weighs again."
    _record(tools, known, "seats", said, what, seat=seat, mark=suspension.mark())
    return Written(done=what)


def _record(
    tools: Tools,
    known: Known,
    control: Control,
    said: Reason,
    what: str,
    **more: Any,
) -> None:
    newest = tools.switched.newest(control)
    tools.switched.append(
        ControlChanged(
            control=control,
            version=newest.version + 1 if newest else 1,
            changed_at=tools.now(),
            by=known.person.id,
            via=VIA,
            address=known.address,
            reason=OutsiderText.of(said.reason),
            what=what,
            **more,
        )
    )


def _recent(tools: Tools, control: Control) -> list[ControlChanged]:
    return list(tools.switched.recent(control, HISTORY))


def _told(change: ControlChanged) -> Changed:
    return Changed(
        at=change.changed_at,
        by=change.by,
        via=change.via,
        address=change.address,
        reason=change.reason.outsider,
        what=change.what,
    )
