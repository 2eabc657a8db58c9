"""E-mail notifications by SES."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import ChannelUnavailableError
from quorum.domain.messages import Message

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client


class SesNotifier:
    """A `Notifier` for e-mail, as text and as HTML, one message to all recipients.

    Every failure of SES is a ChannelUnavailableError: a rate limit, an outage, an unverified
    sender. The caller retries, and then keeps the message with the dead letters.
    """

    channel = "email"

    def __init__(self, client: "SESV2Client", sender: str, recipients: Sequence[str]) -> None:
        self._client, self._sender, self._recipients = client, sender, recipients

    def send(self, message: Message) -> str:
        """Send the message; return its id in SES."""
        with raising(ChannelUnavailableError, f"e-mail about {message.incident_id}"):
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": list(self._recipients)},
                Content={
                    "Simple": {
                        "Subject": {"Data": message.subject, "Charset": "UTF-8"},
                        "Body": {
                            "Text": {"Data": message.text, "Charset": "UTF-8"},
                            "Html": {"Data": message.html, "Charset": "UTF-8"},
                        },
                    }
                },
            )
        return answer["MessageId"]
