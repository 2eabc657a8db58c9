"""ECDSA over P-256 with SHA-256, with the `cryptography` library: one encoding per signature.

DER allows other encodings of the same numbers, and (r, n - s) is as valid a signature as (r, s).
Both are rejected, so that a signed text cannot be turned into a second one.
"""

from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import load_der_public_key

from quorum.domain.errors import InvalidInputError

ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order n of P-256: SEC 2 (2010), section 2.4.2."""
_ECDSA: Final = ec.ECDSA(hashes.SHA256())

PublicKey = ec.EllipticCurvePublicKey


def public_key(der: bytes) -> PublicKey:
    """Return the key of a SubjectPublicKeyInfo. Raises InvalidInputError for another curve."""
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidInputError(f"invalid public key: {error}") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise InvalidInputError("the public key is not on the curve P-256")
    return key


def low_s(signature: bytes) -> bytes:
    """Return the signature in the only form that `objection` accepts. Raises InvalidInputError."""
    try:
        r, s = decode_dss_signature(signature)
    except ValueError as error:
        raise InvalidInputError(f"invalid DER signature: {error}") from error
    return encode_dss_signature(r, min(s, ORDER - s))


def objection(key: PublicKey, message: bytes, signature: bytes) -> str | None:
    """Return why the signature is not the key's for this message, or None when it is."""
    try:
        r, s = decode_dss_signature(signature)
    except ValueError:
        return "its signature is not DER"
    if not (0 < r < ORDER and 0 < s <= ORDER // 2):
        return "its signature is out of range"
    if encode_dss_signature(r, s) != signature:
        return "its signature is not in canonical encoding"
    try:
        key.verify(signature, message, _ECDSA)
    except InvalidSignature:
        return "its signature does not match the signer's key"
    return None
