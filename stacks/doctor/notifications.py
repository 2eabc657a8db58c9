"""Checks of the channels: mail, the subscriptions of the own alarms, and the channels' secrets."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from botocore.exceptions import ClientError
from pydantic import ValidationError

from quorum.adapters.channels.channel_secrets import PagerDutySecret, SlackSecret, WebhookSecret
from quorum.adapters.channels.outbound_addresses import check as check_address
from quorum.domain.errors import ChannelUnavailableError
from quorum.domain.notification_routes import ChannelName
from stacks.config_rules import SECRETS_HOLD
from stacks.doctor.check import Check, error, ok, warning
from stacks.doctor.refused import code
from stacks.doctor.subject import Subject

_KINDS: Final[Mapping[ChannelName, type[SlackSecret | PagerDutySecret | WebhookSecret]]] = {
    "slack": SlackSecret,
    "pagerduty": PagerDutySecret,
    "webhook": WebhookSecret,
}
PENDING: Final = "PendingConfirmation"


class Sender(NamedTuple):
    """SES's account: in the sandbox, enabled to send, and the identities that it has verified."""

    sandbox: bool
    enabled: bool
    verified: frozenset[str]


def mail(subject: Subject) -> Iterator[Check]:
    """Yield the checks of SES: the sender's identity, and the recipients' in the sandbox."""
    config = subject.config
    if config.mail_from is None:
        yield ok("mail", "not configured")
        return
    ses = subject.client("sesv2")
    account = ses.get_account()
    sandbox = not account["ProductionAccessEnabled"]
    addresses = [config.mail_from, *(config.mail_to if sandbox else ())]
    wanted = dict.fromkeys(name for one in addresses for name in identities(one))
    verified = frozenset(name for name in wanted if _is_verified(ses, name))
    sender = Sender(sandbox, bool(account["SendingEnabled"]), verified)
    yield from judge_mail(config.mail_from, config.mail_to, sender)


def identities(address: str) -> tuple[str, ...]:
    """Return the identities that may stand for an address: itself, its domain, domains above."""
    labels = address.partition("@")[2].split(".")
    return (address, *(".".join(labels[first:]) for first in range(len(labels) - 1)))


def _is_verified(ses: Any, name: str) -> bool:
    try:
        return bool(ses.get_email_identity(EmailIdentity=name)["VerifiedForSendingStatus"])
    except ClientError as failure:
        if code(failure) == "NotFoundException":
            return False
        raise


def judge_mail(sender: str, recipients: Iterable[str], ses: Sender) -> Iterator[Check]:
    """Yield the findings about sender and recipients, or one that mail can be sent."""
    missing = [
        address
        for address in (sender, *(recipients if ses.sandbox else ()))
        if ses.verified.isdisjoint(identities(address))
    ]
    for address in missing:
        yield error(
            "mail",
            f"SES has verified neither {address} nor a domain above it",
            f"Run aws sesv2 create-email-identity --email-identity {address}, and open its link",
        )
    if not ses.enabled:
        yield error("mail", "SES does not send for this account", "Ask AWS Support for the reason")
    elif not missing and ses.sandbox:
        yield warning(
            "mail",
            "SES is in its sandbox: verified recipients only, 200 messages a day",
            "Request production access in SES",
        )
    elif not missing:
        yield ok("mail", f"SES has verified the sender {sender}")


def subscriptions(subject: Subject) -> Iterator[Check]:
    """Yield the checks of the addresses that receive the alarms on Quorum itself."""
    topic = subject.arn("sns", subject.name("own-alarms"))
    pages = (
        subject.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    )
    found = {
        one["Endpoint"]: one["SubscriptionArn"] != PENDING
        for page in pages
        for one in page["Subscriptions"]
    }
    yield from judge_subscriptions(subject.config.mail_to, found)


def judge_subscriptions(wanted: Collection[str], found: Mapping[str, bool]) -> Iterator[Check]:
    """Yield the findings; `found` has whether each subscribed address has confirmed."""
    name = "own alarms' subscriptions"
    for address in wanted:
        if address not in found:
            yield error(name, f"{address} is not subscribed", "Deploy the stacks again")
    for address, confirmed in found.items():
        if not confirmed:
            yield error(
                name,
                f"{address} has not confirmed: alarms on Quorum itself do not arrive there",
                "Open the link in the mail of SNS; deploy again if it is older than three days",
            )
    if not any(found.values()) and not wanted:
        yield warning(
            name,
            "no address receives the alarms on Quorum itself",
            "Set mail_to, or subscribe to the topic",
        )
    elif all(found.get(address) for address in wanted) and all(found.values()):
        yield ok(name, f"{len(found)} confirmed")


def secrets(subject: Subject) -> Iterator[Check]:
    """Yield a check per channel that has a secret; no value of it is shown."""
    config = subject.config
    if not config.channel_secrets:
        yield ok("channels' secrets", "no channel needs one")
    for channel, name in config.channel_secrets.items():
        try:
            text = (
                subject.client("secretsmanager")
                .get_secret_value(SecretId=name)
                .get("SecretString", "")
            )
        except ClientError as failure:
            if code(failure) != "ResourceNotFoundException":
                raise
            text = None
        yield judge_secret(channel, name, text, local=not config.machinery.on_aws)


def judge_secret(channel: ChannelName, name: str, text: str | None, *, local: bool) -> Check:
    """Return the check of a secret's content by the reader that the channel itself has."""
    called, holds = f"secret of {channel}", f"It must hold {SECRETS_HOLD[channel]}"
    if text is None:
        create = f"aws secretsmanager create-secret --name {name} --secret-string file://…"
        return error(called, f"{name} does not exist", f"Run {create}. {holds}")
    try:
        secret = _KINDS[channel].model_validate(json.loads(text))
        check_address(channel, secret.address, local=local)
    except ValidationError as failure:  # its text could show a part of the secret
        wrong = ", ".join(".".join(map(str, e["loc"])) or "JSON" for e in failure.errors())
        return error(called, f"{name}: {wrong} does not fit", holds)
    except json.JSONDecodeError:
        return error(called, f"{name} is no JSON", holds)
    except ChannelUnavailableError as failure:
        return error(called, f"{name}: {failure}", "Remove base_url, or set the service's own")
    return ok(called, f"{name} has the right fields")


def sent_messages(subject: Subject) -> Iterator[Check]:
    """Yield a check per channel that a test message was sent on; sends only when requested."""
    wanted = dict.fromkeys((*subject.config.routes.channels, *subject.config.routes.pages))
    if not subject.options.send_test:
        yield ok("test messages", "not sent, --send-test sends them")
        return
    if not wanted:
        yield ok("test messages", "no channel is configured")
    for channel in wanted:
        yield _sent(channel, subject)


def _sent(channel: ChannelName, subject: Subject) -> Check:
    # The channels' clients take long to import, and most runs send nothing.
    from stacks.doctor.sending import send  # noqa: PLC0415

    name = f"test message by {channel}"
    try:
        reference = send(channel, subject)
    except ChannelUnavailableError as failure:
        return error(name, str(failure), "See docs/channels.md, and send it again")
    return ok(name, f"accepted as {reference}")
