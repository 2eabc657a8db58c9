"""Evidence bundles and post-mortems in S3; a bundle is stored under its digest."""

from hashlib import sha256
from typing import TYPE_CHECKING

from pydantic import ValidationError

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.base import build_validators
from quorum.domain.canonical import canonical_json
from quorum.domain.errors import InvalidHistoryError, StoreUnavailableError
from quorum.domain.evidence import Bundle

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

build_validators(Bundle)


class S3EvidenceStore:
    """An `EvidenceStore`. Retention and encryption are configured on the bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket
        self._newest: tuple[str, Bundle] | None = None

    def put_bundle(self, bundle: Bundle) -> tuple[str, str]:
        """Store the bundle under its digest; the same bundle again is the same object."""
        body = canonical_json(bundle)
        digest = sha256(body).hexdigest()
        return self._put(_key(digest), body, "application/json"), digest

    def get_bundle(self, digest: str) -> Bundle:
        """Return the bundle. Raises InvalidHistoryError when the content has another digest.

        The last bundle is cached, because a seat's next tier reads it again; the digest identifies
        it.
        """
        if self._newest is None or self._newest[0] != digest:
            self._newest = digest, self._read(_key(digest), digest)
        return self._newest[1]

    def _read(self, key: str, digest: str) -> Bundle:
        body = self._get(key, digest)
        try:
            return Bundle.model_validate_json(body)
        except ValidationError as error:
            raise InvalidHistoryError(f"{key} is not a valid bundle for this version") from error

    def put_report(self, incident_id: str, markdown: str) -> tuple[str, str]:
        """Store a post-mortem; return (key, digest)."""
        body = markdown.encode()
        key = self._put(f"post-mortems/{incident_id}.md", body, "text/markdown; charset=utf-8")
        return key, sha256(body).hexdigest()

    def get_report(self, key: str, digest: str) -> str:
        """Return a post-mortem. Raises InvalidHistoryError when the content has another digest."""
        return self._get(key, digest).decode()

    def _get(self, key: str, digest: str) -> bytes:
        with raising(StoreUnavailableError, f"read {key}"):
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        if sha256(body).hexdigest() != digest:
            raise InvalidHistoryError(f"{key} does not match its recorded digest")
        return body

    def _put(self, key: str, body: bytes, content_type: str) -> str:
        with raising(StoreUnavailableError, f"write {key}"):
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=body, ContentType=content_type
            )
        return key


def _key(digest: str) -> str:
    return f"bundles/{digest}.json"
