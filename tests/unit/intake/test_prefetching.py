"""A batch reads CloudWatch once."""

import json

import pytest

from functions.intake.confirmation import PrefetchedAlarms
from quorum.domain.errors import SourceUnavailableError
from tests.builders.cloudwatch_events import metric_alarm
from tests.fakes.alarm_store import InMemoryAlarmDescriptions

BODIES = [json.dumps(metric_alarm(name)) for name in ("shop-b", "shop-a", "shop-b", "shop-none")]


@pytest.fixture
def book() -> InMemoryAlarmDescriptions:
    """Return an alarm book of two alarms."""
    found = InMemoryAlarmDescriptions()
    found.send(metric_alarm("shop-a"))
    found.send(metric_alarm("shop-b"))
    return found


def test_alarms_of_a_batch_are_read_once(book: InMemoryAlarmDescriptions) -> None:
    ahead = PrefetchedAlarms(book)
    ahead.prefetch([*BODIES, "not an event"])

    for name in ("shop-a", "shop-b", "shop-none"):
        assert set(ahead.describe([name])) == {name} - {"shop-none"}

    assert book.asked == [["shop-a", "shop-b", "shop-none"]]


def test_answers_of_a_batch_are_not_reused_for_the_next(book: InMemoryAlarmDescriptions) -> None:
    ahead = PrefetchedAlarms(book)
    ahead.prefetch(BODIES)
    book.send(metric_alarm("shop-a", value="OK", at=60))
    ahead.prefetch(BODIES[1:2])

    assert ahead.describe(["shop-a"])["shop-a"].status.state == "OK"
    assert set(ahead.describe(["shop-b"])) == {"shop-b"}
    assert book.asked[-1] == ["shop-b"]


def test_each_message_reads_for_itself_after_a_failed_prefetch(
    book: InMemoryAlarmDescriptions,
) -> None:
    ahead = PrefetchedAlarms(book)
    book.error = SourceUnavailableError("throttled")
    ahead.prefetch(BODIES)

    with pytest.raises(SourceUnavailableError):
        ahead.describe(["shop-a"])
    book.error = None

    assert set(ahead.describe(["shop-a"])) == {"shop-a"}
