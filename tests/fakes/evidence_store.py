"""Bundles and reports in memory."""

from hashlib import sha256

from quorum.domain.canonical import canonical_json, digest
from quorum.domain.errors import InvalidHistoryError, StoreUnavailableError
from quorum.domain.evidence import Bundle


class InMemoryEvidenceStore:
    """An `EvidenceStore`; `objects` is the bucket, to look into or to tamper with."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_bundle(self, bundle: Bundle) -> tuple[str, str]:
        """Store the bundle under its digest."""
        of_bundle = digest(bundle)
        key = f"bundles/{of_bundle}.json"
        self.objects.setdefault(key, canonical_json(bundle))
        return key, of_bundle

    def get_bundle(self, digest: str) -> Bundle:
        """Return the bundle, if it still has this digest."""
        return Bundle.model_validate_json(self._get(f"bundles/{digest}.json", digest))

    def put_report(self, incident_id: str, markdown: str) -> tuple[str, str]:
        """Store the post-mortem."""
        key, body = f"post-mortems/{incident_id}.md", markdown.encode()
        self.objects[key] = body
        return key, sha256(body).hexdigest()

    def get_report(self, key: str, digest: str) -> str:
        """Return the post-mortem, if it still has this digest."""
        return self._get(key, digest).decode()

    def _get(self, key: str, digest: str) -> bytes:
        body = self.objects.get(key)
        if body is None:
            raise StoreUnavailableError(f"{key} is not there")
        if sha256(body).hexdigest() != digest:
            raise InvalidHistoryError(f"{key} does not match its recorded digest")
        return body
