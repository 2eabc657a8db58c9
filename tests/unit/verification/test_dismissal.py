"""An alarm that was dismissed has to be OK by itself by the deadline."""

import pytest

from quorum.domain.errors import InvalidInputError, SourceUnavailableError
from tests.unit.executor.cases import Case
from tests.unit.executor.evidence import alarm
from tests.unit.verification.cases import DEADLINE, Verified


def dismissed() -> Verified:
    return Verified(Case(route="dismiss"), mode="dismissal")


def test_an_alarm_that_is_ok_by_itself_is_over() -> None:
    scene = dismissed()

    assert scene.at(1) == "recovered"
    assert scene.checked[0].reason == "the alarms recovered without an action"


@pytest.mark.parametrize("state", ["ALARM", "INSUFFICIENT_DATA"])
def test_an_alarm_that_is_not_ok_is_waited_for_until_the_deadline(state: str) -> None:
    scene = dismissed()
    scene.alarm(state)

    assert scene.at(DEADLINE - 1) == "pending"
    assert scene.at(DEADLINE) == "failed"
    assert scene.checked[0].alarm_state == state


def test_every_alarm_has_to_be_ok() -> None:
    case = Case(route="dismiss")
    case.join(alarm("search-errors"))
    scene = Verified(case, mode="dismissal")
    scene.alarm("ALARM", "search-errors")

    assert scene.at(DEADLINE) == "failed"


@pytest.mark.parametrize("source", ["alarms", "metrics"])
def test_what_cannot_be_read_is_not_health(source: str) -> None:
    scene = dismissed()
    broken = scene.case.alarms if source == "alarms" else scene.metrics
    broken.error = SourceUnavailableError("no answer")

    assert scene.at(1) == "pending"
    assert scene.at(DEADLINE) == "failed"


def test_a_verdict_once_recorded_is_repeated() -> None:
    scene = dismissed()
    scene.alarm("ALARM")
    scene.at(DEADLINE)
    scene.alarm("OK")

    assert scene.at(DEADLINE + 1) == "failed"
    assert len(scene.checked) == 1


def test_a_decision_that_was_not_to_dismiss_has_no_dismissal_to_verify() -> None:
    scene = Verified(Case(), mode="dismissal")

    with pytest.raises(InvalidInputError, match="mode"):
        scene.at(1)
