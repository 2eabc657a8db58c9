"""Roles of verbs: the catalogue's actions on the operator's allow-list, and nothing else."""

import pytest

from quorum.domain.catalogue import VERBS, Verb
from tests.infrastructure.conftest import Synth
from tests.infrastructure.templates import as_list, grants, statements, text

ALLOWED = {
    "lambda.rollback_alias": {":function:checkout-*"},
    "ssm.restore_parameter": {":parameter/checkout/*"},
}


def _role_name(verb: Verb) -> str:
    return "verb-" + verb.name.replace(".", "-").replace("_", "-")


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_verbs_role_has_the_catalogues_actions_on_allowed_resources(
    verb: Verb, prod: Synth
) -> None:
    allowed = {
        grant
        for grant in grants(prod.role(_role_name(verb)))
        if grant.resource not in prod.config.encryption_keys
    }
    assert {grant.resource.partition("<AWS::AccountId>")[2] for grant in allowed} == ALLOWED.get(
        verb.name, set()
    )
    assert {grant.action for grant in allowed} == (
        set(verb.permissions) if verb.name in ALLOWED else set()
    )


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_verb_uses_the_customers_keys_through_its_own_service_only(
    verb: Verb, prod: Synth
) -> None:
    (key,) = prod.config.encryption_keys
    found = [s for s in statements(prod.role(_role_name(verb))) if key in as_list(s["Resource"])]
    used = bool(verb.key_permissions) and verb.name in ALLOWED
    assert len(found) == used
    for statement in found:
        assert as_list(statement["Action"]) == list(verb.key_permissions)
        service = text(statement["Condition"]["StringEquals"]["kms:ViaService"])
        assert service.startswith(f"{verb.name.partition('.')[0]}.")


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_verbs_role_denies_everything_without_an_opt_in(verb: Verb, dev: Synth) -> None:
    role = dev.role(_role_name(verb))
    assert grants(role) == set()
    assert [s["Effect"] for s in statements(role)] == ["Deny"]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_verbs_role_trusts_the_executor_only(verb: Verb, synth: Synth) -> None:
    (statement,) = synth.role(_role_name(verb))["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    trusted = text(statement["Principal"]["AWS"]).removesuffix(".Arn>").removeprefix("<")
    role = synth.pipeline["Resources"][trusted]
    assert role["Properties"]["RoleName"] == synth.named("executor")


def test_the_executors_own_role_has_no_verbs_actions(synth: Synth) -> None:
    verbs = {permission for verb in VERBS for permission in verb.permissions}
    held = {grant.action for grant in grants(synth.role("executor"))}
    assert held & verbs <= {"sqs:GetQueueAttributes"}
    assumed = {
        grant.resource.rpartition("/")[2]
        for grant in grants(synth.role("executor"))
        if grant.action == "sts:AssumeRole"
    }
    assert assumed == {synth.named(_role_name(verb)) for verb in VERBS}


def test_only_the_executor_may_assume_a_verbs_role(synth: Synth) -> None:
    able = {
        role["RoleName"]
        for role in synth.all("AWS::IAM::Role")
        if any(grant.action.startswith("sts:") for grant in grants(role))
    }
    assert able == {synth.named("executor")}


def test_the_boundary_allows_the_allow_list_and_denies_quorums_resources(synth: Synth) -> None:
    (boundary,) = synth.all("AWS::IAM::ManagedPolicy")
    found = boundary["PolicyDocument"]["Statement"]
    allowed = {
        text(resource)
        for s in found
        if s["Effect"] == "Allow"
        for resource in as_list(s["Resource"])
    }
    denied = {
        text(resource)
        for s in found
        if s["Effect"] == "Deny"
        for resource in as_list(s["Resource"])
    }
    granted = {g.resource for verb in VERBS for g in grants(synth.role(_role_name(verb)))}
    assert allowed == granted
    assert any(resource.endswith(":function:quorum-*") for resource in denied)
    for verb in VERBS:
        assert "PermissionsBoundary" in synth.role(_role_name(verb))
