"""A Lambda function from a row of the table: log group, code, version and alias."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from quorum.domain.constants import TARGET_UTILISATION_PERCENT
from stacks.acknowledgements import RUNTIME, acknowledge
from stacks.concurrency import reserved
from stacks.constructs.code import function_code
from stacks.constructs.dependencies_layer import Layers
from stacks.constructs.lambda_platform import architecture, log_group, runtime
from stacks.naming import ALIAS
from stacks.resource_arns import ResourceArns
from stacks.rows.row import Row
from stacks.settings import environment

SCALING_FACTOR = 10
"""Autoscaling's maximum, in multiples of the provisioned environments."""


class ServiceFunction(Construct):
    """One row of the functions table. All callers use `alias`, never the latest code."""

    def __init__(  # noqa: PLR0913 - a construct's properties, by name
        self,
        scope: Construct,
        construct_id: str,
        *,
        row: Row,
        arns: ResourceArns,
        role: iam.IRole,
        layers: Layers,
    ) -> None:
        super().__init__(scope, construct_id)
        config = arns.config
        self.row, stage, name = row, config.machinery, arns.names.of(row.name)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            code=function_code(row, config),
            handler=f"functions.{row.package}.handler.lambda_handler",
            runtime=runtime(stage),
            architecture=architecture(stage),
            memory_size=row.memory,
            timeout=Duration.seconds(row.seconds),
            layers=layers.of(row),
            role=role,
            reserved_concurrent_executions=reserved(config, row.name) or None,
            environment=environment(row, arns),
            tracing=lambda_.Tracing.ACTIVE if stage.traced else lambda_.Tracing.DISABLED,
            log_group=log_group(self, f"/aws/lambda/{name}", stage),
        )
        acknowledge(self.function, "L1", RUNTIME)
        self.alias = self._alias(config.provisioned_concurrency if row.warm else 0)

    def _alias(self, environments: int) -> lambda_.Alias:
        alias = lambda_.Alias(
            self,
            "Live",
            alias_name=ALIAS,
            version=self.function.current_version,
            provisioned_concurrent_executions=environments or None,
        )
        if environments:
            alias.add_auto_scaling(
                min_capacity=environments, max_capacity=environments * SCALING_FACTOR
            ).scale_on_utilization(utilization_target=TARGET_UTILISATION_PERCENT / 100)
        return alias
