"""The layer that all functions share: the locked dependencies for the stage's platform."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.constructs.code import layer_code
from stacks.constructs.lambda_platform import architecture, runtime
from stacks.naming import Names
from stacks.stages import STAGES, StageName


class DependenciesLayer(Construct):
    """The layer, with one version per lock, platform and Python version."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: StageName) -> None:
        super().__init__(scope, construct_id)
        machinery = STAGES[stage]
        self.version = lambda_.LayerVersion(
            self,
            "Version",
            layer_version_name=Names(stage).of("dependencies"),
            code=layer_code(self, machinery),
            compatible_runtimes=[runtime(machinery)],
            compatible_architectures=[architecture(machinery)],
        )
