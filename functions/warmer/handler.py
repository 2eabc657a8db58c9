"""Wiring of the warmer: a scheduled call of the aliases that the state machine invokes."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.warmer.warmer import warm
from quorum.adapters.aws.lambda_functions import LambdaFunctions
from quorum.runtime.lambda_runtime import AWS_CONFIG, WARMING, Settings, entry, logger, metrics


class WarmerSettings(Settings):
    """Environment variables."""

    WARM_ARNS: tuple[str, ...]


settings = WarmerSettings.from_env()
functions = LambdaFunctions(boto3.client("lambda", config=AWS_CONFIG))


@entry
def lambda_handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return the numbers of functions warmed and failed."""
    warmed = warm(functions, settings.WARM_ARNS, WARMING)
    metrics.add_metric(name="Warmed", unit=MetricUnit.Count, value=warmed.warm)
    metrics.add_metric(name="WarmingFailed", unit=MetricUnit.Count, value=len(warmed.failed))
    for reason in warmed.failed:
        logger.warning("a function could not be warmed", reason=reason)
    return {"warm": warmed.warm, "failed": len(warmed.failed)}
