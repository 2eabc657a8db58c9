"""Daily backups of every table, in a vault that survives the deletion of a table."""

from collections.abc import Sequence

from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.acknowledgements import BACKUP_ROLE, acknowledge

_POLICY = "service-role/AWSBackupServiceRolePolicyForBackup"


class DailyBackup(Construct):
    """One backup a day, kept for 35 days."""

    def __init__(
        self, scope: Construct, construct_id: str, *, tables: Sequence[dynamodb.ITable]
    ) -> None:
        super().__init__(scope, construct_id)
        plan = backup.BackupPlan.daily35_day_retention(self, "Plan")
        role = iam.Role(
            self,
            "Role",
            description="Quorum: copies the tables",
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(_POLICY)],
        )
        acknowledge(
            role, f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]", BACKUP_ROLE
        )
        plan.add_selection(
            "What",
            role=role,
            resources=[backup.BackupResource.from_dynamo_db_table(table) for table in tables],
        )
