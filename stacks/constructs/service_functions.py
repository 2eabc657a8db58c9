"""All functions of the table, each with its role and its destination for failed events."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.constructs.dependencies_layer import Layers
from stacks.constructs.service_function import ServiceFunction
from stacks.constructs.service_role import ServiceRole
from stacks.functions_table import ROWS
from stacks.naming import role_arn
from stacks.resource_arns import ResourceArns
from stacks.rows.row import Row

OLDEST_EVENT_MINUTES = 5
RETRIES = 2


class ServiceFunctions(Construct):
    """All functions; `aliases` and `roles` are by function name."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        arns: ResourceArns,
        layers: Layers,
        dead_letters: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        self.roles = {row.name: self._role(row, arns) for row in ROWS}
        self.aliases = {
            row.name: ServiceFunction(
                self, row.name, row=row, arns=arns, role=self.roles[row.name], layers=layers
            ).alias
            for row in ROWS
        }
        for row in ROWS:
            if row.asynchronous:
                self._destination(row, dead_letters)

    def _role(self, row: Row, arns: ResourceArns) -> iam.IRole:
        """Return the row's role; a signer's role is in the stateful stack, beside its key."""
        if not row.signs:
            return ServiceRole(
                self, f"{row.name}-runs", row=row, arns=arns
            ).role.without_policy_updates()
        found = role_arn(arns.names.of(row.name))
        return iam.Role.from_role_arn(self, f"{row.name}-runs", found, mutable=False)

    def _destination(self, row: Row, dead_letters: sqs.IQueue) -> None:
        lambda_.EventInvokeConfig(
            self,
            f"{row.name}-fails",
            function=self.aliases[row.name].lambda_,
            qualifier=self.aliases[row.name].alias_name,
            on_failure=destinations.SqsDestination(dead_letters),
            max_event_age=Duration.minutes(OLDEST_EVENT_MINUTES),
            retry_attempts=RETRIES,
        )
