"""Tokens of people without keys: what a genuine one claims, by its text."""

from collections.abc import Mapping
from typing import Any, Final

from quorum.domain.errors import InvalidInputError, QuorumError
from quorum.domain.token_claims import Audience
from quorum.ports.clock import Clock

OURS: Final = Audience("https://issuer.test/pool", "console")


class InMemoryTokens:
    """A `TokenReader`. `subjects` maps a token's text to its person's subject."""

    def __init__(self, subjects: Mapping[str, str], now: Clock) -> None:
        self._now = now
        self.genuine: dict[str, dict[str, Any]] = {
            token: self.claims(subject) for token, subject in subjects.items()
        }
        self.error: QuorumError | None = None

    def claims(self, subject: str, **other: Any) -> dict[str, Any]:
        """Return what a token of this person claims for eight hours from now."""
        now = int(self._now().timestamp())
        times = {"iat": now, "exp": now + 8 * 3600}
        ours = {"iss": OURS.issuer, "aud": OURS.client, "token_use": "id"}
        return {**ours, **times, "sub": subject, **other}

    def read(self, token: str) -> Mapping[str, Any]:
        """Return what the token claims."""
        if self.error is not None:
            raise self.error
        if token not in self.genuine:
            raise InvalidInputError("token: not genuine; sign in again")
        return self.genuine[token]
