"""The idle cost follows from the templates, and the README states the current one."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from stacks import list_prices, pages
from stacks.concurrency import WARM
from stacks.config import Config
from stacks.idle_cost import Idle, Line, total
from stacks.list_prices import Price
from tests.infrastructure.conftest import Synth, synthesise
from tests.infrastructure.templates import Template


def line(templates: tuple[Template, ...], price: Price) -> Line:
    return next(one for one in Idle(templates).lines() if one.price == price)


def test_standing_resources_are_counted_in_the_templates(dev: Synth) -> None:
    assert line(dev.both, list_prices.KMS_KEY).quantity == len(dev.all("AWS::KMS::Key"))
    assert line(dev.both, list_prices.ALARM).quantity == len(dev.all("AWS::CloudWatch::Alarm"))
    assert line(dev.both, list_prices.SHARD_HOUR).dollars == Decimal("10.95")


def test_a_schedule_counts_its_runs_and_the_warmers_calls(dev: Synth) -> None:
    runs = 43_800 + 2 * 8_760
    assert line(dev.both, list_prices.LAMBDA_REQUEST).quantity == runs + WARM * 8_760
    assert line(dev.both, list_prices.TRACE).quantity == runs


def test_provisioned_environments_cost_their_memory_for_every_second(prod: Synth) -> None:
    kept = prod.config.provisioned_concurrency * WARM * Decimal("0.5")
    assert line(prod.both, list_prices.PROVISIONED_GB_SECOND).quantity == kept * 730 * 3600
    alarms = len(prod.all("AWS::CloudWatch::Alarm")) + 2 * WARM
    assert line(prod.both, list_prices.ALARM).quantity == alarms


def test_every_price_has_a_source(prod: Synth) -> None:
    lines = Idle(prod.both).lines()
    assert all(one.price.source and one.dollars > 0 for one in lines)
    assert total(lines) == sum(one.dollars for one in lines)


@pytest.mark.usefixtures("unchecked")
def test_the_readme_has_the_current_bill(tmp_path: Path, synths: Callable[[str], Synth]) -> None:
    provisioned = synthesise(Config(stage="dev", provisioned_concurrency=1), tmp_path)
    current = pages.readme(synths("dev").both, provisioned.both)

    assert (pages.ROOT / "README.md").read_text() == current, "run python -m stacks.pages --write"
