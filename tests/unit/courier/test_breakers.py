"""No breaker, whatever is in it, keeps a page from people; and what nobody takes is alarmed."""

import pytest

from quorum.domain.breaker_state import BreakerState
from quorum.domain.notification_routes import CHANNELS
from stacks.own_alarms import OWN_ALARMS
from tests.unit.communication.office import Office, end, notice, open_incidents
from tests.unit.courier.test_courier import waiting


@pytest.fixture
def office() -> Office:
    """Return an office all of whose breakers somebody has just shut."""
    office = Office()
    open_incidents(office, "1")
    shut = BreakerState(phase="open", opened_at=office.clock().timestamp(), revision=1)
    for name in CHANNELS:
        assert office.breakers.swap(name, shut)
    return office


def test_a_page_is_sent_past_shut_breakers(office: Office) -> None:
    end(office, "1")

    drained = office.drain([waiting(notice("escalated")), waiting(notice("escalated"), "pages")])

    assert (office.kinds("slack"), office.kinds("pagerduty")) == 2 * ([("escalated", "1")],)
    assert (drained.told, drained.undeliverable) == (2, 0)
    assert ("escalated", "pagerduty", "pagerduty-1") in office.told("1")


def test_past_the_breakers_the_next_channel_of_the_leg_is_asked_too(office: Office) -> None:
    office.break_down("pagerduty")

    drained = office.drain([waiting(notice("approval_wanted"), "pages")])

    assert office.kinds("email") == [("approval_wanted", "1")]
    assert drained.told == 1


def test_what_nobody_has_to_act_on_is_not_worth_it(office: Office) -> None:
    drained = office.drain([waiting(notice("decision"))])

    assert office.sent("slack") == []
    assert drained.undeliverable == 1


def test_a_page_that_no_channel_takes_is_kept_and_alarms_past_every_channel(office: Office) -> None:
    office.break_down("slack", "pagerduty", "email")

    drained = office.drain([waiting(notice("approval_wanted"), "pages")])

    assert drained.undeliverable == 1
    [(payload, reason)] = office.letters.kept
    assert payload["notice"]["kind"] == "approval_wanted"
    assert "past the breaker: pagerduty is down; past the breaker: email is down" in reason
    [alarm] = [row for row in OWN_ALARMS if row.metric == "MessagesUndeliverable"]
    assert (alarm.name, alarm.namespace, alarm.of, alarm.threshold) == (
        "notifications-undeliverable",
        "Quorum",
        "courier",
        1,
    )


def test_what_is_refused_alarms_as_well() -> None:
    [alarm] = [row for row in OWN_ALARMS if row.metric == "MessagesRefused"]
    assert (alarm.namespace, alarm.of, alarm.threshold) == ("Quorum", "courier", 1)
