"""Who knocks: only what Slack signed, within five minutes, once."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.slack.webhook import Answer, Door, Verdict
from functions.slack.work import Work
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.slack_interactions import parse
from quorum.domain.slack_signature import SignedBody, sign, signature_problem
from tests.fakes.channels import InMemoryClaims
from tests.fakes.clock import START, FakeClock
from tests.unit.slack.presses import ADA, APPROVAL, INCIDENT, SECRET, payload, request

NOW = START
WINDOW_SECONDS = 300


class Entrance:
    """A door, and what it handed on."""

    def __init__(self) -> None:
        self.clock, self.claims, self.work = FakeClock(NOW), InMemoryClaims(), list[Work]()
        self.door = Door(lambda: SECRET, self.claims, self.work.append, self.clock)

    def knock(self, event: dict[str, Any]) -> str:
        return self.door.knock(event).verdict


@pytest.fixture
def entrance() -> Entrance:
    return Entrance()


def test_the_signature_is_slacks_own_example() -> None:
    """The example of https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121"
        b".803a0bc887a14d10d2c447fce8b6703c"
    )
    wanted = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert sign(SECRET, "1531420618", body) == wanted


def test_a_press_is_answered_and_handed_on(entrance: Entrance) -> None:
    answer = entrance.door.knock(request(payload(), NOW))

    assert answer.response() == {"statusCode": 200, "body": ""}
    (work,) = entrance.work
    assert work.refused is None
    press = parse(work.sent.body)
    assert (press.member, press.action) == (ADA, "approve")
    assert (press.approval_id, press.incident_id) == (APPROVAL, INCIDENT)
    assert signature_problem(work.sent, SECRET, NOW) is None


def test_a_body_in_base64_is_checked_as_it_was_sent(entrance: Entrance) -> None:
    event = request(payload(), NOW)
    coded = base64.b64encode(event["body"].encode()).decode()

    assert entrance.knock({**event, "body": coded, "isBase64Encoded": True}) == "accepted"


def test_header_names_have_no_case(entrance: Entrance) -> None:
    event = request(payload(), NOW)

    titled = {name.title(): value for name, value in event["headers"].items()}
    assert entrance.knock({**event, "headers": titled}) == "accepted"


@pytest.mark.parametrize(
    "change",
    [
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-signature": ""},
        {"x-slack-signature": "ü"},
        {"x-slack-request-timestamp": str(int(NOW.timestamp()) + 1)},
        {"x-slack-request-timestamp": "now"},
    ],
)
def test_what_slack_did_not_sign_is_forged_and_goes_nowhere(
    entrance: Entrance, change: dict[str, str]
) -> None:
    event = request(payload(), NOW)

    assert entrance.knock({**event, "headers": {**event["headers"], **change}}) == "forged"
    assert entrance.door.knock({**event, "headers": {}}).response()["statusCode"] == 401
    assert entrance.work == []
    assert entrance.claims.claimed_until == {}


def test_another_body_under_a_good_signature_is_forged(entrance: Entrance) -> None:
    event = request(payload("deny"), NOW)

    other = request(payload("approve"), NOW)["body"]
    assert entrance.knock({**event, "body": other}) == "forged"


def test_a_signature_of_another_app_is_forged(entrance: Entrance) -> None:
    assert entrance.knock(request(payload(), NOW, secret="f" * 32)) == "forged"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_request_of_another_time_is_late_and_recorded(entrance: Entrance, seconds: int) -> None:
    assert entrance.knock(request(payload(), NOW + timedelta(seconds=seconds))) == "late"
    assert [work.refused for work in entrance.work] == ["late"]


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_within_five_minutes_a_request_is_taken(entrance: Entrance, seconds: int) -> None:
    assert entrance.knock(request(payload(), NOW + timedelta(seconds=seconds))) == "accepted"


def test_a_request_is_taken_once_for_as_long_as_its_signature_is_good(entrance: Entrance) -> None:
    early = request(payload(), NOW + timedelta(seconds=300))

    assert [entrance.knock(early) for _ in range(2)] == ["accepted", "replayed"]
    assert [work.refused for work in entrance.work] == [None, "replayed"]
    (until,) = entrance.claims.claimed_until.values()
    assert until == NOW + timedelta(seconds=600)


@pytest.mark.parametrize(
    ("verdict", "status"),
    [("accepted", 200), ("forged", 401), ("late", 401), ("replayed", 409), ("unreadable", 400)],
)
def test_each_verdict_has_its_status_and_no_words(verdict: Verdict, status: int) -> None:
    assert Answer(verdict).response() == {"statusCode": status, "body": ""}


def test_without_the_store_nothing_is_taken(entrance: Entrance) -> None:
    entrance.claims.error = StoreUnavailableError("no table")

    with pytest.raises(StoreUnavailableError):
        entrance.knock(request(payload(), NOW))
    assert entrance.work == []


@pytest.mark.parametrize(
    "content",
    [
        {},
        payload("reboot"),
        payload(member="somebody"),
        payload(approval="../" * 10),
        payload(actions=[]),
        payload(type="view_submission"),
        {**payload(), "actions": [{**payload()["actions"][0], "value": "b" * 32}]},
    ],
)
def test_what_is_none_of_our_buttons_is_not_read(
    entrance: Entrance, content: dict[str, Any]
) -> None:
    assert entrance.knock(request(content, NOW)) == "unreadable"
    assert entrance.work == []


@pytest.mark.parametrize("body", ["payload=ü", "payload=a b", "payload=" + "x" * 200_000])
def test_what_is_no_form_of_slacks_is_not_read(entrance: Entrance, body: str) -> None:
    assert entrance.knock(request({}, NOW, body=body)) == "unreadable"
    broken = {**request({}, NOW), "body": "%%%=", "isBase64Encoded": True}
    assert entrance.knock(broken) in {"unreadable", "forged"}
    assert entrance.work == []


@pytest.mark.parametrize(
    ("field", "longest"), [("body", 200_000), ("timestamp", 20), ("signature", 100)]
)
def test_what_is_longer_than_slack_sends_is_not_kept(field: str, longest: int) -> None:
    fields = {"body": "", "timestamp": "", "signature": ""}

    assert SignedBody.model_validate({**fields, field: "x" * longest})
    with pytest.raises(ValidationError):
        SignedBody.model_validate({**fields, field: "x" * (longest + 1)})


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "17 ", "\u00b2", "\u0661\u0667"])
def test_a_signature_over_what_is_no_time_is_forged(timestamp: str) -> None:
    signature = sign(SECRET, timestamp, b"payload")
    sent = SignedBody.model_construct(body="payload", timestamp=timestamp, signature=signature)

    assert signature_problem(sent, SECRET, NOW) == "forged"


FORMS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=200)


@given(body=FORMS, other=FORMS, at=st.integers(0, 2**40))
def test_a_signature_is_good_for_its_body_and_time_alone(body: str, other: str, at: int) -> None:
    sent = SignedBody(body=body, timestamp=str(at), signature=sign(SECRET, str(at), body.encode()))

    assert signature_problem(sent, SECRET, NOW) != "forged"
    changed = sent.model_copy(update={"body": other})
    assert (signature_problem(changed, SECRET, NOW) == "forged") == (body != other)
    later = sent.model_copy(update={"timestamp": str(at + 1)})
    assert signature_problem(later, SECRET, NOW) == "forged"


def test_a_body_is_not_shown_where_the_request_is_printed() -> None:
    sent = SignedBody(body="payload=%7B%7D", timestamp="1", signature="v0=0")
    assert "payload" not in repr(sent)
