"""The Kinesis stream of events, in order within each incident."""

from aws_cdk import Duration
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from stacks.constructs.retention import removal_policy
from stacks.naming import Names
from stacks.stages import STAGES, StageName

KEPT_HOURS = 24
"""A consumer that missed more reads the event log; longer retention is charged by the hour."""


class EventStream(Construct):
    """One provisioned shard: 1,000 events a second, at a third of the idle price of on-demand."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: StageName) -> None:
        super().__init__(scope, construct_id)
        self.stream = kinesis.Stream(
            self,
            "Stream",
            stream_name=Names(stage).of("events"),
            stream_mode=kinesis.StreamMode.PROVISIONED,
            shard_count=1,
            retention_period=Duration.hours(KEPT_HOURS),
            encryption=kinesis.StreamEncryption.MANAGED,
            removal_policy=removal_policy(STAGES[stage]),
        )
