"""The stream of facts, in the order of each incident."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from stacks.naming import Names
from stacks.stages import STAGES, StageName

KEPT_HOURS = 24
"""A consumer that missed more reads the log itself; longer retention is charged by the hour."""


class FactsStream(Construct):
    """One provisioned shard: a thousand facts a second, at a third of the on-demand idle price."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: StageName) -> None:
        super().__init__(scope, construct_id)
        retained = STAGES[stage].retained
        self.stream = kinesis.Stream(
            self,
            "Stream",
            stream_name=Names(stage).of("events"),
            stream_mode=kinesis.StreamMode.PROVISIONED,
            shard_count=1,
            retention_period=Duration.hours(KEPT_HOURS),
            encryption=kinesis.StreamEncryption.MANAGED,
            removal_policy=RemovalPolicy.RETAIN if retained else RemovalPolicy.DESTROY,
        )
