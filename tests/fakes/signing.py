"""Keys in memory: real P-256 signatures, made here instead of in KMS."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from quorum.adapters.signing import p256
from quorum.domain.signed import Statement, signed_text


@cache
def private_key(name: str) -> ec.EllipticCurvePrivateKey:
    """Return the key of that name, the same in every run."""
    secret = int.from_bytes(sha256(name.encode()).digest()) % (p256.ORDER - 1) + 1
    return ec.derive_private_key(secret, ec.SECP256R1())


def public_der(name: str) -> bytes:
    """Return the public key as KMS does."""
    return (
        private_key(name)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


class InMemorySigner:
    """A `Signer` that counts how often it signed."""

    def __init__(self, name: str) -> None:
        self._key = private_key(name)
        self.signed = 0

    def sign(self, message: bytes) -> bytes:
        """Return the signature."""
        self.signed += 1
        return p256.low_s(self._key.sign(message, ec.ECDSA(hashes.SHA256())))


class InMemoryVerifier:
    """A `Verifier` of every key, or of those in `known`: signer to the name of its key."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self._known = known

    def objection(self, signer: str, message: bytes, signature: bytes) -> str | None:
        """Return why this is not the signer's signature of the message, or None when it is."""
        name = signer if self._known is None else self._known.get(signer)
        if name is None:
            return f"no key is pinned for {signer}"
        return p256.objection(private_key(name).public_key(), message, signature)


def sealed(statement: Statement, signer: str) -> str:
    """Return the statement, signed by that key."""
    return signed_text(statement, InMemorySigner(signer).sign(statement.message()))
