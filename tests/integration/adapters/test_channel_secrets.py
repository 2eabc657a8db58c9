"""Channel secrets are read, cached and validated; errors name fields and show no value."""

import json
from typing import Any, Final

import boto3
import pytest

from quorum.adapters.channels.channel_secrets import (
    PagerDutySecret,
    SlackSecret,
    WebhookSecret,
    reader,
    secrets,
)
from quorum.domain.errors import ChannelUnavailableError
from quorum.runtime.lambda_runtime import AWS_CONFIG

NAME: Final = "quorum/slack"
HIDDEN: Final = "hidden-value-0123456789"
SLACK: Final[dict[str, str]] = {
    "token": f"xoxb-{HIDDEN}",
    "channel": "C0QUORUM",
    "signing_secret": HIDDEN,
}
KINDS: Final[dict[type, dict[str, str]]] = {
    SlackSecret: SLACK,
    PagerDutySecret: {"routing_key": "k" * 32},
    WebhookSecret: {"url": "https://example.com/hook", "secret": "whsec_" + "A" * 44},
}


def store(text: str) -> None:
    boto3.client("secretsmanager").create_secret(Name=NAME, SecretString=text)


def read(kind: Any = SlackSecret) -> Any:
    return reader(secrets(AWS_CONFIG), NAME, kind)()


@pytest.mark.parametrize("kind", KINDS)
def test_secret_is_read(kind: type) -> None:
    store(json.dumps({**KINDS[kind], "note": "more is no harm"}))

    found = read(kind).model_dump()

    assert {name: found[name] for name in KINDS[kind]} == KINDS[kind]


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (SlackSecret, {"token": HIDDEN}),
        (SlackSecret, {"channel": "#incidents"}),
        (SlackSecret, {"signing_secret": "short"}),
        (SlackSecret, {"signing_secret": None}),
        (SlackSecret, {"base_url": f"http://example.com/{HIDDEN}"}),
        (SlackSecret, {"base_url": f"http://127.0.0.1.example.com/{HIDDEN}"}),
        (PagerDutySecret, {"routing_key": HIDDEN}),
        (WebhookSecret, {"url": f"http://example.com/{HIDDEN}"}),
        (WebhookSecret, {"url": f"https://example.com/?key={HIDDEN}"}),
        (WebhookSecret, {"secret": HIDDEN}),
    ],
)
def test_secret_with_an_invalid_field_names_it_and_shows_no_value(
    kind: type, wrong: dict[str, Any]
) -> None:
    store(json.dumps({**KINDS[kind], **wrong}))

    with pytest.raises(ChannelUnavailableError) as error:
        read(kind)

    said = str(error.value)
    assert said.startswith(f"secret {NAME}: {next(iter(wrong))} does not fit: it must hold ")
    assert not any(value in said for value in (HIDDEN, *KINDS[kind].values()))
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__, "a log with the cause would show the values"


@pytest.mark.parametrize("field", SLACK)
def test_secret_without_a_field_names_it(field: str) -> None:
    store(json.dumps({name: value for name, value in SLACK.items() if name != field}))

    with pytest.raises(ChannelUnavailableError, match=f"{field} does not fit"):
        read()


@pytest.mark.parametrize("text", [HIDDEN, "[]", '"text"', "{"])
def test_secret_that_is_no_json_object_is_an_unavailable_channel(text: str) -> None:
    store(text)

    with pytest.raises(ChannelUnavailableError, match=f"{NAME}.* it must hold .*token") as error:
        read()

    assert HIDDEN not in str(error.value)


def test_missing_secret_names_its_fields() -> None:
    with pytest.raises(ChannelUnavailableError, match="token, channel, signing_secret"):
        read()


def test_secret_is_cached_and_an_error_is_not() -> None:
    wanted = reader(secrets(AWS_CONFIG), NAME, SlackSecret)
    with pytest.raises(ChannelUnavailableError):
        wanted()
    store(json.dumps(SLACK))
    assert wanted().channel == "C0QUORUM"
    rotated = json.dumps({**SLACK, "channel": "C0OTHER"})
    boto3.client("secretsmanager").put_secret_value(SecretId=NAME, SecretString=rotated)

    assert wanted().channel == "C0QUORUM"
    assert read().channel == "C0OTHER"
