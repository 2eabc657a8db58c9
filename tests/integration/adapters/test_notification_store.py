"""The contract of the store of deliveries."""

from collections.abc import Callable

import pytest

from quorum.adapters.dynamodb.notification_store import DynamoDBNotificationStore
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.incident_records import Notified
from quorum.domain.notices import About
from quorum.ports.messaging import NotificationStore
from tests.fakes import InMemoryNotificationStore
from tests.integration.tables import create_table, table_named

Make = Callable[[], NotificationStore]


def _broken() -> NotificationStore:
    book = InMemoryNotificationStore()
    book.error = StoreUnavailableError("gone")
    return book


books = pytest.mark.parametrize(
    "make",
    [InMemoryNotificationStore, lambda: DynamoDBNotificationStore(create_table("notifications"))],
    ids=["in_memory", "dynamodb"],
)


def delivery(
    channel: str, at: float, about: About = "state", reference: str = "C1/1.0"
) -> Notified:
    return Notified(
        incident_id="1" * 32,
        message="escalated",
        about=about,
        channel=channel,
        reference=reference,
        at=at,
    )


@books
def test_deliveries_are_returned_oldest_first(make: Make) -> None:
    book = make()
    later, earlier = delivery("slack", 2.5), delivery("pagerduty", 1.25)

    book.put(later)
    book.put(earlier)

    assert list(book.of("1" * 32)) == [earlier, later]
    assert list(book.of("2" * 32)) == []


@books
def test_first_delivery_of_a_channel_and_message_stays(make: Make) -> None:
    book = make()

    book.put(delivery("slack", 1, reference="first"))
    book.put(delivery("slack", 2, reference="second"))
    book.put(delivery("slack", 3, about="undecided"))

    assert [one.reference for one in book.of("1" * 32)] == ["first", "C1/1.0"]


@pytest.mark.parametrize(
    "make",
    [_broken, lambda: DynamoDBNotificationStore(table_named("nowhere"))],
    ids=["in_memory", "dynamodb"],
)
def test_unreadable_notification_store_raises_store_unavailable(make: Make) -> None:
    with pytest.raises(StoreUnavailableError):
        make().of("1" * 32)
    with pytest.raises(StoreUnavailableError):
        make().put(delivery("slack", 1))


@books
def test_each_round_has_a_delivery_of_its_own(make: Make) -> None:
    book = make()
    first = delivery("slack", 1)
    second = first.model_copy(update={"round": 2, "at": 2.0})

    for one in (first, second):
        book.put(one)

    assert list(book.of("1" * 32)) == [first, second]
