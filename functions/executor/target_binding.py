"""Binding of a frozen candidate to the one resource that it may touch."""

import re
from typing import Final

from pydantic import ValidationError

from functions.executor.dependencies import Place
from functions.executor.refusal import RefusalError
from functions.executor.targets import TARGETS, QueueTarget, Target
from quorum.domain.catalogue import has_former_id, id_matches_parameters, verb
from quorum.domain.evidence import Alarm, Candidate

_ARN: Final = re.compile(r"arn:([^:]*):[^:]*:([^:]*):([^:]*):.*", re.DOTALL)


def bind_target(candidate: Candidate, place: Place, *, signed: bool = False) -> Target:
    """Return the candidate's typed target. `signed`: people's grants cover all its parameters.

    Raises RefusalError if the id is not the digest of the parameters, or if they are invalid for
    the verb, name another resource, or lie in another account or region.
    """
    if not (id_matches_parameters(candidate) or (signed and has_former_id(candidate))):
        raise RefusalError("target", f"{candidate.id} does not match the digest of its parameters")
    kind = TARGETS.get(candidate.verb)
    if kind is None:
        raise RefusalError("target", f"unknown verb: {candidate.verb}")
    try:
        target = kind.model_validate(candidate.parameters)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))} {e['msg']}" for e in error.errors())
        raise RefusalError("target", f"invalid parameters for {candidate.verb}: {wrong}") from error
    if target.resource != candidate.resource:
        raise RefusalError(
            "target", f"the parameters name another resource than {candidate.resource}"
        )
    for value in candidate.parameters.values():
        _check_place(str(value), place)
    return target


def check_alarm_place(alarm: Alarm, place: Place) -> None:
    """Raise RefusalError if the alarm is in another account or region."""
    if (alarm.account, alarm.region) != (place.account, place.region):
        raise RefusalError(
            "target", f"{alarm.name} is in account {alarm.account}, region {alarm.region}"
        )
    _check_place(alarm.arn, place)


def arns(candidate: Candidate, place: Place) -> tuple[str, ...]:
    """Return the exact ARNs that the effect needs. Raises RefusalError as `bind_target` does.

    Authorisation has already decided whether an id in the former, short format is accepted.
    """
    target = bind_target(candidate, place, signed=True)
    row = verb(candidate.verb)
    where = {"partition": place.partition, "region": place.region, "account": place.account}
    names = {name: str(value) for name, value in target}
    if "name" in names:
        names["name"] = "/" + names["name"].removeprefix("/")
    found = [row.arn.format(**where, **names)]
    if isinstance(target, QueueTarget):  # moving messages sends them to the queue as well
        found.append(row.arn.format(**where, dead_letter_queue=target.queue))
    return tuple(found)


def _check_place(value: str, place: Place) -> None:
    match = _ARN.fullmatch(value)
    if match and match.groups() != (place.partition, place.region, place.account):
        raise RefusalError("target", f"{value} is in another account or region")
