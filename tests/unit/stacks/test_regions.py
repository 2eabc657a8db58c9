"""Regions without a service are refused before anything is deployed."""

import pytest

from stacks.config import Config
from stacks.regions import refusals

PLAIN = Config(stage="prod")
SLACK = Config.from_context(
    {"stage": "prod", "channels": ["slack"], "channel_secrets": {"slack": "quorum/slack"}}
)


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", None])
def test_a_commercial_region_has_everything(region: str | None) -> None:
    assert refusals(SLACK, region) == []


def test_china_has_no_user_pools() -> None:
    for config in (PLAIN, SLACK):
        assert "Amazon Cognito" in refusals(config, "cn-north-1")[0]


def test_govcloud_has_everything_but_slacks_request_url() -> None:
    assert refusals(PLAIN, "us-gov-west-1") == []
    assert "'channel_secrets'" in refusals(SLACK, "us-gov-west-1")[0]


def test_partitions_with_hosts_of_their_own_are_refused() -> None:
    for region in ("us-iso-east-1", "eu-isoe-west-1", "eusc-de-east-1"):
        assert "separate partition" in refusals(PLAIN, region)[0]


def test_the_laptop_is_in_no_region() -> None:
    assert refusals(Config(stage="local"), "cn-north-1") == []
