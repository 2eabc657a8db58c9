"""A copy of the log and of the evidence for every day, beyond point-in-time recovery's 35."""

from collections.abc import Sequence

from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct


class DailyBackup(Construct):
    """Daily for 35 days."""

    def __init__(
        self, scope: Construct, construct_id: str, *, tables: Sequence[dynamodb.ITable]
    ) -> None:
        super().__init__(scope, construct_id)
        plan = backup.BackupPlan.daily35_day_retention(self, "Plan")
        plan.add_selection(
            "What",
            resources=[backup.BackupResource.from_dynamo_db_table(table) for table in tables],
        )
