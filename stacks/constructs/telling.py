"""How people are reached: from the outbox to the courier, and from Slack to its function."""

from collections.abc import Mapping

from aws_cdk import Annotations, CfnOutput, Duration
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
            if config.machinery.on_aws:
                Annotations.of(self).add_info(_door_says(config.door_concurrency))

    def _door(self, slack: lambda_.Alias) -> None:
        """Anybody may knock: Slack signs its requests and has no other credentials."""
        url = slack.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)
        CfnOutput(self, "SlackRequestUrl", value=url.url).override_logical_id("SlackRequestUrl")


def _door_says(environments: int) -> str:
    """Return what an operator has to know of the door's environments."""
    if not environments:
        return (
            "door_concurrency is 0: whoever knows the address of Slack's door can use up the "
            "account's concurrency"
        )
    return (
        f"Slack's door has {environments} of the account's concurrent executions to itself. AWS "
        "refuses that unless 100 stay unreserved, and new accounts have 10 in all: ask for a "
        "higher quota, or set -c door_concurrency=0"
    )
