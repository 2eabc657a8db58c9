"""Statements that are signed: closed, canonical, separated by kind; and how they are read back.

A sealed statement travels as text, `{"says": …, "sig": …}`, in canonical JSON and in no other form,
so that one statement has one byte string and no reader can take it for something else. What is
signed is the kind's own domain, a line, before the statement's canonical JSON: a vote can never
pass for an approval.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import ClassVar, Final, Generic, NamedTuple, TypeVar

from quorum.domain.base import Digest, Record
from quorum.domain.canonical import canonical_json

MAX_BYTES: Final = 4096
"""Of a sealed statement, signature included."""
MAX_SIGNATURE_BYTES: Final = 72
"""Of a P-256 signature in DER: two integers of at most 33 bytes, and their headers."""

Objection = Callable[[str, bytes, bytes], str | None]
"""(signer, message, signature) → why the signature is not the signer's, or None when it is."""


class Statement(Record):
    """What somebody signs. Closed: exactly its keys, in their strict types."""

    DOMAIN: ClassVar[bytes]

    def message(self) -> bytes:
        """Return the bytes that are signed."""
        return self.DOMAIN + canonical_json(self)

    def payload(self) -> Digest:
        """Return the digest of what is signed: two statements are the same when this is."""
        return hashlib.sha256(self.message()).hexdigest()


S = TypeVar("S", bound=Statement)


class Sealed(NamedTuple, Generic[S]):
    """A statement that was read, with its signature, of which nothing is known yet."""

    says: S
    signature: bytes
    text: str


class Rejected(NamedTuple):
    """Why something does not count."""

    reason: str


def seal(statement: Statement, signature: bytes) -> str:
    """Return the statement with its signature, as the text that travels."""
    return _text(statement.model_dump(mode="json"), signature)


def unseal(raw: object, kind: type[S]) -> Sealed[S] | Rejected:
    """Read a sealed statement of this kind. Raises nothing, whatever it is given."""
    if not isinstance(raw, str):
        return Rejected("it is not text")
    if len(raw) > MAX_BYTES:
        return Rejected(f"it is larger than {MAX_BYTES} bytes")
    try:
        return _read(raw, kind)
    except (ValueError, RecursionError):  # ValidationError, JSONDecodeError, Unicode… are these
        return Rejected("it is malformed")


def _read(raw: str, kind: type[S]) -> Sealed[S] | Rejected:
    """Raises ValueError for what is no such statement, RecursionError for a deep one."""
    content = json.loads(raw)
    if type(content) is not dict or set(content) != {"says", "sig"}:
        return Rejected("its shape is not a sealed statement's")
    statement = kind.model_validate(content["says"])
    signature = content["sig"]
    if type(signature) is not str:
        return Rejected("its signature is not text")
    found = b64decode(signature, validate=True)
    if not 0 < len(found) <= MAX_SIGNATURE_BYTES:
        return Rejected("its signature has not the length of one")
    if seal(statement, found) != raw:  # another order, type, escape, repeated key, spare bit …
        return Rejected("it is not in canonical form")
    return Sealed(statement, found, raw)


def _text(says: object, signature: bytes) -> str:
    return canonical_json({"says": says, "sig": b64encode(signature).decode("ascii")}).decode()
