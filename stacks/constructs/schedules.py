"""EventBridge rules of functions beside the pipeline: schedules, and failed executions."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.config import Config
from stacks.constructs.queues import Queues
from stacks.constructs.rule import pattern_rule
from stacks.event_patterns import failed_execution_pattern
from stacks.stages import Stage

WATCH_MINUTES: Final = 1


class Schedules(Construct):
    """Rules that invoke functions' aliases as events; undeliverable events are dead letters."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        queues: Queues,
        aliases: Mapping[str, lambda_.Alias],
    ) -> None:
        super().__init__(scope, construct_id)
        for name, minutes in intervals(config.machinery).items():
            events.Rule(
                self,
                name,
                schedule=events.Schedule.rate(Duration.minutes(minutes)),
                targets=[_target(aliases[name], queues)],
            )
        pattern_rule(
            self,
            "Died",
            pattern=failed_execution_pattern(config),
            target=_target(aliases["watchdog"], queues),
        )


def intervals(stage: Stage) -> dict[str, int]:
    """Return the minutes between two runs, by function."""
    return {
        "inventory": stage.inventory_minutes,
        "watchdog": WATCH_MINUTES,
        "warmer": stage.warm_minutes,
    }


def _target(alias: lambda_.Alias, queues: Queues) -> targets.LambdaFunction:
    return targets.LambdaFunction(alias, dead_letter_queue=queues.dead_letters)
