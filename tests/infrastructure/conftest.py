"""Synthesised configurations, one per session, checked by cdk-nag: a finding fails every test."""

import json
import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aws_cdk import App

from app import build
from stacks.config import Config
from tests.infrastructure.templates import Resource, Template, resources

CONTEXT = json.loads(Path("cdk.json").read_text())["context"]
OPENED: dict[str, Any] = {
    "alarm_prefixes": ["checkout-"],
    "alarm_tags": {"quorum": "on"},
    "mail_from": "quorum@example.com",
    "mail_to": ["on-call@example.com"],
    "channels": ["slack", "email"],
    "pages": ["pagerduty", "email"],
    "channel_secrets": {"slack": "quorum/slack", "pagerduty": "quorum/pagerduty"},
    "model_id": "eu.anthropic.claude-sonnet-4-6",
    "model_region": "eu-west-1",
    "provisioned_concurrency": 2,
    "watch": ["lambda:*", "dynamodb:*", "sqs:*", "ecs:*", "ssm:/checkout/*"],
    "encryption_keys": ["arn:aws:kms:eu-west-1:111122223333:key/checkout"],
    "autonomy": [
        {
            "verb": "lambda.rollback_alias",
            "resources": ["lambda:checkout-*"],
            "mode": "autonomous",
        },
        {"verb": "ssm.restore_parameter", "resources": ["ssm:/checkout/*"], "mode": "approve"},
        {"verb": "sqs.redrive", "resources": ["sqs:checkout-parcels"], "mode": "shadow"},
    ],
}
EMPTIES_BUCKETS = "CustomS3AutoDeleteObjects"
"""Prefix of the logical ids of the CDK's own function for `auto_delete_objects` and of its role."""
CONFIGURATIONS: Mapping[str, Mapping[str, Any]] = {
    "local": {"stage": "local", "alarm_prefixes": ["shop-"]},
    "dev": {"stage": "dev"},
    "prod": {"stage": "prod", **OPENED},
}

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    path.parent.name: json.loads(path.read_text())["context"]
    for path in sorted(Path("examples").glob("*/cdk.json"))
}


class Synth(NamedTuple):
    """The templates of one configuration."""

    config: Config
    state: Template
    pipeline: Template

    @property
    def both(self) -> tuple[Template, Template]:
        return self.state, self.pipeline

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Return the properties of all of Quorum's resources of a type."""
        return [resource["Properties"] for resource in self.raw(kind)]

    def raw(self, kind: str) -> list[Resource]:
        """Return all resources of a type but the CDK's own function that empties buckets."""
        found = ((i, r) for t in self.both for i, r in resources(t, kind).items())
        return [resource for logical, resource in found if not logical.startswith(EMPTIES_BUCKETS)]

    def role(self, name: str) -> dict[str, Any]:
        """Return the role of a function, verb or the state machine by its short name."""
        return next(r for r in self.all("AWS::IAM::Role") if r.get("RoleName") == self.named(name))

    def function(self, name: str) -> dict[str, Any]:
        functions = self.all("AWS::Lambda::Function")
        return next(f for f in functions if f["FunctionName"] == self.named(name))

    def key(self, name: str) -> Resource:
        """Return the signing key of a function by the function's short name."""
        alias = f"alias/{self.named(name)}"
        found = next(a for a in self.all("AWS::KMS::Alias") if a["AliasName"] == alias)
        resource: Resource = self.state["Resources"][found["TargetKeyId"]["Fn::GetAtt"][0]]
        return resource

    def imported_keys(self) -> dict[str, str]:
        """Return the signing function's name by the key's reference in the pipeline's template."""
        exports = {
            json.dumps(output["Value"]): f"<{output['Export']['Name']}>"
            for output in self.state["Outputs"].values()
            if "Export" in output
        }
        aliases = {
            json.dumps(alias["TargetKeyId"]): alias["AliasName"].removeprefix("alias/")
            for alias in self.all("AWS::KMS::Alias")
        }
        return {exports[key]: name for key, name in aliases.items() if key in exports}

    def named(self, name: str) -> str:
        return f"quorum-{self.config.stage}-{name}"


def synthesise(config: Config, out: Path) -> Synth:
    """Synthesise without wheels, and with cdk-nag unless the environment turns it off."""
    app = App(outdir=str(out), context={**CONTEXT, "aws:cdk:bundling-stacks": []})
    state, pipeline = build(app, config)
    assembly = app.synth()
    return Synth(
        config,
        assembly.get_stack_by_name(state.stack_name).template,
        assembly.get_stack_by_name(pipeline.stack_name).template,
    )


@pytest.fixture(scope="session")
def synths(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Synth]:
    @cache
    def of(name: str) -> Synth:
        config = Config.from_context({**CONFIGURATIONS, **EXAMPLES}[name])
        return synthesise(config, tmp_path_factory.mktemp(name))

    return of


@pytest.fixture
def local(synths: Callable[[str], Synth]) -> Synth:
    return synths("local")


@pytest.fixture
def dev(synths: Callable[[str], Synth]) -> Synth:
    return synths("dev")


@pytest.fixture
def prod(synths: Callable[[str], Synth]) -> Synth:
    return synths("prod")


@pytest.fixture(params=sorted(CONFIGURATIONS))
def synth(request: pytest.FixtureRequest, synths: Callable[[str], Synth]) -> Synth:
    """Return each configuration in turn."""
    return synths(request.param)


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Synthesise without cdk-nag."""
    monkeypatch.setitem(os.environ, "CDK_VALIDATION", "false")
