"""Who signs people in on a laptop: as a user pool does, with keys of its own that it publishes.

It has no page to sign in at: the tokens are printed. That is all in which it differs; they are
RS256, claim what a pool's identity tokens claim, and are verified by the same code.
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
"""A stage that stays up for weeks still knows its people; its keys end with it."""
PREFERRED_PORT: Final = int(LAPTOPS_ISSUER.rpartition(":")[2])
"""Where the stacks expect it unless told otherwise: so their assembly need not be made anew."""


class FakeTokenIssuer(FakeService):
    """Issues tokens for as long as it runs; `down` has it answer 503, as an outage does."""

    def __init__(self) -> None:
        super().__init__(PREFERRED_PORT)
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def reply(self, request: Request) -> Reply:
        """Return the keys that tokens are signed with."""
        if request.path != KEYS:
            return Reply(NOT_FOUND, {"error": "not_found"})
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return Reply(200, {"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]})

    def token(self, subject: str, **other: Any) -> str:
        """Return a token of this person; `other` changes what it claims."""
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
