"""Signed statements: closed, canonical, separated by kind; their text form and its parser.

A signed statement travels as text, `{"says": …, "sig": …}`, in canonical JSON and in no other form,
so that one statement has exactly one byte string and no reader can interpret it in another way. The
signature covers the kind's own domain line followed by the statement's canonical JSON: a vote can
never be used as an approval.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import ClassVar, Final, Generic, NamedTuple, TypeVar

from quorum.domain.base import Digest, Record
from quorum.domain.canonical import canonical_json

MAX_BYTES: Final = 4096
"""Maximum size of a signed statement, signature included."""
MAX_SIGNATURE_BYTES: Final = 72
"""Maximum size of a P-256 signature in DER: two integers of at most 33 bytes, and their headers."""

Objection = Callable[[str, bytes, bytes], str | None]
"""(signer, message, signature) → why the signature is invalid, or None when it is valid."""


class Statement(Record):
    """A statement to sign. Closed: exactly its keys, in their strict types."""

    DOMAIN: ClassVar[bytes]

    def message(self) -> bytes:
        """Return the bytes that are signed."""
        return self.DOMAIN + canonical_json(self)

    def payload(self) -> Digest:
        """Return the digest of the signed bytes, which is equal for equal statements only."""
        return hashlib.sha256(self.message()).hexdigest()


S = TypeVar("S", bound=Statement)


class SignedStatement(NamedTuple, Generic[S]):
    """A parsed statement with its signature, which is not verified yet."""

    statement: S
    signature: bytes
    text: str


class Rejected(NamedTuple):
    """The reason for a rejection."""

    reason: str


def signed_text(statement: Statement, signature: bytes) -> str:
    """Return the statement and its signature as text."""
    return _text(statement.model_dump(mode="json"), signature)


def read_signed(raw: object, kind: type[S]) -> SignedStatement[S] | Rejected:
    """Parse a signed statement of this kind. Raises nothing, whatever the input."""
    if not isinstance(raw, str):
        return Rejected("it is not text")
    if len(raw) > MAX_BYTES:
        return Rejected(f"it is larger than {MAX_BYTES} bytes")
    try:
        return _read(raw, kind)
    except (ValueError, RecursionError):  # ValidationError, JSONDecodeError, Unicode… included
        return Rejected("it is malformed")


def _read(raw: str, kind: type[S]) -> SignedStatement[S] | Rejected:
    """Raise ValueError for an invalid statement, RecursionError for deeply nested JSON."""
    content = json.loads(raw)
    if type(content) is not dict or set(content) != {"says", "sig"}:
        return Rejected("it is not a signed statement")
    statement = kind.model_validate(content["says"])
    signature = content["sig"]
    if type(signature) is not str:
        return Rejected("its signature is not text")
    decoded = b64decode(signature, validate=True)
    if not 0 < len(decoded) <= MAX_SIGNATURE_BYTES:
        return Rejected("its signature has an invalid length")
    if (
        signed_text(statement, decoded) != raw
    ):  # another order, type, escape, repeated key, spare bit …
        return Rejected("it is not in canonical form")
    return SignedStatement(statement, decoded, raw)


def _text(payload: object, signature: bytes) -> str:
    return canonical_json({"says": payload, "sig": b64encode(signature).decode("ascii")}).decode()
