"""Version pins in a resource's tags: no rollback below a version, or none without a person.

A deploy pipeline sets either with one call to the service (`aws lambda tag-resource`, `aws ecs
tag-resource`, `aws ssm add-tags-to-resource`). A tag works alike for all three services, is read
with the resource, and outlives the code; a description exists on Lambda only and is written with
the code itself.
"""

import re
from collections.abc import Mapping
from typing import Final

from quorum.domain.evidence import Candidate, Scalar

NO_ROLLBACK_BELOW: Final = "quorum:no-rollback-below"
"""No rollback below this version until the tag is removed."""
SECURITY_RELEASE: Final = "quorum:security-release"
"""This version fixes a vulnerability: a rollback below it needs a person's approval."""
FLOOR: Final = "no_rollback_below"
SECURITY: Final = "security_release"
_SETTINGS: Final = {NO_ROLLBACK_BELOW: FLOOR, SECURITY_RELEASE: SECURITY}

GOES_BACK: Final = {
    "lambda.rollback_alias": "version",
    "ssm.restore_parameter": "version",
    "ecs.rollback_service": "task_definition",
}
"""The verbs that roll back, and the kind of version: their parameters are `from_…` and `to_…`."""

_VERSION: Final = re.compile(r"(?:([A-Za-z0-9_-]{1,255}):)?([0-9]{1,18})")


def pins(tags: Mapping[str, str]) -> dict[str, Scalar]:
    """Return the settings that the tags define."""
    return {setting: tags[tag] for tag, setting in _SETTINGS.items() if tag in tags}


def rollback_target(candidate: Candidate) -> Scalar:
    """Return the version that the candidate rolls back to; None for other verbs."""
    kind = GOES_BACK.get(candidate.verb)
    return candidate.parameters.get(f"to_{kind}") if kind else None


def is_below(version: Scalar, pin: Scalar) -> bool:
    """Return whether the version is below the pinned one; True when they cannot be compared.

    A version is a number; for a task definition it is `family:revision` or its ARN. Different
    families cannot be compared.
    """
    if version is None or pin is None:
        return False
    actual, pinned = (_VERSION.fullmatch(str(v).strip().rpartition("/")[2]) for v in (version, pin))
    if actual is None or pinned is None:
        return True
    other_family = None not in (actual[1], pinned[1]) and actual[1] != pinned[1]
    return other_family or int(actual[2]) < int(pinned[2])


def is_earlier(version: Scalar, other: Scalar) -> bool:
    """Return whether the version was made before the other one; False if that cannot be compared.

    Numbers rise with every version of a function, and with every revision of one family.
    """
    one, two = (_VERSION.fullmatch(str(v).strip().rpartition("/")[2]) for v in (version, other))
    return one is not None and two is not None and one[1] == two[1] and int(one[2]) < int(two[2])
