"""Layers: the dependencies of all functions, and OpenSearch's client of those that use it."""

from pathlib import Path
from typing import NamedTuple

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.constructs.code import layer_code
from stacks.constructs.lambda_platform import architecture, runtime
from stacks.naming import Names
from stacks.rows.row import Row
from stacks.stages import STAGES, StageName
from stacks.wheels import LOCK


class Layers(NamedTuple):
    """The layers of a deployment."""

    common: lambda_.ILayerVersion
    search: lambda_.ILayerVersion | None = None
    """OpenSearch's client; None where the memory needs none."""

    def of(self, row: Row) -> list[lambda_.ILayerVersion]:
        """Return the layers of the row's function."""
        if self.search is None or "MEMORY_ENDPOINT" not in row.settings:
            return [self.common]
        return [self.common, self.search]


class DependenciesLayer(Construct):
    """A layer, with one version per lock, platform and Python version."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageName,
        name: str = "dependencies",
        lock: Path = LOCK,
    ) -> None:
        super().__init__(scope, construct_id)
        machinery = STAGES[stage]
        self.version = lambda_.LayerVersion(
            self,
            "Version",
            layer_version_name=Names(stage).of(name),
            code=layer_code(self, machinery, lock),
            compatible_runtimes=[runtime(machinery)],
            compatible_architectures=[architecture(machinery)],
        )
