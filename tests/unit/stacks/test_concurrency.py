"""The concurrency that a configuration sets aside, against the account's quota."""

from typing import Any

import pytest

from stacks import concurrency
from stacks.concurrency import WARM
from stacks.config import Config

SLACK = {"channels": ["slack"], "channel_secrets": {"slack": "quorum/slack"}}


@pytest.mark.parametrize(
    ("context", "needed"),
    [
        ({}, 0),
        (SLACK, 105),
        ({**SLACK, "door_concurrency": 0}, 0),
        ({"provisioned_concurrency": 1}, WARM + 100),
        ({**SLACK, "provisioned_concurrency": 50}, 50 * WARM + 105),
    ],
)
def test_the_quota_needed_is_what_is_set_aside_and_a_hundred(
    context: dict[str, Any], needed: int
) -> None:
    config = Config.from_context(context)

    assert concurrency.quota_needed(config) == needed
    assert any(f"quota of {needed}" in text for text in concurrency.warnings(config)) is (
        needed > 0
    )


def test_a_stated_quota_that_is_too_low_is_refused_with_both_numbers() -> None:
    config = Config.from_context({"provisioned_concurrency": 1, "concurrency_quota": 10})

    (refusal,) = concurrency.refusals(config)

    assert "10" in refusal
    assert str(WARM + 100) in refusal
    assert concurrency.warnings(config) == []


@pytest.mark.parametrize("quota", [None, WARM + 100])
def test_an_unknown_or_sufficient_quota_is_not_refused(quota: int | None) -> None:
    config = Config(provisioned_concurrency=1, concurrency_quota=quota)

    assert concurrency.refusals(config) == []


def test_the_emulator_has_no_quota() -> None:
    config = Config(stage="local", provisioned_concurrency=1, concurrency_quota=10)

    assert (concurrency.refusals(config), concurrency.warnings(config)) == ([], [])
