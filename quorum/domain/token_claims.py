"""Checks of a token's claims: issuer, audience, lifetime, and the person.

`TokenReader` verifies the signature; everything else is checked here. Times: seconds since 1970.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from quorum.domain.people import People, Person

SKEW_SECONDS: Final = 60
"""Maximum time that the issuer's clock may be ahead of ours."""


class Audience(NamedTuple):
    """The accepted issuer, and the client id that tokens must be issued for."""

    issuer: str
    client: str


def claims_problem(claims: Mapping[str, Any], ours: Audience, now: datetime) -> str | None:
    """Return why a genuine token is not accepted, or None.

    Access tokens are rejected: they are for other services and identify no person here.
    """
    if claims.get("iss") != ours.issuer:
        return "the token is from another issuer"
    if claims.get("aud") != ours.client:
        return "the token is for another client"
    if claims.get("token_use") != "id":
        return "the token is not an identity token"
    return _out_of_time(claims, now.timestamp())


def _out_of_time(claims: Mapping[str, Any], now: float) -> str | None:
    until, since = _time(claims.get("exp")), _time(claims.get("iat"))
    after = _time(claims.get("nbf", since))
    if until is None or since is None or after is None:
        return "the token has no validity period"
    if until <= now:
        return "the token has expired: sign in again"
    return "the token is not valid yet" if max(since, after) > now + SKEW_SECONDS else None


def _time(value: object) -> float | None:
    """Return the number, or None for any other value."""
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if fits and isinstance(value, int | float) else None


def person_of_claims(claims: Mapping[str, Any], people: People) -> Person | None:
    """Return the person of the claims, by subject or by verified e-mail address, or None."""
    by_subject = people.by_subject(str(claims.get("sub", "")))
    verified = str(claims.get("email_verified", "")).lower() == "true"
    return by_subject or (people.by_email(str(claims.get("email", ""))) if verified else None)
