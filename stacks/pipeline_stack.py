"""What may be replaced at any time: functions, the state machine, and what calls them."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from stacks.config import Config
from stacks.constructs.alarm_intake import AlarmIntake
from stacks.constructs.clockwork import Clockwork
from stacks.constructs.consumer import Consumer, Source
from stacks.constructs.dependencies_layer import DependenciesLayer
from stacks.constructs.incident_machine import IncidentMachine
from stacks.constructs.queues import Queues
from stacks.constructs.self_watch import SelfWatch
from stacks.constructs.service_functions import ServiceFunctions
from stacks.constructs.telling import Telling
from stacks.constructs.verb_roles import VerbRoles
from stacks.constructs.web import Web
from stacks.functions_table import CONSUMERS
from stacks.resource_arns import ResourceArns


class PipelineStack(Stack):
    """Compose the constructs."""

    def __init__(  # noqa: PLR0913 - a stack's properties, by name
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        table_stream: str,
        pool: cognito.IUserPool | None,
        keys: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        web = Web(self, "Web", config=config, pool=pool)
        arns = ResourceArns(config, table_stream, keys, web.sign_in, web.console_url)
        queues = Queues(self, "Queues", stage=config.stage)
        layer = DependenciesLayer(self, "Dependencies", stage=config.stage).version
        functions = ServiceFunctions(
            self, "Functions", arns=arns, layer=layer, dead_letters=queues.dead_letters
        )
        aliases = functions.aliases
        VerbRoles(self, "Verbs", config=config, executor=functions.roles["executor"])
        IncidentMachine(self, "Incident", config=config, aliases=aliases)
        AlarmIntake(self, "Intake", config=config, queues=queues, intake=aliases["intake"])
        for reader, reads in CONSUMERS.items():
            Consumer(
                self,
                f"{reader}-reads",
                source=Source(arns.of(reads.stream)[0], reads.facts),
                reader=aliases[reader],
                dead_letters=queues.dead_letters,
            )
        Telling(self, "Telling", config=config, queues=queues, aliases=aliases)
        Clockwork(self, "Clockwork", config=config, queues=queues, aliases=aliases)
        web.serve(aliases["api"])
        SelfWatch(self, "Self", config=config)
