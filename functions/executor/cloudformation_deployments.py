"""Deployments in CloudFormation: stacks that are changing and contain the resource."""

from typing import TYPE_CHECKING, Final

from functions.executor.verb_helpers import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import StackStatusType

CHANGING: Final[tuple["StackStatusType", ...]] = (
    "CREATE_IN_PROGRESS",
    "DELETE_IN_PROGRESS",
    "IMPORT_IN_PROGRESS",
    "IMPORT_ROLLBACK_IN_PROGRESS",
    "ROLLBACK_IN_PROGRESS",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
)


class CloudFormationDeployments:
    """A `Deployments`. A name that is part of a physical id counts as the resource."""

    def __init__(self, client: "CloudFormationClient") -> None:
        self._client = client

    def running(self, resource: str) -> str | None:
        """Return the changing stack that contains the resource, or None."""
        name = resource.partition(":")[2].strip("/")
        with aws_errors("the stacks that change"):
            pages = self._client.get_paginator("list_stacks").paginate(StackStatusFilter=CHANGING)
            for stack in (found for page in pages for found in page["StackSummaries"]):
                if self._holds(stack["StackName"], name):
                    return f"stack {stack['StackName']} is {stack['StackStatus']}"
        return None

    def _holds(self, stack: str, name: str) -> bool:
        pages = self._client.get_paginator("list_stack_resources").paginate(StackName=stack)
        ids = (
            found.get("PhysicalResourceId", "")
            for page in pages
            for found in page["StackResourceSummaries"]
        )
        return any(f"/{name}/" in f"/{physical.replace(':', '/').strip('/')}/" for physical in ids)
