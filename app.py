"""Quorum's CDK app: `cdk synth -c stage=prod`. It makes no AWS calls and needs no credentials."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from aws_cdk import (
    Annotations,
    App,
    CliCredentialsStackSynthesizer,
    DefaultStackSynthesizer,
    IReusableStackSynthesizer,
    Tags,
    Validations,
)
from cdk_nag import AwsSolutionsChecks

from quorum.domain.resource_patterns import is_everything, is_parameter
from stacks import concurrency, idle_cost, limits, regions
from stacks.config import Config, ConfigError
from stacks.config_rules import lone_queues
from stacks.naming import Names
from stacks.pipeline_stack import PipelineStack
from stacks.state_stack import StateStack

WATCHES_ALL_PARAMETERS = (
    "'watch' covers every parameter in the account, so evidence, inventory and executor may read "
    "the values of all of them. List only the parameters that Quorum may restore"
)

REDRIVES_ONE_QUEUE = (
    "'autonomy' lists one queue for sqs.redrive. A redrive also needs its dead-letter queue: list "
    "that as well, or one pattern that covers both, or the move is refused"
)


def build(app: App, config: Config) -> tuple[StateStack, PipelineStack]:
    """Add both stacks to the app and check them with cdk-nag's AwsSolutions pack."""
    names = Names(config.stage)
    state = StateStack(app, names.of("state"), config=config, synthesizer=_synthesizer(config))
    pipeline = PipelineStack(
        app,
        names.of("pipeline"),
        config=config,
        table_stream=state.table_stream,
        pool=state.pool,
        keys=state.keys,
        memory=state.memory,
        synthesizer=_synthesizer(config),
    )
    pipeline.add_stack_dependency(state)
    for name, text in warnings(config).items():
        Annotations.of(pipeline).add_warning_v2(f"quorum:{name}", text)
    Tags.of(app).add("quorum:stage", config.stage)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return state, pipeline


def warnings(config: Config) -> dict[str, str]:
    """Return what the operator should know before deploying this configuration, by name."""
    found = {f"concurrency-{n}": text for n, text in enumerate(concurrency.warnings(config))}
    everything = [p for p in config.watch if is_parameter(p) and is_everything(p)]
    if everything:
        found["watch-ssm"] = f"{WATCHES_ALL_PARAMETERS} ({', '.join(everything)})"
    for queue in lone_queues(config.autonomy):
        found[f"redrive-{queue}"] = f"{REDRIVES_ONE_QUEUE} ({queue})"
    return found


def main() -> None:
    """Synthesise the stacks from the context, or exit with one line per invalid key."""
    app = App()
    try:
        config = Config.from_context(app.node.get_all_context())
    except ConfigError as error:
        sys.exit(f"{error}")
    _exit_with(regions.refusals(config, os.environ.get("CDK_DEFAULT_REGION")))
    _exit_with(concurrency.refusals(config))
    build(app, config)
    assembly = app.synth()
    templates = [stack.template for stack in assembly.stacks]
    if config.machinery.on_aws:
        sys.stderr.write(f"{idle_cost.memory_line(config.memory, templates)}\n")
    _exit_with(limits.exceeded(templates))
    _exit_with(limits.packages_exceeded(templates, Path(assembly.directory)))


def _exit_with(problems: Sequence[str]) -> None:
    """Exit with one line per problem, if there are any."""
    if problems:
        sys.exit("\n".join(problems))


def _synthesizer(config: Config) -> IReusableStackSynthesizer:
    """Return the synthesizer: the emulator has no bootstrap roles, so there the caller deploys."""
    if config.machinery.on_aws:
        return DefaultStackSynthesizer()
    return CliCredentialsStackSynthesizer()


if __name__ == "__main__":
    main()
