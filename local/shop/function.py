"""One function of the shop: its role, its versions, and the alias that callers use."""

from pathlib import Path

from aws_cdk import Duration, IgnoreMode, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from local.shop.plan import ALIAS, Member

HERE = Path(__file__).parent
ONLY_THE_SERVICE = ["*", "!service", "**/__pycache__"]
TIMEOUT_SECONDS = 10


class ShopFunction(Construct):
    """A member of the chain, with permissions for exactly the calls of its code."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        member: Member,
        parameter: ssm.StringParameter,
        callee: "ShopFunction | None",
    ) -> None:
        super().__init__(scope, construct_id)
        self._function = lambda_.Function(
            self,
            "Function",
            function_name=member.name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="service.handler.handle",
            code=lambda_.Code.from_asset(
                str(HERE), exclude=ONLY_THE_SERVICE, ignore_mode=IgnoreMode.DOCKER
            ),
            timeout=Duration.seconds(TIMEOUT_SECONDS),
            memory_size=256,
            role=self._role(member),
            log_group=self._log_group(member),
            environment={"SETTING": member.setting, "PARAMETER": member.parameter},
        )
        self.alias = lambda_.Alias(
            self, "Live", alias_name=ALIAS, version=self._function.current_version
        )
        parameter.grant_read(self._function)
        self._allow_metrics(member, callee)
        self.name = member.name
        if callee:
            callee.alias.grant_invoke(self._function)
            self._function.add_environment("NEXT", callee.alias.function_arn)

    def keep_in(self, table: dynamodb.Table) -> None:
        """Let the function read and write the table."""
        table.grant(self._function, "dynamodb:GetItem", "dynamodb:UpdateItem")
        self._function.add_environment("TABLE", table.table_name)

    def send_to(self, queue: sqs.Queue) -> None:
        """Let the function send a message for each order."""
        queue.grant_send_messages(self._function)
        self._function.add_environment("QUEUE", queue.queue_url)

    def take_from(self, queue: sqs.Queue) -> None:
        """Let the function receive the queue's messages, with partial batch failures."""
        source = sources.SqsEventSource(queue, batch_size=10, report_batch_item_failures=True)
        self.alias.add_event_source(source)

    def _allow_metrics(self, member: Member, callee: "ShopFunction | None") -> None:
        spaces = [member.namespace, f"{member.namespace}/*"]
        if callee:  # it publishes the callee's throttles
            spaces.append(f"Shop/{callee.name}")
        self._function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["cloudwatch:PutMetricData"],
                resources=["*"],
                conditions={"StringLike": {"cloudwatch:namespace": spaces}},
            )
        )

    def _role(self, member: Member) -> iam.Role:
        return iam.Role(
            self,
            "Role",
            role_name=member.name,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )

    def _log_group(self, member: Member) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{member.name}",
            retention=logs.RetentionDays.ONE_WEEK,
            removal_policy=RemovalPolicy.DESTROY,
        )
