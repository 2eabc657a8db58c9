"""The operator's configuration: what fits is read, what does not stops with the key and why."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.catalogue import VERBS
from stacks.config import Config, ConfigError
from stacks.config_rules import EXPLAINED
from stacks.stages import STAGES
from stacks.state_machine import RECOVERY_SECONDS


def refused(**context: Any) -> str:
    with pytest.raises(ConfigError) as error:
        Config.from_context(context)
    return str(error.value)


def test_nothing_is_opted_in_unless_it_is_said() -> None:
    config = Config.from_context({})
    assert config.alarm_prefixes == ()
    assert config.autonomy == ()
    assert config.model_id is None
    assert config.provisioned_concurrency == 0


def test_the_command_lines_text_is_read_as_json_where_it_is_not_text() -> None:
    config = Config.from_context(
        {"stage": "prod", "alarm_prefixes": '["checkout-"]', "approval_seconds": "600"}
    )
    assert (config.stage, config.alarm_prefixes, config.approval) == ("prod", ("checkout-",), 600)


def test_keys_of_the_cdks_own_are_ignored() -> None:
    ours = {"stage": "prod"}
    theirs = {"aws:cdk:bundling-stacks": ["**"], "@aws-cdk/aws-s3:flag": True}
    assert Config.from_context({**theirs, **ours}) == Config.from_context(ours)


def test_an_unknown_key_is_named_with_those_that_there_are() -> None:
    said = refused(alarm_prefix="checkout-")
    assert "'alarm_prefix'" in said
    assert all(key in said for key in EXPLAINED)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stage", "qa"),
        ("alarm_prefixes", "checkout-"),
        ("alarm_prefixes", '[""]'),
        ("alarm_tags", '["quorum"]'),
        ("alarm_tags", '{"quorum": 1}'),
        ("alarm_tags", json.dumps({str(n): "on" for n in range(11)})),
        ("watch", '["rds:x"]'),
        ("log_groups", "[1]"),
        ("autonomy", "[{}]"),
        ("mail_from", "nobody"),
        ("people", '[{"id": "ada", "name": "Ada", "roles": ["root"]}]'),
        ("mail_to", '["nobody"]'),
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
def test_what_does_not_fit_stops_with_the_key_and_what_it_may_be(key: str, value: object) -> None:
    said = refused(**{key: value})
    assert f"'{key}" in said
    assert EXPLAINED[key] in said


@pytest.mark.parametrize(
    ("given_key", "missing"),
    [
        ({"model_id": "amazon.nova-lite-v1:0"}, "model_region"),
        ({"model_region": "us-east-1"}, "model_id"),
        ({"mail_from": "a@example.com"}, "mail_to"),
        ({"mail_to": '["a@example.com"]'}, "mail_from"),
    ],
)
def test_half_of_a_pair_is_refused(given_key: dict[str, str], missing: str) -> None:
    said = refused(**given_key)
    assert f"{missing!r} is missing" in said
    assert EXPLAINED[missing] in said


@pytest.mark.parametrize("prefix", ["q", "quorum-", "quorum-prod-dead"])
def test_quorums_own_alarms_cannot_be_opted_in(prefix: str) -> None:
    assert "Quorum's own" in refused(alarm_prefixes=json.dumps([prefix]))


@given(st.text(min_size=1, max_size=30))
def test_no_prefix_that_is_accepted_fits_an_alarm_of_our_own(prefix: str) -> None:
    try:
        config = Config.from_context({"alarm_prefixes": [prefix]})
    except ConfigError:
        return
    assert not any("quorum-prod-dead-letters".startswith(p) for p in config.alarm_prefixes)


def _rule(verb: str, resource: str, mode: str) -> str:
    return json.dumps([{"verb": verb, "resources": [resource], "mode": mode}])


def test_a_verb_without_an_inverse_is_never_autonomous() -> None:
    assert "no inverse" in refused(autonomy=_rule("sqs.redrive", "sqs:orders", "autonomous"))
    Config.from_context({"autonomy": _rule("sqs.redrive", "sqs:orders", "approve")})


@pytest.mark.parametrize("resource", ["sqs:x", "lambda:", "lambda:[ab]", "*", "lambda"])
def test_a_pattern_is_of_the_verbs_own_service(resource: str) -> None:
    said = refused(autonomy=_rule("lambda.rollback_alias", resource, "approve"))
    assert "lambda:name" in said


def test_parameters_are_watched_only_where_somebody_says_so() -> None:
    assert Config.from_context({}).watch == ("lambda:*", "dynamodb:*", "sqs:*", "ecs:*")


@pytest.mark.parametrize(("mode", "fits"), [("shadow", True), ("approve", False)])
def test_what_lets_parameters_be_restored_says_which_may_be_read(
    mode: str,
    fits: bool,  # noqa: FBT001 - a row
) -> None:
    rule = _rule("ssm.restore_parameter", "ssm:/shop/*", mode)
    Config.from_context({"autonomy": rule, "watch": '["ssm:/shop/*"]'})
    if fits:
        Config.from_context({"autonomy": rule})
    else:
        assert "'watch' lists no parameters" in refused(autonomy=rule)


def test_a_parameters_pattern_is_spelt_with_the_slash() -> None:
    rule = _rule("ssm.restore_parameter", "ssm:shop/*", "shadow")
    assert Config.from_context({"autonomy": rule}).autonomy[0].resources == ("ssm:/shop/*",)


def test_an_unknown_verb_is_named_with_those_that_there_are() -> None:
    said = refused(autonomy=_rule("lambda.delete_function", "lambda:x", "approve"))
    assert all(verb.name in said for verb in VERBS)


def test_every_stage_gives_a_person_time_and_prod_keeps_what_it_has() -> None:
    assert all(stage.approval >= 60 for stage in STAGES.values())
    assert [name for name, stage in STAGES.items() if stage.retained] == ["prod"]
    assert [name for name, stage in STAGES.items() if not stage.on_aws] == ["local"]


def test_the_runs_own_bound_is_beyond_the_longest_patience() -> None:
    with pytest.raises(ConfigError):
        Config.from_context({"recovery_cap_seconds": RECOVERY_SECONDS})
