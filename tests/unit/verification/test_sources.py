"""Unreadable sources are not health."""

from quorum.domain.errors import SourceUnavailableError
from tests.builders.verification import DEADLINE, WINDOW, Verified


def test_an_alarm_that_was_deleted_is_not_ok() -> None:
    scene = Verified()
    scene.case.alarms.alarms.clear()

    assert scene.at(WINDOW) == "pending"
    assert scene.at(DEADLINE) == "unverified"
    assert scene.checked[0].alarm_state == "GONE"


def test_unavailable_source_is_waited_for_and_is_not_health() -> None:
    scene = Verified()
    scene.metrics.error = SourceUnavailableError("no answer")

    assert scene.at(WINDOW) == "pending"
    scene.metrics.error = None
    assert scene.at(WINDOW + 5) == "recovered"


def test_unavailable_source_at_the_deadline_is_unverified() -> None:
    scene = Verified()
    scene.case.alarms.error = SourceUnavailableError("no answer")

    assert scene.at(DEADLINE) == "unverified"
    assert scene.checked[0].reason == "no answer"
    assert scene.checked[0].alarm_state == "UNKNOWN"


def test_an_alarm_in_alarm_without_metrics_is_no_proof_of_a_failure() -> None:
    scene = Verified()
    scene.alarm("ALARM")
    scene.metrics.error = SourceUnavailableError("no answer")

    assert scene.at(DEADLINE) == "unverified"
    assert scene.checked[0].reason == "no answer"
