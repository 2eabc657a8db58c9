"""The state machine, generated from the tables, with logs, traces and its role."""

import json
from collections.abc import Mapping

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from quorum.domain.seats import SEATS
from stacks.acknowledgements import DELIVERY, acknowledge_wildcard
from stacks.asl import substitution
from stacks.config import Config
from stacks.constructs.lambda_platform import log_group
from stacks.functions_table import attempt_seconds
from stacks.naming import Names
from stacks.policies import machine_policy
from stacks.state_machine import Times, definition


class IncidentMachine(Construct):
    """The state machine; it has one execution per incident, named after it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        aliases: Mapping[str, lambda_.Alias],
    ) -> None:
        super().__init__(scope, construct_id)
        stage, name = config.machinery, Names(config.stage).of("incident")
        times = Times(config.approval, stage.poll)
        text = json.dumps(definition(SEATS, attempt_seconds(), times))
        called = {
            placeholder: alias.function_arn
            for function, alias in aliases.items()
            if f"${{{(placeholder := substitution(function))}}}" in text
        }
        logs = log_group(self, f"/aws/vendedlogs/states/{name}", stage)
        role = iam.Role(
            self,
            "Role",
            role_name=name,
            description="Quorum: the state machine",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            inline_policies={"needs": machine_policy([*called.values()])},
        )
        acknowledge_wildcard(role, "*", DELIVERY)
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            definition_body=sfn.DefinitionBody.from_string(text),
            definition_substitutions={"Partition": Aws.PARTITION, **called},
            role=role.without_policy_updates(),
            logs=sfn.LogOptions(
                destination=logs, level=sfn.LogLevel.ALL, include_execution_data=False
            ),
            tracing_enabled=True,
        )
