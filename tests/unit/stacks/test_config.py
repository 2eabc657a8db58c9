"""The operator's configuration: valid contexts, and errors with key and allowed values."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.catalogue import VERBS
from quorum.domain.constants import RECOVERY_SECONDS
from stacks.config import Config, ConfigError
from stacks.config_rules import EXPLAINED
from stacks.stages import STAGES


def config_error(**context: Any) -> str:
    with pytest.raises(ConfigError) as error:
        Config.from_context(context)
    return str(error.value)


def test_default_configuration_opts_nothing_in() -> None:
    config = Config.from_context({})
    assert config.alarm_prefixes == ()
    assert config.autonomy == ()
    assert config.model_id is None
    assert config.provisioned_concurrency == 0


def test_command_line_values_are_parsed_as_json_unless_the_key_is_text() -> None:
    config = Config.from_context(
        {"stage": "prod", "alarm_prefixes": '["checkout-"]', "approval_seconds": "600"}
    )
    assert (config.stage, config.alarm_prefixes, config.approval) == ("prod", ("checkout-",), 600)


def test_keys_of_the_cdk_are_ignored() -> None:
    ours = {"stage": "prod"}
    theirs = {"aws:cdk:bundling-stacks": ["**"], "@aws-cdk/aws-s3:flag": True}
    assert Config.from_context({**theirs, **ours}) == Config.from_context(ours)


def test_an_unknown_keys_error_lists_all_keys() -> None:
    message = config_error(alarm_prefix="checkout-")
    assert "'alarm_prefix'" in message
    assert all(key in message for key in EXPLAINED)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stage", "qa"),
        ("alarm_prefixes", "checkout-"),
        ("alarm_prefixes", '[""]'),
        ("alarm_tags", '["quorum"]'),
        ("alarm_tags", '{"quorum": 1}'),
        ("alarm_tags", json.dumps({str(n): "on" for n in range(11)})),
        ("watch", '["acm:x"]'),
        ("log_groups", "[1]"),
        ("autonomy", "[{}]"),
        ("mail_from", "oncall"),
        ("people", '[{"id": "ada", "name": "Ada", "roles": ["root"]}]'),
        ("mail_to", '["oncall"]'),
        ("model_id", "?"),
        ("model_region", "mars"),
        ("service_map_parameter", "no-slash"),
        ("traces", "jaeger"),
        ("audit_trail", "yes"),
        ("approval_seconds", "59"),
        ("approval_seconds", "86401"),
        ("approval_seconds", "soon"),
        ("approval_seconds", True),
        ("recovery_windows", "0"),
        ("recovery_cap_seconds", "3301"),
        ("provisioned_concurrency", "51"),
        ("provisioned_concurrency", "1.5"),
    ],
)
def test_an_invalid_values_error_has_the_key_and_allowed_values(key: str, value: object) -> None:
    message = config_error(**{key: value})
    assert f"'{key}" in message
    assert EXPLAINED[key] in message


@pytest.mark.parametrize(
    ("given_key", "missing"),
    [
        ({"model_id": "amazon.nova-lite-v1:0"}, "model_region"),
        ({"model_region": "us-east-1"}, "model_id"),
        ({"mail_from": "a@example.com"}, "mail_to"),
        ({"mail_to": '["a@example.com"]'}, "mail_from"),
    ],
)
def test_a_missing_key_of_a_pair_is_rejected(given_key: dict[str, str], missing: str) -> None:
    message = config_error(**given_key)
    assert f"{missing!r} is missing" in message
    assert EXPLAINED[missing] in message


@pytest.mark.parametrize("prefix", ["q", "quorum-", "quorum-prod-dead"])
def test_a_prefix_of_own_alarms_is_rejected(prefix: str) -> None:
    assert "Quorum's own" in config_error(alarm_prefixes=json.dumps([prefix]))


@given(st.text(min_size=1, max_size=30))
def test_accepted_prefixes_never_match_own_alarms(prefix: str) -> None:
    try:
        config = Config.from_context({"alarm_prefixes": [prefix]})
    except ConfigError:
        return
    assert not any("quorum-prod-dead-letters".startswith(p) for p in config.alarm_prefixes)


def _rule(verb: str, resource: str, mode: str) -> str:
    return json.dumps([{"verb": verb, "resources": [resource], "mode": mode}])


def test_a_verb_without_an_inverse_cannot_be_autonomous() -> None:
    assert "no inverse" in config_error(autonomy=_rule("sqs.redrive", "sqs:orders", "autonomous"))
    Config.from_context({"autonomy": _rule("sqs.redrive", "sqs:orders", "approve")})


@pytest.mark.parametrize("resource", ["sqs:x", "lambda:", "lambda:[ab]", "*", "lambda"])
def test_a_rules_pattern_has_the_verbs_service(resource: str) -> None:
    message = config_error(autonomy=_rule("lambda.rollback_alias", resource, "approve"))
    assert "lambda:name" in message


def test_parameters_are_not_watched_by_default() -> None:
    assert Config.from_context({}).watch == ("lambda:*", "dynamodb:*", "sqs:*", "ecs:*")


@pytest.mark.parametrize(("mode", "fits"), [("shadow", True), ("approve", False)])
def test_restorable_parameters_must_be_watched(
    mode: str,
    fits: bool,  # noqa: FBT001 - a row
) -> None:
    rule = _rule("ssm.restore_parameter", "ssm:/shop/*", mode)
    Config.from_context({"autonomy": rule, "watch": '["ssm:/shop/*"]'})
    if fits:
        Config.from_context({"autonomy": rule})
    else:
        assert "'watch' lists no parameters" in config_error(autonomy=rule)


def test_a_parameters_pattern_gets_its_leading_slash() -> None:
    rule = _rule("ssm.restore_parameter", "ssm:shop/*", "shadow")
    assert Config.from_context({"autonomy": rule}).autonomy[0].resources == ("ssm:/shop/*",)


def test_an_unknown_verbs_error_lists_all_verbs() -> None:
    message = config_error(autonomy=_rule("lambda.delete_function", "lambda:x", "approve"))
    assert all(verb.name in message for verb in VERBS)


def test_stages_have_time_to_approve_and_only_prod_retains_data() -> None:
    assert all(stage.approval >= 60 for stage in STAGES.values())
    assert [name for name, stage in STAGES.items() if stage.retained] == ["prod"]
    assert [name for name, stage in STAGES.items() if not stage.on_aws] == ["local"]


def test_recovery_cap_is_below_the_runs_own_bound() -> None:
    with pytest.raises(ConfigError):
        Config.from_context({"recovery_cap_seconds": RECOVERY_SECONDS})
