"""The contract of the evidence store, for the fake and for S3."""

from collections.abc import Callable

import boto3
import pytest

from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.domain.canonical import digest
from quorum.domain.errors import InvalidHistoryError, StoreUnavailableError
from quorum.ports.log import EvidenceStore
from tests.builders.alarms import alarm
from tests.builders.bundles import bundle
from tests.builders.events import INCIDENT, NOT_ASCII
from tests.fakes import InMemoryEvidenceStore

Tamper = Callable[[str, bytes], None]
BUCKET = "evidence"
BUNDLE = bundle(alarms=(alarm(reason=NOT_ASCII),))


@pytest.fixture(params=["in_memory", "s3"])
def place(request: pytest.FixtureRequest) -> tuple[EvidenceStore, Tamper]:
    """Return the store and a way to write behind its back."""
    if request.param == "in_memory":
        store = InMemoryEvidenceStore()
        return store, store.objects.__setitem__
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)

    def tamper(key: str, body: bytes) -> None:
        client.put_object(Bucket=BUCKET, Key=key, Body=body)

    return S3EvidenceStore(client, BUCKET), tamper


@pytest.fixture
def store(place: tuple[EvidenceStore, Tamper]) -> EvidenceStore:
    """Return the store alone."""
    return place[0]


def test_a_bundle_comes_back_whole_under_its_digest(store: EvidenceStore) -> None:
    key, of_bundle = store.put_bundle(BUNDLE)
    assert (key, of_bundle) == (f"bundles/{digest(BUNDLE)}.json", digest(BUNDLE))
    assert store.get_bundle(of_bundle) == BUNDLE


def test_storing_a_bundle_again_changes_nothing(store: EvidenceStore) -> None:
    first = store.put_bundle(BUNDLE)
    assert store.put_bundle(BUNDLE) == first
    assert store.get_bundle(first[1]) == BUNDLE


def test_a_bundle_that_was_rewritten_is_refused(place: tuple[EvidenceStore, Tamper]) -> None:
    store, tamper = place
    key, of_bundle = store.put_bundle(BUNDLE)
    tamper(key, b'{"v":1}')
    with pytest.raises(InvalidHistoryError):
        store.get_bundle(of_bundle)


def test_bundle_once_read_stays_the_recorded_one() -> None:
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    store = S3EvidenceStore(client, BUCKET)
    key, of_bundle = store.put_bundle(BUNDLE)
    read = store.get_bundle(of_bundle)
    client.put_object(Bucket=BUCKET, Key=key, Body=b"{}")
    assert store.get_bundle(of_bundle) is read


def test_missing_bundle_is_unavailable(store: EvidenceStore) -> None:
    with pytest.raises(StoreUnavailableError):
        store.get_bundle("0" * 64)


def test_a_post_mortem_is_stored_under_its_incident(store: EvidenceStore) -> None:
    key, of_text = store.put_report(INCIDENT, "# näh")
    assert key == f"post-mortems/{INCIDENT}.md"
    assert store.put_report(INCIDENT, "# näh") == (key, of_text)
    assert store.put_report(INCIDENT, "# other")[1] != of_text


def test_a_post_mortem_comes_back_only_as_it_was_written(store: EvidenceStore) -> None:
    key, of_text = store.put_report(INCIDENT, "# näh")
    assert store.get_report(key, of_text) == "# näh"
    store.put_report(INCIDENT, "# other")
    with pytest.raises(InvalidHistoryError, match="does not match its recorded digest"):
        store.get_report(key, of_text)
