"""What a resource's tags pin: a version below which nobody goes back, or nobody goes back alone.

A deploy pipeline sets either with one call of the service's own (`aws lambda tag-resource`,
`aws ecs tag-resource`, `aws ssm add-tags-to-resource`). A tag is the same for all three services,
is read with the resource, and outlives the code; a description is Lambda's alone and is written
with the code itself.
"""

import re
from collections.abc import Mapping
from typing import Final

from quorum.domain.evidence import Candidate, Scalar

NO_ROLLBACK_BELOW: Final = "quorum:no-rollback-below"
"""Nothing goes back below this version: the tag is taken away first."""
SECURITY_RELEASE: Final = "quorum:security-release"
"""This version mends a weakness: going back below it needs a person."""
FLOOR: Final = "no_rollback_below"
SECURITY: Final = "security_release"
_SETTINGS: Final = {NO_ROLLBACK_BELOW: FLOOR, SECURITY_RELEASE: SECURITY}

GOES_BACK: Final = {
    "lambda.rollback_alias": "version",
    "ssm.restore_parameter": "version",
    "ecs.rollback_service": "task_definition",
}
"""The verbs that go back, and what of: their parameters are `from_` and `to_` it."""

_VERSION: Final = re.compile(r"(?:([A-Za-z0-9_-]{1,255}):)?([0-9]{1,18})")


def pins(tags: Mapping[str, str]) -> dict[str, Scalar]:
    """Return the settings that the tags pin."""
    return {setting: tags[tag] for tag, setting in _SETTINGS.items() if tag in tags}


def target(candidate: Candidate) -> Scalar:
    """Return what the candidate goes back to; None when it goes back to nothing."""
    what = GOES_BACK.get(candidate.verb)
    return candidate.parameters.get(f"to_{what}") if what else None


def below(version: Scalar, pin: Scalar) -> bool:
    """Return whether the version is below what is pinned; True when that cannot be told.

    A version is a number, of a task definition `family:revision` or its ARN. Of two families
    neither is above the other.
    """
    if version is None or pin is None:
        return False
    one, least = (_VERSION.fullmatch(str(v).strip().rpartition("/")[2]) for v in (version, pin))
    if one is None or least is None:
        return True
    others = None not in (one[1], least[1]) and one[1] != least[1]
    return others or int(one[2]) < int(least[2])
