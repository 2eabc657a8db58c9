"""Local verification, with public keys of pinned KMS keys, cached per environment."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from quorum.adapters.aws.aws_errors import raising
from quorum.adapters.signing import p256
from quorum.domain.errors import InvalidInputError, StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class KmsVerifier:
    """A `Verifier`. `keys` maps each signer to the ARN of its key.

    The deployment pins ARNs, and the key behind an ARN never changes, which pins the public key. An
    alias would not, because it can be moved to another key.
    """

    def __init__(self, client: "KMSClient", keys: Mapping[str, str]) -> None:
        self._client, self._arns = client, keys
        self._keys: dict[str, p256.PublicKey] = {}

    def objection(self, signer: str, message: bytes, signature: bytes) -> str | None:
        """Return why the signature is not the signer's for this message, or None when it is."""
        if signer not in self._arns:
            return f"no key is pinned for {signer}"
        try:
            return p256.objection(self._key(signer), message, signature)
        except InvalidInputError as error:
            return f"the key of {signer}: {error}"

    def _key(self, signer: str) -> p256.PublicKey:
        """Return the signer's key. Raises InvalidInputError for a key of another type."""
        if signer not in self._keys:
            with raising(StoreUnavailableError, f"public key of {signer}"):
                response = self._client.get_public_key(KeyId=self._arns[signer])
            self._keys[signer] = p256.public_key(response["PublicKey"])
        return self._keys[signer]
