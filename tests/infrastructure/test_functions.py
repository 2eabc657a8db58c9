"""Every function: limits, platform, environment variables, and destinations for failures."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from stacks.functions_table import ROWS
from stacks.rows.row import Row
from stacks.settings import packaged
from tests.infrastructure.conftest import Synth
from tests.infrastructure.templates import text

WIRING = Path("quorum/seats/wiring.py")
COMMON = {
    "LOG_LEVEL",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_TRACE_DISABLED",
    "POWERTOOLS_TRACER_CAPTURE_ERROR",
    "POWERTOOLS_TRACER_CAPTURE_RESPONSE",
}


def test_every_row_gives_one_function_with_its_own_role(synth: Synth) -> None:
    functions = synth.all("AWS::Lambda::Function")
    assert {f["FunctionName"] for f in functions} == {synth.named(row.name) for row in ROWS}
    assert len({text(f["Role"]) for f in functions}) == len(ROWS)


def test_every_function_has_the_rows_memory_and_timeout(synth: Synth) -> None:
    rows = {synth.named(row.name): row for row in ROWS}
    for function in synth.all("AWS::Lambda::Function"):
        row = rows[function["FunctionName"]]
        assert (function["MemorySize"], function["Timeout"]) == (row.memory, row.seconds)
        assert function["Handler"] == f"functions.{row.package}.handler.lambda_handler"
        assert function["LoggingConfig"]["LogGroup"]


def test_on_aws_functions_are_traced_and_run_python_3_13_on_arm(dev: Synth, prod: Synth) -> None:
    for synth in (dev, prod):
        for function in synth.all("AWS::Lambda::Function"):
            assert function["Runtime"] == "python3.13"
            assert function["Architectures"] == ["arm64"]
            assert function["TracingConfig"] == {"Mode": "Active"}


def test_stage_local_has_no_traces(local: Synth) -> None:
    for function in local.all("AWS::Lambda::Function"):
        assert function.get("TracingConfig", {}).get("Mode") != "Active"
        assert function["Environment"]["Variables"]["POWERTOOLS_TRACE_DISABLED"] == "true"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_functions_variables_are_those_that_its_handler_reads(row: Row, local: Synth) -> None:
    given = set(local.function(row.name)["Environment"]["Variables"])
    in_package = set(packaged(row, local.config))
    assert not given & in_package
    assert (given | in_package) - COMMON == set(row.settings)
    handler = Path("functions", row.package, "handler.py")
    if not handler.exists():
        pytest.skip("its handler is not written yet")
    assert _settings(handler) == set(row.settings)


def test_settings_other_than_text_are_json(prod: Synth) -> None:
    rows = {row.name: row for row in ROWS}
    executor, intake = (packaged(rows[name], prod.config) for name in ("executor", "intake"))
    assert json.loads(executor["AUTONOMY"])[0]["verb"] == "lambda.rollback_alias"
    assert json.loads(intake["ALARM_PREFIXES"]) == ["checkout-"]


def test_asynchronous_functions_have_a_destination_for_failures(synth: Synth) -> None:
    names = {i: p["FunctionName"] for i, p in _by_id(synth, "AWS::Lambda::Function").items()}
    configured = {
        names[config["FunctionName"]["Ref"]]: config
        for config in synth.all("AWS::Lambda::EventInvokeConfig")
    }
    assert set(configured) == {synth.named(row.name) for row in ROWS if row.asynchronous}
    for config in configured.values():
        assert "DeadLetters" in text(config["DestinationConfig"]["OnFailure"]["Destination"])
        assert config["Qualifier"] == "live"


def test_targets_of_rules_are_asynchronous_functions(synth: Synth) -> None:
    called = {
        text(target["Arn"]).strip("<>")
        for rule in synth.all("AWS::Events::Rule")
        for target in rule["Targets"]
        if "Queues" not in text(target["Arn"])
    }
    aliases = _by_id(synth, "AWS::Lambda::Alias")
    names = {i: p["FunctionName"] for i, p in _by_id(synth, "AWS::Lambda::Function").items()}
    found = {names[aliases[alias]["FunctionName"]["Ref"]] for alias in called}
    # slack invokes itself for what takes longer than Slack waits, the state machine communication
    others = {synth.named("slack"), synth.named("communication")}
    assert found | others == {synth.named(row.name) for row in ROWS if row.asynchronous}


def test_provisioned_concurrency_is_optional(prod: Synth, dev: Synth) -> None:
    warm = [row for row in ROWS if row.warm]
    kept = [a for a in prod.all("AWS::Lambda::Alias") if "ProvisionedConcurrencyConfig" in a]
    assert len(kept) == len(warm)
    policies = prod.all("AWS::ApplicationAutoScaling::ScalingPolicy")
    assert len(policies) == len(warm)
    for policy in policies:
        tracking = policy["TargetTrackingScalingPolicyConfiguration"]
        assert tracking["TargetValue"] == pytest.approx(0.7)
    assert not [a for a in dev.all("AWS::Lambda::Alias") if "ProvisionedConcurrencyConfig" in a]


def test_the_warmer_invokes_the_functions_of_the_critical_path(local: Synth) -> None:
    given = text(local.function("warmer")["Environment"]["Variables"]["WARM_ARNS"])
    warmed = {arn.rpartition("function:")[2] for arn in json.loads(given)}
    assert warmed == {f"{local.named(row.name)}:live" for row in ROWS if row.warm}
    assert "quorum-local-postmortem:live" not in warmed
    (machine,) = local.all("AWS::StepFunctions::StateMachine")
    called = {placeholder.lower() for placeholder in machine["DefinitionSubstitutions"]}
    path = {row.name for row in ROWS if row.name.replace("-", "") in called} - {"postmortem"}
    assert {row.name for row in ROWS if row.warm} == path | {"intake"}


def _settings(handler: Path) -> set[str]:
    """Return the fields of the handler's settings, without importing it."""
    parsed = ast.parse(handler.read_text())
    classes = [
        node
        for module in (parsed, ast.parse(WIRING.read_text()))
        for node in module.body
        if isinstance(node, ast.ClassDef)
    ]
    bases = {one.name: ast.unparse(one.bases[0]) for one in classes if one.bases}
    read = re.findall(r"(\w+)\.from_env\(\)", ast.unparse(parsed))
    assert len(read) == 1
    fields = set[str]()
    while read[-1] != "Settings":
        body = next(one for one in classes if one.name == read[-1]).body
        fields |= {ast.unparse(n.target) for n in body if isinstance(n, ast.AnnAssign)}
        read.append(bases[read[-1]])
    return fields


def _by_id(synth: Synth, kind: str) -> dict[str, dict[str, Any]]:
    found = synth.pipeline["Resources"].items()
    return {i: r["Properties"] for i, r in found if r["Type"] == kind}


def test_no_function_has_its_answers_or_errors_in_traces(synth: Synth) -> None:
    for function in synth.all("AWS::Lambda::Function"):
        variables = function["Environment"]["Variables"]
        assert variables["POWERTOOLS_TRACER_CAPTURE_RESPONSE"] == "false"
        assert variables["POWERTOOLS_TRACER_CAPTURE_ERROR"] == "false"
