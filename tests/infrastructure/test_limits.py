"""AWS's limits: every configuration is within them, and one that is not is refused at synth."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from stacks.config import Config
from stacks.limits import UNPACKED_BYTES, exceeded, longest, measured, packages_exceeded
from stacks.packages import SETTINGS_FILE, function_package
from tests.infrastructure.conftest import OPENED, Synth, synthesise

RULE = {"verb": "lambda.rollback_alias", "mode": "autonomous"}


def names(template: dict[str, Any]) -> set[str]:
    return {one.what.partition(" of ")[0] for one in measured(template)}


def test_every_configuration_is_within_every_limit(synth: Synth) -> None:
    assert exceeded(synth.both) == []
    assert {"resources", "bytes", "characters"} <= names(synth.pipeline)


@pytest.mark.usefixtures("unchecked")
def test_many_people_rules_and_addresses_fit(tmp_path: Path) -> None:
    """Lambda would refuse them as environment variables: they are in the package."""
    context = {
        **OPENED,
        "stage": "prod",
        "people": [
            {"id": f"p{n}", "name": f"{n:040}", "email": f"{n}@example.com", "roles": ["viewer"]}
            for n in range(14)
        ],
        "mail_to": [f"{n}@{'m' * 200}.example.com" for n in range(50)],
        "alarm_prefixes": [f"{n}-{'p' * 25}" for n in range(40)],
        "alarm_tags": {},
        "autonomy": [{**RULE, "resources": [f"lambda:checkout-{n:03}"]} for n in range(30)],
    }

    assert exceeded(synthesise(Config.from_context(context), tmp_path).both) == []


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("context", "what"),
    [
        ({"autonomy": [{**RULE, "resources": [f"lambda:{n:060}" for n in range(60)]}]}, "boundary"),
        ({"watch": [f"lambda:{n:060}" for n in range(90)]}, "policies of role"),
        ({"alarm_prefixes": [f"{n:0190}" for n in range(20)]}, "pattern of rule"),
        ({"console_url": f"https://{'c' * 4_096}.example.com"}, "environment variables"),
    ],
)
def test_a_configuration_beyond_a_limit_is_named(
    tmp_path: Path, context: dict[str, Any], what: str
) -> None:
    config = Config.from_context({"stage": "dev", **context})

    found = exceeded(synthesise(config, tmp_path).both)

    assert found
    assert all("exceeds AWS's limit" in line for line in found)
    assert any(what in line for line in found)


def test_references_count_at_their_longest() -> None:
    joined = {"Fn::Join": ["-", [{"Ref": "AWS::Region"}, {"Ref": "AWS::AccountId"}]]}

    assert len(longest(joined)) == len("ap-southeast-7-123456789012")
    assert longest({"Fn::If": ["c", "short", "longer"]}) == "longer"
    assert len(longest({"Fn::GetAtt": ["Role", "Arn"]})) >= len(
        f"arn:aws-us-gov:iam::123456789012:role/{'r' * 64}"
    )


def test_a_package_counts_with_its_layers(tmp_path: Path) -> None:
    half = UNPACKED_BYTES // 2 + 1
    for name in ("code", "layer"):
        with zipfile.ZipFile(tmp_path / f"asset.{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("zeros", bytes(half))
    function = {"FunctionName": "f", "Code": {"S3Key": "code.zip"}, "Layers": [{"Ref": "L"}]}
    layer = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Key": "layer.zip"}}}
    resources = {"F": {"Type": "AWS::Lambda::Function", "Properties": function}, "L": layer}

    (line,) = packages_exceeded([{"Resources": resources}], tmp_path)

    assert str(2 * half) in line
    function["Layers"] = []
    assert packages_exceeded([{"Resources": resources}], tmp_path) == []


def test_a_package_holds_the_deployments_settings() -> None:
    plain, with_settings = (
        function_package("warmer", "3.13", settings) for settings in ({}, {"AUTONOMY": "[]"})
    )

    assert plain.digest != with_settings.digest
    with zipfile.ZipFile(with_settings.path) as archive:
        assert json.loads(archive.read(SETTINGS_FILE)) == {"AUTONOMY": "[]"}
    with zipfile.ZipFile(plain.path) as archive:
        assert SETTINGS_FILE not in archive.namelist()
