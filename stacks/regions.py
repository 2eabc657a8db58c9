"""Regions that lack a service of the stacks, so that synth refuses them instead of a deployment.

The CDK's command line passes the region that it would deploy to. A test compares this table with
the resource types of every region in cfn-lint's copy of the CloudFormation registry.
"""

from typing import Final

from stacks.config import Config

WITHOUT_FUNCTION_URLS: Final = frozenset(
    {
        "ap-east-2",
        "ap-south-2",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "cn-northwest-1",
        "eu-central-2",
        "il-central-1",
        "me-central-1",
        "mx-central-1",
        "us-gov-east-1",
        "us-gov-west-1",
    }
)
_SEPARATE: Final = ("eu-iso", "eusc-", "us-iso")
"""Partitions with host names of their own, for which the sign-in page's host is not established."""


def refusals(config: Config, region: str | None) -> list[str]:
    """Return why this configuration cannot be deployed to the region; None is an unknown region."""
    if region is None or not config.machinery.on_aws:
        return []
    return [*_sign_in(region), *_slack(config, region)]


def _sign_in(region: str) -> list[str]:
    if region.startswith("cn-"):
        return [
            f"region {region} has no Amazon Cognito user pools, which sign people in to the "
            "console: deploy Quorum to another partition's account"
        ]
    if region.startswith(_SEPARATE):
        return [
            f"region {region} is in a separate partition, in which the host of Amazon Cognito's "
            "sign-in page is not established: Quorum supports the partitions aws and aws-us-gov"
        ]
    return []


def _slack(config: Config, region: str) -> list[str]:
    if "slack" not in config.channel_secrets or region not in WITHOUT_FUNCTION_URLS:
        return []
    return [
        f"region {region} has no Lambda function URLs, to which Slack sends people's answers: "
        "remove slack from 'channels', 'pages' and 'channel_secrets'; people answer in the console"
    ]
