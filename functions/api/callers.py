"""Who is calling: what the gateway's authorizer vouches for, or on a laptop a printed token.

Nothing else identifies anybody: no header, no field of a body. The gateway alone invokes this
function, so the event's `requestContext` and `stageVariables` are the gateway's words.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, NamedTuple

from functions.shared.domain.people import People, Person

TOKEN_VARIABLE: Final = "token_"  # noqa: S105 - the name of a variable
"""Of the laptop's stage variables: `token_<SHA-256 of the token>` is the person's subject."""
BEARER: Final = "bearer "


class Known(NamedTuple):
    """A person of the configuration, and the address that the request came from."""

    person: Person
    address: str


def identify(event: Mapping[str, Any], people: People, *, local: bool) -> Known | None:
    """Return who calls, or None. A printed token counts on a laptop and nowhere else."""
    context = event.get("requestContext") or {}
    person = _by_token(event, people) if local else _by_claims(context, people)
    address = str((context.get("http") or {}).get("sourceIp", ""))
    return Known(person, address) if person else None


def _by_claims(context: Mapping[str, Any], people: People) -> Person | None:
    """Return the person whom an identity token names, by subject or by a verified address.

    An access token is for other services and names nobody to us.
    """
    claims = ((context.get("authorizer") or {}).get("jwt") or {}).get("claims") or {}
    if claims.get("token_use") != "id":
        return None
    found = people.by_subject(str(claims.get("sub", "")))
    verified = str(claims.get("email_verified", "")).lower() == "true"
    return found or (people.by_email(str(claims.get("email", ""))) if verified else None)


def _by_token(event: Mapping[str, Any], people: People) -> Person | None:
    header = str((event.get("headers") or {}).get("authorization", ""))
    if not header.lower().startswith(BEARER):
        return None
    wanted = TOKEN_VARIABLE + sha256(header[len(BEARER) :].strip().encode()).hexdigest()
    for name, subject in (event.get("stageVariables") or {}).items():
        if hmac.compare_digest(str(name), wanted):
            return people.by_subject(str(subject))
    return None
