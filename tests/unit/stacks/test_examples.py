"""The example configurations are valid, and do what their names promise."""

import json
from pathlib import Path
from typing import Any

import pytest

from stacks.config import Config

ROOT = Path(__file__).parents[3]
EXAMPLES = {path.parent.name: path for path in sorted((ROOT / "examples").glob("*/cdk.json"))}


def context(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXAMPLES[name].read_text())["context"]
    return found


def modes(name: str) -> list[tuple[str, str]]:
    """Return each rule's verb and mode."""
    return [(rule.verb, rule.mode) for rule in Config.from_context(context(name)).autonomy]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_a_whole_and_valid_configuration(name: str) -> None:
    example, ours = (
        json.loads(EXAMPLES[name].read_text()),
        json.loads((ROOT / "cdk.json").read_text()),
    )

    config = Config.from_context(example["context"])

    assert config.alarm_prefixes
    assert config.routes.channels
    assert ours["context"].items() <= example["context"].items()  # the CDK's flags
    app = example["app"].removeprefix("python ")
    assert (EXAMPLES[name].parent / app).resolve() == ROOT / "app.py"


def test_the_examples_are_the_three_steps() -> None:
    assert set(EXAMPLES) == {"shadow", "slack-approvals", "one-verb-autonomous"}


def test_shadow_changes_nothing() -> None:
    assert modes("shadow") == []


def test_slack_approvals_requests_approval_in_slack_and_never_acts_alone() -> None:
    config = Config.from_context(context("slack-approvals"))

    assert {mode for _, mode in modes("slack-approvals")} == {"approve"}
    assert config.routes.channels[0] == "slack"
    assert len([person for person in config.people if person.slack]) >= 2


def test_one_verb_is_autonomous_and_a_narrower_rule_comes_first() -> None:
    found = modes("one-verb-autonomous")

    assert {verb for verb, mode in found if mode == "autonomous"} == {"lambda.rollback_alias"}
    assert found[0] == ("lambda.rollback_alias", "approve")
