"""The IAM role of a function, with the permissions of its row and no others."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.acknowledgements import OWN_LOGS, acknowledge_permissions, acknowledge_wildcard
from stacks.policies import own_log_streams, row_permissions, row_policy
from stacks.resource_arns import ResourceArns
from stacks.rows.row import Row


class ServiceRole(Construct):
    """The role that a row's function runs as."""

    def __init__(
        self, scope: Construct, construct_id: str, *, row: Row, arns: ResourceArns
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            role_name=arns.names.of(row.name),
            description=f"Quorum: {row.name}",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"needs": row_policy(row, arns)},
        )
        acknowledge_permissions(self.role, row_permissions(row, arns), arns)
        acknowledge_wildcard(self.role, own_log_streams(row, arns), OWN_LOGS)
