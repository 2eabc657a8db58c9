"""Token issuer of the laptop, in place of a Cognito user pool; it publishes its own keys.

It has no sign-in page: the tokens are part of the console's URL. Otherwise they are like a pool's
identity tokens: RS256, with the same claims, verified by the same code.
"""

import json
import time
from collections.abc import Mapping
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from local.fake_services.service import NOT_FOUND, FakeService, Reply, Request
from stacks.config import LAPTOPS_CLIENT, LAPTOPS_ISSUER

KEY_ID: Final = "laptop-1"
KEYS: Final = "/.well-known/jwks.json"
DAY_SECONDS: Final = 86_400
LONGEST_SECONDS: Final = 30 * DAY_SECONDS
"""Lifetime of a token, longer than a stage runs; the keys end with the stage."""
PREFERRED_PORT: Final = int(LAPTOPS_ISSUER.rpartition(":")[2])
"""The port in the stacks' default configuration; on another port the app is synthesised again."""


class FakeTokenIssuer(FakeService):
    """The issuer and its key set, for as long as the `with` block lasts."""

    def __init__(self) -> None:
        super().__init__(PREFERRED_PORT)
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def reply(self, request: Request) -> Reply:
        """Return the public keys of the tokens' signatures."""
        if request.path != KEYS:
            return Reply(NOT_FOUND, {"error": "not_found"})
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return Reply(200, {"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]})

    def token(self, subject: str, **other: Any) -> str:
        """Return an identity token of this person; `other` adds or replaces claims."""
        now = int(time.time())
        claims: Mapping[str, Any] = {
            "iss": self.url,
            "aud": LAPTOPS_CLIENT,
            "sub": subject,
            "token_use": "id",
            "iat": now,
            "exp": now + LONGEST_SECONDS,
            **other,
        }
        return jwt.encode(dict(claims), self._key, "RS256", {"kid": KEY_ID})
