"""What a person's token claims: whether it is for us, and of now, and whom it names.

Whether the token is genuine is for whoever has the keys (`TokenReader`); all else is judged here.
Times are seconds since 1970.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from quorum.domain.people import People, Person

SKEW_SECONDS: Final = 60
"""By how much the clock of whoever issued it may be ahead of ours."""


class Audience(NamedTuple):
    """Whose tokens we take, and whom they must be for."""

    issuer: str
    client: str


def flaw(claims: Mapping[str, Any], ours: Audience, now: datetime) -> str | None:
    """Return why a genuine token does not count here and now, or None.

    An access token is for other services and names nobody to us.
    """
    if claims.get("iss") != ours.issuer:
        return "the token is another issuer's"
    if claims.get("aud") != ours.client:
        return "the token is for another client"
    if claims.get("token_use") != "id":
        return "the token is no identity token"
    return _out_of_time(claims, now.timestamp())


def _out_of_time(claims: Mapping[str, Any], now: float) -> str | None:
    until, since = _time(claims.get("exp")), _time(claims.get("iat"))
    after = _time(claims.get("nbf", since))
    if until is None or since is None or after is None:
        return "the token does not say when it holds"
    if until <= now:
        return "the token has expired: sign in again"
    return "the token is of the future" if max(since, after) > now + SKEW_SECONDS else None


def _time(value: object) -> float | None:
    """Return the number, or None for what is none."""
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if fits and isinstance(value, int | float) else None


def named(claims: Mapping[str, Any], people: People) -> Person | None:
    """Return the person whom it names, by subject or by a verified address; or None."""
    found = people.by_subject(str(claims.get("sub", "")))
    verified = str(claims.get("email_verified", "")).lower() == "true"
    return found or (people.by_email(str(claims.get("email", ""))) if verified else None)
