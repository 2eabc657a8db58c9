"""Signatures with a KMS key, which never leaves KMS."""

from typing import TYPE_CHECKING

from quorum.adapters.aws.aws_errors import raising
from quorum.adapters.signing.p256 import low_s
from quorum.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class KmsSigner:
    """A `Signer`. `key` is the ARN of the signer's own key, which only its role may use."""

    def __init__(self, client: "KMSClient", key: str) -> None:
        self._client, self._key = client, key

    def sign(self, message: bytes) -> bytes:
        """Return the signature of the message (at most 4,096 bytes), with one call."""
        with raising(StoreUnavailableError, f"sign with {self._key}"):
            response = self._client.sign(
                KeyId=self._key,
                Message=message,
                MessageType="RAW",
                SigningAlgorithm="ECDSA_SHA_256",
            )
        return low_s(response["Signature"])
