"""Parameters become ARNs and policies: a value that is no plain name is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.executor.refusal import RefusalError
from functions.executor.session import session_policy
from functions.executor.target_binding import arns, bind_target
from functions.executor.targets import TARGETS
from quorum.domain.catalogue import VERBS, verb
from quorum.domain.evidence import Candidate
from tests.builders.alarms import ACCOUNT, REGION
from tests.builders.candidates import GOOD, candidate, of
from tests.builders.executor import PLACE

ARNS = {
    "lambda.rollback_alias": ["lambda:{}:function:checkout"],
    "lambda.raise_reserved_concurrency": ["lambda:{}:function:checkout"],
    "dynamodb.raise_capacity": ["dynamodb:{}:table/items"],
    "ssm.restore_parameter": ["ssm:{}:parameter/shop/prices"],
    "ecs.rollback_service": ["ecs:{}:service/shop/web"],
    "sqs.redrive": ["sqs:{}:orders-dead", "sqs:{}:orders"],
}


def test_every_verb_of_the_catalogue_has_a_typed_target() -> None:
    assert set(TARGETS) == {row.name for row in VERBS} == set(GOOD)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_session_policy_has_the_verbs_permissions_on_the_exact_resource(name: str) -> None:
    where = f"{REGION}:{ACCOUNT}"

    statement, *on_keys = json.loads(session_policy(of(name), PLACE))["Statement"]

    assert statement == {
        "Effect": "Allow",
        "Action": list(verb(name).permissions),
        "Resource": ["arn:aws:" + arn.format(where) for arn in ARNS[name]],
    }
    assert [one["Action"] for one in on_keys] == [
        list(actions) for actions in [verb(name).key_permissions] if actions
    ]
    for one in on_keys:
        service = f"{name.partition('.')[0]}.{REGION}.*"
        assert one["Condition"] == {"StringLike": {"kms:ViaService": service}}


BAD = [
    ("lambda.rollback_alias", {"function": "*"}),
    ("lambda.rollback_alias", {"function": "999999999999:function:checkout"}),
    ("lambda.rollback_alias", {"alias": "3"}),
    ("lambda.rollback_alias", {"to_version": "$LATEST"}),
    ("lambda.rollback_alias", {"to_version": "4"}),
    ("lambda.rollback_alias", {"to_version": "3\n"}),
    ("lambda.rollback_alias", {"extra": "x"}),
    ("lambda.raise_reserved_concurrency", {"to_units": 1}),
    ("lambda.raise_reserved_concurrency", {"to_units": True}),
    ("dynamodb.raise_capacity", {"to_read": 4}),
    ("dynamodb.raise_capacity", {"to_read": 5, "to_write": 5}),
    ("dynamodb.raise_capacity", {"table": "items/index/x"}),
    ("dynamodb.raise_capacity", {"to_billing": "PAY_PER_REQUEST"}),
    ("dynamodb.raise_capacity", {"to_read": None}),
    ("dynamodb.raise_capacity", {"to_read": None, "to_write": None}),
    ("dynamodb.raise_capacity", {"to_read": None, "to_billing": "PAY_PER_REQUEST"}),
    ("ssm.restore_parameter", {"name": "/shop/*"}),
    ("ssm.restore_parameter", {"name": "/shop/prices:2"}),
    ("ssm.restore_parameter", {"to_version": 5}),
    ("ecs.rollback_service", {"service": "web/other"}),
    ("ecs.rollback_service", {"to_task_definition": "latest"}),
    (
        "ecs.rollback_service",
        {"to_task_definition": f"arn:aws:ecs:{REGION}:999999999999:task-definition/shop:3"},
    ),
    (
        "ecs.rollback_service",
        {"to_task_definition": f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/shop:3"},
    ),
    ("sqs.redrive", {"dead_letter_queue": "orders"}),
    ("sqs.redrive", {"dead_letter_queue": "https://sqs/other"}),
]


@pytest.mark.parametrize(("name", "changed"), BAD)
def test_parameters_that_name_no_single_resource_are_refused(
    name: str, changed: dict[str, Any]
) -> None:
    resource = TARGETS[name].resource_format.format_map({**GOOD[name][1], **changed})
    hostile = of(name, **changed).model_copy(update={"resource": resource})

    with pytest.raises(RefusalError):
        bind_target(hostile, PLACE)
    with pytest.raises(RefusalError):
        arns(hostile, PLACE)


def short(name: str, **changed: Any) -> Candidate:
    """Return a candidate as a former version named it: twelve digits of its parameters' digest."""
    named, other = of(name), of(name, **changed)
    return other.model_copy(update={"id": named.id[:-20]})


@pytest.mark.parametrize("name", sorted(GOOD))
def test_short_action_id_counts_with_signed_parameters(name: str) -> None:
    before = short(name)

    assert bind_target(before, PLACE, signed=True) == bind_target(of(name), PLACE)
    assert session_policy(before, PLACE) == session_policy(of(name), PLACE)
    with pytest.raises(RefusalError, match="does not match the digest of its parameters"):
        bind_target(before, PLACE)


def test_short_action_id_of_other_parameters_never_counts() -> None:
    other = short("lambda.rollback_alias", to_version="1")

    with pytest.raises(RefusalError, match="does not match the digest of its parameters"):
        bind_target(other, PLACE, signed=True)
    with pytest.raises(RefusalError, match="does not match the digest of its parameters"):
        session_policy(other, PLACE)


def test_verb_outside_the_catalogue_is_refused() -> None:
    with pytest.raises(RefusalError):
        bind_target(candidate("lambda.delete_function", parameters={"function": "checkout"}), PLACE)


def test_parameter_arn_has_one_form_with_or_without_a_leading_slash() -> None:
    found = arns(of("ssm.restore_parameter", name="prices", resource="ssm:prices"), PLACE)

    assert found == (f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/prices",)


@given(st.text(max_size=80), st.sampled_from(["function", "alias", "from_version", "to_version"]))
def test_parameter_text_stays_within_its_field(text: str, field: str) -> None:
    parameters = {**GOOD["lambda.rollback_alias"][1], field: text}
    hostile = candidate(parameters=parameters)
    try:
        found = arns(hostile, PLACE)
    except RefusalError:
        return
    assert found == (f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:checkout",)
