"""A test message on one channel, by the product's own notifier; sent on explicit request alone."""

from typing import Final

from botocore.config import Config

from quorum.adapters.channels.configured_channels import ChannelMaker
from quorum.domain.messages import Message
from quorum.domain.notification_routes import ChannelName
from stacks.doctor.subject import Subject

TEST_INCIDENT: Final = "0" * 32
"""An id that no incident has, so that no alert of one is resolved or acknowledged."""
_TEXT: Final = "A test message of python -m stacks.doctor. No incident, nothing to do."


def send(channel: ChannelName, subject: Subject) -> str:
    """Send the message; return the channel's reference. Raises ChannelUnavailableError.

    Its kind resolves an alert at PagerDuty, and so pages no person.
    """
    config = subject.config
    maker = ChannelMaker(
        config.mail_from or "",
        config.mail_to,
        {str(name): secret for name, secret in config.channel_secrets.items()},
        Config(connect_timeout=3, read_timeout=10),
        subject.now,
        1,
        not config.machinery.on_aws,
    )
    return maker.make([channel])[channel].send(
        Message(
            incident_id=TEST_INCIDENT,
            kind="resolved",
            subject="Quorum: test message",
            text=_TEXT,
            html=f"<p>{_TEXT}</p>",
            mrkdwn=(_TEXT,),
        )
    )
