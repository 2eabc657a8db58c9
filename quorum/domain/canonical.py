"""Canonical JSON and digests: one byte string per value, so that equal values have equal hashes."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel


def canonical_json(value: Any) -> bytes:
    """Return the value as ASCII JSON with sorted keys and no whitespace.

    Raises ValueError for NaN and infinities, TypeError for values that JSON cannot represent.
    """
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )
    return text.encode("ascii")


def digest(value: Any) -> str:
    """Return the SHA-256 of the value's canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
