"""Verification of token signatures (JWT), with the issuer's keys cached per environment.

The keys are fetched from the issuer itself, over HTTPS, and from no address that a token or a
redirect names. They are fetched again for an unknown key id, because issuers rotate their keys.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import jwt
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.ports.clock import Clock

ALGORITHMS: Final = ("RS256", "ES256")
KEYS: Final = "/.well-known/jwks.json"
LOOPBACK: Final = "http://127.0.0.1:"
TIMEOUT: Final = Timeout(connect=2, read=3)
LONGEST_ANSWER: Final = 100_000
REFETCH_SECONDS: Final = 60
"""Minimum time between two fetches: tokens with invented key ids do not cause more of them."""
BREAK_GLASS: Final = (
    "{why}: tokens cannot be verified at the moment. Retry in a minute, or answer in Slack. "
    "For urgent actions see docs/console.md, 'Break glass'"
)
_SIGNATURE_ONLY: Final[Any] = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "enforce_minimum_key_length": True,
}
"""Times and names are checked by `token_claims.claims_problem`, by our own clock."""


class JwtTokens:
    """A `TokenReader` of one issuer."""

    def __init__(self, issuer: str, pool: PoolManager, now: Clock) -> None:
        """Raise InvalidInputError for an issuer that does not use HTTPS."""
        if not issuer.startswith(("https://", LOOPBACK)):
            raise InvalidInputError("TOKEN_ISSUER: https://…, set by the stacks")
        self._address, self._pool, self._now = issuer + KEYS, pool, now
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")

    def read(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a genuine token. Raises InvalidInputError, RefusedError."""
        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid", "")))
            claims: Mapping[str, Any] = jwt.decode(
                token, key, algorithms=[key.algorithm_name], options=_SIGNATURE_ONLY
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise InvalidInputError("token: not genuine; sign in again") from None
        return claims

    def _key(self, name: str) -> jwt.PyJWK:
        """Return the key with this id. Raises RefusedError."""
        if name not in self._keys and self._may_fetch():
            self._keys = self._fetch_keys()
        if name not in self._keys:
            raise RefusedError(BREAK_GLASS.format(why="the token's key is not one of the issuer's"))
        return self._keys[name]

    def _may_fetch(self) -> bool:
        now = self._now().timestamp()
        due = now - self._fetched_at >= REFETCH_SECONDS
        self._fetched_at = now if due else self._fetched_at
        return due

    def _fetch_keys(self) -> Mapping[str, jwt.PyJWK]:
        """Return the issuer's keys by id. Raises RefusedError when it does not respond."""
        try:
            response = self._pool.request(
                "GET", self._address, timeout=TIMEOUT, retries=False, redirect=False
            )
            return _keys(_content(response))
        except (HTTPError, ValueError, TypeError, KeyError, RecursionError) as error:
            why = f"the issuer's keys cannot be read ({type(error).__name__})"
            raise RefusedError(BREAK_GLASS.format(why=why)) from error


def _content(response: BaseHTTPResponse) -> Any:
    """Return the response's JSON. Raises ValueError for any other response."""
    if response.status != HTTPStatus.OK or len(response.data) > LONGEST_ANSWER:
        raise ValueError(f"HTTP {response.status}")
    return json.loads(response.data)


def _keys(key_set: Any) -> dict[str, jwt.PyJWK]:
    """Return the keys with a supported algorithm, by id; others are skipped."""
    keys = {}
    for raw in key_set["keys"]:
        try:
            key = jwt.PyJWK(raw)
        except (jwt.PyJWTError, AttributeError):
            continue
        if key.algorithm_name in ALGORITHMS and key.key_id:
            keys[key.key_id] = key
    return keys
