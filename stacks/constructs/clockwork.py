"""What runs beside the pipeline: on a schedule, and when one of our executions died."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.alarm_pattern import died_pattern
from stacks.config import Config
from stacks.constructs.queues import Queues
from stacks.constructs.rule import pattern_rule
from stacks.stages import Stage

WATCH_MINUTES: Final = 1


class Clockwork(Construct):
    """Each schedule calls its function's alias as an event; what cannot be sent is kept."""

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
        for name, minutes in schedules(config.machinery).items():
            events.Rule(
                self,
                name,
                schedule=events.Schedule.rate(Duration.minutes(minutes)),
                targets=[_target(aliases[name], queues)],
            )
        pattern_rule(
            self,
            "Died",
            pattern=died_pattern(config),
            target=_target(aliases["watchdog"], queues),
        )


def schedules(stage: Stage) -> dict[str, int]:
    """Return the minutes between two runs, by function."""
    return {
        "inventory": stage.inventory_minutes,
        "watchdog": WATCH_MINUTES,
        "warmer": stage.warm_minutes,
    }


def _target(alias: lambda_.Alias, queues: Queues) -> targets.LambdaFunction:
    return targets.LambdaFunction(alias, dead_letter_queue=queues.dead_letters)
