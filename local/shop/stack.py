"""The shop's stack: three functions behind aliases, a table, a queue, settings, alarms, the map."""

import json
from typing import Any

from aws_cdk import RemovalPolicy, Stack, Tags
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from local.shop.alarms import ShopAlarms
from local.shop.function import ShopFunction
from local.shop.plan import GOOD_VALUES, SERVICE_MAP, Member, Plan, service_map
from local.shop.queue import ParcelQueue


class ShopStack(Stack):
    """The shop that the plan describes."""

    def __init__(self, scope: Construct, construct_id: str, *, plan: Plan, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        table = self._table(plan)
        queue = ParcelQueue(self, "Queue", name=plan.queue, dead_letters=plan.dead_letters)
        functions: dict[str, ShopFunction] = {}
        for member in reversed(plan.members):  # the callee first: the caller needs its alias
            callee = plan.callee(member)
            functions[member.name] = ShopFunction(
                self,
                member.name,
                member=member,
                parameter=self._parameter(member),
                callee=functions[callee.name] if callee else None,
            )
        functions[plan.deepest.name].keep_in(table)
        functions[plan.feeder].send_to(queue.queue)
        functions[plan.deepest.name].take_from(queue.queue)
        ShopAlarms(self, "Alarms", plan=plan)
        ssm.StringParameter(
            self,
            "ServiceMap",
            parameter_name=SERVICE_MAP,
            string_value=json.dumps(service_map(plan)),
        )
        Tags.of(self).add("shop", plan.front.name)

    def _table(self, plan: Plan) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            "Table",
            table_name=plan.table,
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _parameter(self, member: Member) -> ssm.StringParameter:
        return ssm.StringParameter(
            self,
            f"{member.name}-setting",
            parameter_name=member.parameter,
            string_value=GOOD_VALUES[member.setting],
        )
