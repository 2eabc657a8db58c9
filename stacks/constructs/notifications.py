"""Delivery of notifications from the outbox to `courier`, and Slack's request URL."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.config import Config
from stacks.constructs.queues import Queues

BATCH = 100
WINDOW = Duration.seconds(1)
COURIERS = 2
"""Concurrent couriers: more would wait for the same channel rates. 2 is Lambda's minimum."""


class Notifications(Construct):
    """The mapping from queue to courier; with Slack as a channel also its request URL."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        queues: Queues,
        aliases: Mapping[str, lambda_.Alias],
    ) -> None:
        super().__init__(scope, construct_id)
        lambda_.EventSourceMapping(
            self,
            "Messages",
            target=aliases["courier"],
            event_source_arn=queues.outbox.queue_arn,
            batch_size=BATCH,
            max_batching_window=WINDOW,
            max_concurrency=COURIERS,
            report_batch_item_failures=True,
        )
        if "slack" in config.channel_secrets:
            self._add_request_url(aliases["slack"])

    def _add_request_url(self, slack: lambda_.Alias) -> None:
        """Add the public URL. The function verifies Slack's signature, its only credential."""
        url = slack.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)
        CfnOutput(self, "SlackRequestUrl", value=url.url).override_logical_id("SlackRequestUrl")
