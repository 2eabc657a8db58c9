"""The stateless stack: functions, state machine, triggers and API. It can be replaced any time."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from stacks.config import Config
from stacks.constructs.alarm_intake import AlarmIntake
from stacks.constructs.dependencies_layer import DependenciesLayer, Layers
from stacks.constructs.incident_machine import IncidentMachine
from stacks.constructs.notifications import Notifications
from stacks.constructs.own_alarms import OwnAlarms
from stacks.constructs.queues import Queues
from stacks.constructs.schedules import Schedules
from stacks.constructs.service_functions import ServiceFunctions
from stacks.constructs.stream_consumer import StreamConsumer, StreamSource
from stacks.constructs.verb_roles import VerbRoles
from stacks.constructs.web import Web
from stacks.functions_table import CONSUMERS
from stacks.resource_arns import MemoryPlace, ResourceArns
from stacks.wheels import SEARCH_LOCK


class PipelineStack(Stack):
    """The pipeline. Construct ids stay as they are: logical ids in deployments derive from them."""

    def __init__(  # noqa: PLR0913 - a stack's properties, by name
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        table_stream: str,
        pool: cognito.IUserPool | None,
        keys: Mapping[str, str],
        memory: MemoryPlace,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        web = Web(self, "Web", config=config, pool=pool)
        arns = ResourceArns(config, table_stream, keys, web.sign_in, web.console_url, memory)
        queues = Queues(self, "Queues", stage=config.stage)
        layer = DependenciesLayer(self, "Dependencies", stage=config.stage).version
        search = (
            DependenciesLayer(
                self, "Search", stage=config.stage, name="search", lock=SEARCH_LOCK
            ).version
            if config.memory.startswith("opensearch")
            else None
        )
        functions = ServiceFunctions(
            self,
            "Functions",
            arns=arns,
            layers=Layers(layer, search),
            dead_letters=queues.dead_letters,
        )
        aliases = functions.aliases
        VerbRoles(self, "Verbs", config=config, executor=functions.roles["executor"])
        IncidentMachine(self, "Incident", config=config, aliases=aliases)
        AlarmIntake(self, "Intake", config=config, queues=queues, intake=aliases["intake"])
        for reader, subscription in CONSUMERS.items():
            StreamConsumer(
                self,
                f"{reader}-reads",
                source=StreamSource(arns.of(subscription.stream)[0], subscription.event_types),
                reader=aliases[reader],
                dead_letters=queues.dead_letters,
            )
        Notifications(self, "Telling", config=config, queues=queues, aliases=aliases)
        Schedules(self, "Clockwork", config=config, queues=queues, aliases=aliases)
        web.serve(aliases["api"])
        OwnAlarms(self, "Self", config=config)
