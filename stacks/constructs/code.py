"""Packages as CDK code; an empty stand-in for the layer where the context turns bundling off."""

from pathlib import Path

from aws_cdk import Annotations, AssetHashType, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.bytecode import interpreter
from stacks.config import Config
from stacks.packages import Package, function_package
from stacks.rows.row import Row
from stacks.settings import packaged
from stacks.stages import Stage
from stacks.wheels import layer_package


def function_code(row: Row, config: Config) -> lambda_.Code:
    """Return a function's package with its settings."""
    settings = packaged(row, config)
    return _asset(function_package(row.package, config.machinery.python, settings))


def layer_code(scope: Construct, stage: Stage, lock: Path) -> lambda_.Code:
    """Return the lock's dependencies; add a warning to the stack if they ship without bytecode."""
    if not Stack.of(scope).bundling_required:
        return lambda_.Code.from_asset(str(lock.parent), exclude=["*", f"!{lock.name}"])
    if interpreter(stage.python) is None:
        Annotations.of(scope).add_warning_v2(
            "quorum:no-bytecode",
            f"Python {stage.python} is not installed, so the functions ship without bytecode and "
            "their cold starts take about a second longer",
        )
    return _asset(layer_package(stage, lock))


def _asset(package: Package) -> lambda_.Code:
    return lambda_.Code.from_asset(
        str(package.path), asset_hash=package.digest, asset_hash_type=AssetHashType.CUSTOM
    )
