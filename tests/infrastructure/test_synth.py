"""Synthesis: reproducible, within limits, without AWS credentials."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import warnings
from stacks.config import Config
from tests.infrastructure.conftest import CONFIGURATIONS, Synth, synthesise


def test_synthesis_is_deterministic(local: Synth, tmp_path: Path) -> None:
    again = synthesise(Config.from_context(CONFIGURATIONS["local"]), tmp_path)
    assert again == local


def test_no_template_contains_an_account(synth: Synth) -> None:
    for template in synth.both:
        assert not any(key in str(template) for key in ("123456789012", "000000000000"))


def test_the_state_stack_exports_only_lasting_resources(synth: Synth) -> None:
    """Exports never change: the stream, keys and the user pool."""
    exported = [n for n in synth.state.get("Outputs", {}) if n.startswith("ExportsOutput")]
    lasting = ("StreamArn", "SignInPool", "Key")
    assert exported
    assert all(any(kind in name for kind in lasting) for name in exported)


def test_the_only_custom_resource_is_the_cdks_that_empties_buckets(synth: Synth) -> None:
    kinds = {r["Type"] for template in synth.both for r in template["Resources"].values()}
    custom = {kind for kind in kinds if kind.startswith("Custom::")}
    assert custom <= {"Custom::S3AutoDeleteObjects"}


def test_an_invalid_context_exits_with_the_key_and_allowed_values() -> None:
    environment = {**os.environ, "CDK_CONTEXT_JSON": '{"stage": "qa"}'}
    done = subprocess.run(
        [sys.executable, "app.py"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "context key 'stage'" in done.stderr
    assert "Allowed: local, dev or prod" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_queue_without_its_dead_letter_queue_in_the_opt_in_is_warned_about() -> None:
    def rule(*queues: str) -> Config:
        redrive = {"verb": "sqs.redrive", "mode": "approve", "resources": list(queues)}
        return Config.from_context({"autonomy": [redrive]})

    assert "dead-letter queue" in "".join(warnings(rule("sqs:parcels")).values())
    assert warnings(rule("sqs:parcels", "sqs:parcels-dead")) == {}
    assert warnings(rule("sqs:parcels*")) == {}


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "CDK_DEFAULT_"))]:
        monkeypatch.delenv(name)
