"""Construction of the configured channels; each imports only the client that it needs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import boto3
from botocore.config import Config

from quorum.adapters.channels.channel_secrets import (
    PagerDutySecret,
    SlackSecret,
    WebhookSecret,
    reader,
    secrets,
)
from quorum.adapters.channels.http_posting import Poster
from quorum.adapters.channels.outbound_addresses import LOCAL, check, pool
from quorum.adapters.channels.ses_notifier import SesNotifier
from quorum.domain.constants import CONNECTION_POOLS
from quorum.domain.notification_routes import ChannelName
from quorum.ports.clock import Clock
from quorum.ports.messaging import Notifier

__all__ = ["LOCAL", "ChannelMaker"]

S = TypeVar("S", PagerDutySecret, SlackSecret, WebhookSecret)


@dataclass(frozen=True, slots=True)
class ChannelMaker:
    """Makes notifiers. `secrets` names each channel's secret; `attempts` is per HTTP post.

    `local` allows stand-ins on this machine for the services.
    """

    mail_from: str
    mail_to: Sequence[str]
    secrets: Mapping[str, str]
    config: Config
    now: Clock
    attempts: int
    local: bool

    def make(self, names: Iterable[ChannelName]) -> dict[ChannelName, Notifier]:
        """Return a notifier per channel; the modules of other channels are not imported."""
        makers: Mapping[ChannelName, Callable[[], Notifier]] = {
            "slack": self._slack,
            "pagerduty": self._pagerduty,
            "email": self._email,
            "webhook": self._webhook,
        }
        return {name: makers[name]() for name in dict.fromkeys(names)}

    def _email(self) -> Notifier:
        client = boto3.client("sesv2", config=self.config)
        return SesNotifier(client, self.mail_from, self.mail_to)

    def _slack(self) -> Notifier:
        # Its client takes as long to import as all of the rest
        from quorum.adapters.channels.slack_notifier import SlackNotifier  # noqa: PLC0415

        return SlackNotifier(self._reader("slack", SlackSecret))

    def _pagerduty(self) -> Notifier:
        from quorum.adapters.channels.pagerduty_notifier import PagerDutyNotifier  # noqa: PLC0415

        return PagerDutyNotifier(self._reader("pagerduty", PagerDutySecret), self._poster())

    def _webhook(self) -> Notifier:
        from quorum.adapters.channels.webhook_notifier import WebhookNotifier  # noqa: PLC0415

        credentials = self._reader("webhook", WebhookSecret)
        return WebhookNotifier(credentials, self._poster(), now=self.now)

    def _poster(self) -> Poster:
        connections = CONNECTION_POOLS["pagerduty"]
        return Poster(pool(local=self.local, connections=connections), self.attempts)

    def _reader(self, channel: ChannelName, kind: type[S]) -> Callable[[], S]:
        read = reader(secrets(self.config), self.secrets[channel], kind)
        return pinned(channel, read, local=self.local)


def pinned(channel: ChannelName, read: Callable[[], S], *, local: bool) -> Callable[[], S]:
    """Return a reader of the secret that raises ChannelUnavailableError for a foreign address."""

    def checked() -> S:
        secret = read()
        check(channel, secret.address, local=local)
        return secret

    return checked
