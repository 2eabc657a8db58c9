"""Retention of a resource that holds data when its stack is deleted, by stage."""

from aws_cdk import RemovalPolicy

from stacks.stages import Stage


def removal_policy(stage: Stage) -> RemovalPolicy:
    """Return the removal policy of the stage's data.

    Where data is kept, a resource goes all the same when the deployment that creates it is rolled
    back: it is empty, and its name would block the next deployment.
    """
    if stage.retained:
        return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    return RemovalPolicy.DESTROY
