"""Quorum's CDK app: `cdk synth -c stage=prod`. It makes no AWS calls and needs no credentials."""

import sys

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
from stacks.config import Config, ConfigError
from stacks.naming import Names
from stacks.pipeline_stack import PipelineStack
from stacks.state_stack import StateStack

WATCHES_ALL_PARAMETERS = (
    "'watch' covers every parameter in the account, so evidence, inventory and executor may read "
    "the values of all of them. List only the parameters that Quorum may restore"
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
        synthesizer=_synthesizer(config),
    )
    pipeline.add_stack_dependency(state)
    for pattern in filter(is_parameter, config.watch):
        if is_everything(pattern):
            Annotations.of(pipeline).add_warning_v2(
                "quorum:watch-ssm", f"{WATCHES_ALL_PARAMETERS} ({pattern})"
            )
    Tags.of(app).add("quorum:stage", config.stage)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return state, pipeline


def main() -> None:
    """Synthesise the stacks from the context, or exit with one line per invalid key."""
    app = App()
    try:
        config = Config.from_context(app.node.get_all_context())
    except ConfigError as error:
        sys.exit(f"{error}")
    build(app, config)
    app.synth()


def _synthesizer(config: Config) -> IReusableStackSynthesizer:
    """Return the synthesizer: the emulator has no bootstrap roles, so there the caller deploys."""
    if config.machinery.on_aws:
        return DefaultStackSynthesizer()
    return CliCredentialsStackSynthesizer()


if __name__ == "__main__":
    main()
