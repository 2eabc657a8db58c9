"""What the tags of the resource say now against going back to where a candidate goes."""

from collections.abc import Mapping

from functions.executor.ports import Hazards
from quorum.domain.evidence import Candidate
from quorum.domain.rollback_pins import (
    FLOOR,
    NO_ROLLBACK_BELOW,
    SECURITY,
    SECURITY_RELEASE,
    is_below,
    pins,
    rollback_target,
)


def pinned(candidate: Candidate, tags: Mapping[str, str]) -> Hazards:
    """Return what they say."""
    to, settings = rollback_target(candidate), pins(tags)
    floor, security = settings.get(FLOOR), settings.get(SECURITY)
    return Hazards(
        below_floor=f"{to} is below {NO_ROLLBACK_BELOW} {floor}" if is_below(to, floor) else None,
        security=f"{to} is below {SECURITY_RELEASE} {security}" if is_below(to, security) else None,
    )
