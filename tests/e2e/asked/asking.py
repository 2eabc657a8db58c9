"""An incident that requests approval from a person, who answers by buttons in Slack.

Slack is a stand-in with its API; the presses are signed as Slack signs them.
"""

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console

from local.fake_services.slack import SIGNING_SECRET
from local.run import Run
from local.scenarios import load
from local.stage import LocalStage, wait_until
from quorum.domain.events import ApprovalRefused
from tests.builders.slack import payload, request

SOON = 60.0


class World:
    """A stage with an incident that requests approval."""

    def __init__(self, stage: LocalStage) -> None:
        self.stage = stage
        self.asked = Run(stage, load("ambiguous"), Console(quiet=True)).play_until_asked()

    def facts(self, kind: type) -> list[Any]:
        return [f for f in self.stage.quorum.events(self.asked.incident_id) if isinstance(f, kind)]

    def press(
        self,
        action: str,
        member: str,
        *,
        ago: float = 0,
        secret: str = SIGNING_SECRET,
        asked: tuple[str, str] | None = None,
    ) -> dict[str, Any]:
        """Return the signed request of a press; on the question of (incident, approval)."""
        incident, approval = asked or (self.asked.incident_id, self.asked.approval_id)
        content = payload(
            action,
            member,
            approval,
            response_url=f"{self.stage.slack.url}/actions/answer",
        )
        content["actions"][0]["block_id"] = f"{incident}:{approval}"
        at = datetime.now(UTC) - timedelta(seconds=ago)
        return request(content, at, secret=secret)

    def send(self, event: dict[str, Any]) -> int:
        """Post the request to the function's URL; return the status."""
        url = urlsplit(self.stage.quorum.output("SlackRequestUrl"))
        here = f"{self.stage.emulator.endpoint}/_aws/lambda-url/{url.netloc.split('.')[0]}/"
        post = urllib.request.Request(  # noqa: S310 - our own emulator
            here, event["body"].encode(), event["headers"], method="POST"
        )
        try:
            with urllib.request.urlopen(post, timeout=30) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def refused(self, why: str) -> list[str]:
        """Return the refused roles, once the log has a refusal."""
        wait_until(
            lambda: any(f.why == why for f in self.facts(ApprovalRefused)),
            seconds=SOON,
            what=f"the refusal of what is {why}",
        )
        return [f.by.outsider for f in self.facts(ApprovalRefused) if f.why == why]
