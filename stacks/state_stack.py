"""The stateful stack: tables, event stream, evidence bucket, signing keys and user pool."""

from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from stacks.config import Config
from stacks.constructs.daily_backup import DailyBackup
from stacks.constructs.event_stream import EventStream
from stacks.constructs.evidence_bucket import EvidenceBucket
from stacks.constructs.memory_store import MemoryStore
from stacks.constructs.sign_in import SignIn
from stacks.constructs.signing_identity import SigningIdentity
from stacks.constructs.tables import Tables
from stacks.functions_table import ROWS
from stacks.resource_arns import ResourceArns


class StateStack(Stack):
    """Resources that hold data or sign. Retained and backed up in prod."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: Config, **kwargs: Any
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        tables = Tables(self, "Tables", stage=config.stage)
        self.table_stream = tables.by_name["events"].table_stream_arn or ""
        EventStream(self, "Facts", stage=config.stage)
        self.memory = MemoryStore(self, "Memory", config=config).place
        evidence = EvidenceBucket(self, "Evidence", stage=config.stage)
        self.keys = {
            row.name: SigningIdentity(
                self, row.name, row=row, arns=ResourceArns(config)
            ).key.key_arn
            for row in ROWS
            if row.signs
        }
        self.pool = (
            SignIn(self, "SignIn", stage=config.stage).pool if config.machinery.on_aws else None
        )
        if config.machinery.retained:
            DailyBackup(self, "Backup", tables=[*tables.by_name.values()])
        CfnOutput(self, "EvidenceBucket", value=evidence.bucket.bucket_name)
