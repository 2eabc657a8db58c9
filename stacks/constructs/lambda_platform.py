"""Runtime, architecture and log retention of all functions, by stage."""

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.constructs.retention import removal_policy
from stacks.stages import Stage

_RETENTION = {
    1: logs.RetentionDays.ONE_DAY,
    30: logs.RetentionDays.ONE_MONTH,
    365: logs.RetentionDays.ONE_YEAR,
}


def runtime(stage: Stage) -> lambda_.Runtime:
    """Return the stage's Python runtime."""
    return lambda_.Runtime(f"python{stage.python}", lambda_.RuntimeFamily.PYTHON)


def architecture(stage: Stage) -> lambda_.Architecture:
    """Return the stage's processor architecture."""
    arm, intel = lambda_.Architecture.ARM_64, lambda_.Architecture.X86_64
    return arm if stage.architecture == "arm64" else intel


def log_group(scope: Construct, name: str, stage: Stage) -> logs.LogGroup:
    """Return a log group with the stage's retention."""
    return logs.LogGroup(
        scope,
        "Logs",
        log_group_name=name,
        retention=_RETENTION[stage.log_days],
        removal_policy=removal_policy(stage),
    )
