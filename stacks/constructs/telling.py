"""How people are reached: from the outbox to the courier, and from Slack to its function."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.config import Config
from stacks.constructs.queues import Queues

BATCH = 100
WINDOW = Duration.seconds(1)
COURIERS = 2
"""At once: more would only wait for the same turns. SQS allows no fewer."""


class Telling(Construct):
    """What waits within a second goes out together. Slack has a door only when it is a channel."""

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
            self._door(aliases["slack"])

    def _door(self, slack: lambda_.Alias) -> None:
        """Anybody may knock: Slack signs its requests and has no other credentials."""
        url = slack.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)
        CfnOutput(self, "SlackRequestUrl", value=url.url).override_logical_id("SlackRequestUrl")
