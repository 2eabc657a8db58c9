"""From a frozen candidate to the one resource it may touch, or a refusal."""

import re
from typing import Final

from pydantic import ValidationError

from functions.executor.dependencies import Place
from functions.executor.refusal import RefusalError
from functions.executor.targets import TARGETS, QueueTarget, Target
from quorum.domain.catalogue import has_former_id, id_matches_parameters, verb
from quorum.domain.evidence import Alarm, Candidate

_ARN: Final = re.compile(r"arn:([^:]*):[^:]*:([^:]*):([^:]*):.*", re.DOTALL)


def bind(candidate: Candidate, place: Place, *, signed: bool = False) -> Target:
    """Return the candidate's typed target. `signed`: people's grants bind all its parameters.

    Raises RefusalError when its id is not the digest of its parameters, they do not fit the verb,
    or they name another resource than the candidate says, another account or another region.
    """
    if not (id_matches_parameters(candidate) or (signed and has_former_id(candidate))):
        raise RefusalError("target", f"{candidate.id} is not the id of its parameters")
    kind = TARGETS.get(candidate.verb)
    if kind is None:
        raise RefusalError("target", f"no verb is called {candidate.verb}")
    try:
        target = kind.model_validate(candidate.parameters)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))} {e['msg']}" for e in error.errors())
        raise RefusalError("target", f"parameters of {candidate.verb}: {wrong}") from error
    if target.resource != candidate.resource:
        raise RefusalError("target", f"{candidate.resource} is not what its parameters name")
    for value in candidate.parameters.values():
        _ours(str(value), place)
    return target


def ours(alarm: Alarm, place: Place) -> None:
    """Raise RefusalError when the alarm is of another account or region."""
    if (alarm.account, alarm.region) != (place.account, place.region):
        raise RefusalError("target", f"{alarm.name} is in {alarm.account} {alarm.region}")
    _ours(alarm.arn, place)


def arns(candidate: Candidate, place: Place) -> tuple[str, ...]:
    """Return the exact ARNs that the effect needs. Raises RefusalError as `bind` does.

    Whether an id of before is enough was decided when the action was authorised.
    """
    target = bind(candidate, place, signed=True)
    row = verb(candidate.verb)
    where = {"partition": place.partition, "region": place.region, "account": place.account}
    names = {name: str(value) for name, value in target}
    if "name" in names:
        names["name"] = "/" + names["name"].removeprefix("/")
    found = [row.arn.format(**where, **names)]
    if isinstance(target, QueueTarget):  # moving messages sends them to the queue as well
        found.append(row.arn.format(**where, dead_letter_queue=target.queue))
    return tuple(found)


def _ours(value: str, place: Place) -> None:
    match = _ARN.fullmatch(value)
    if match and match.groups() != (place.partition, place.region, place.account):
        raise RefusalError("target", f"{value} is in another account or region")
