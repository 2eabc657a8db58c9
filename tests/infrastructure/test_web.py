"""The HTTP API: routes, tokens, the user pool, and permissions of the functions behind it."""

import json
from typing import Any

from stacks import web_routes
from stacks.functions_table import ROWS
from tests.infrastructure.conftest import Synth
from tests.infrastructure.templates import grants, text

EVENTS = "/quorum-prod-events"


def routes(synth: Synth) -> dict[str, dict[str, Any]]:
    return {route["RouteKey"]: route for route in synth.all("AWS::ApiGatewayV2::Route")}


def test_routes_are_those_of_the_table(synth: Synth) -> None:
    open_ones = {f"GET {path}" for path in web_routes.PUBLIC}
    guarded = {f"GET {path}" for path in web_routes.READ}
    guarded |= {f"ANY {path}" for path in web_routes.READ_AND_WRITE}

    assert set(routes(synth)) == open_ones | guarded


def test_on_aws_routes_with_data_require_a_token_of_the_pool(dev: Synth, prod: Synth) -> None:
    for synth in (dev, prod):
        for key, route in routes(synth).items():
            path = key.split()[1]
            kind = "NONE" if path in web_routes.PUBLIC else "JWT"
            assert route["AuthorizationType"] == kind, key
        (authorizer,) = synth.all("AWS::ApiGatewayV2::Authorizer")
        assert authorizer["AuthorizerType"] == "JWT"
        assert len(authorizer["JwtConfiguration"]["Audience"]) == 1


def test_api_approval_and_gateway_accept_the_same_tokens(
    synth: Synth,
) -> None:
    (stage,) = synth.all("AWS::ApiGatewayV2::Stage")
    variables = stage.get("StageVariables", {})
    local = synth.config.stage == "local"
    names = ("TOKEN_ISSUER", "TOKEN_CLIENT")
    holders = {
        function["FunctionName"]: [function["Environment"]["Variables"][name] for name in names]
        for function in synth.all("AWS::Lambda::Function")
        if "TOKEN_ISSUER" in function["Environment"]["Variables"]
    }

    assert set(holders) == {synth.named("api"), synth.named("approval")}
    issuer, client = holders[synth.named("approval")]
    assert holders[synth.named("api")] == [issuer, client]
    assert set(variables) == (set() if local else {"client", "login"})
    assert bool(synth.all("AWS::Cognito::UserPool")) is not local
    if local:
        assert [issuer, client] == ["http://127.0.0.1:4577", "laptop"]
        return
    (authorizer,) = synth.all("AWS::ApiGatewayV2::Authorizer")
    assert authorizer["JwtConfiguration"]["Audience"] == [client] == [variables["client"]]
    assert text(issuer).startswith("https://cognito-idp.")
    pool = text(authorizer["JwtConfiguration"]["Issuer"]).rpartition("/")[2]
    assert text(issuer).endswith(pool)


def test_the_approval_function_has_the_listed_callers(synth: Synth) -> None:
    """Other principals of the account can get the permission, so an invocation proves nothing."""
    names = (f"{synth.named('approval')}:live", "approvalLive")
    callers = {
        role["RoleName"]
        for role in synth.all("AWS::IAM::Role")
        for g in grants(role)
        if g.action == "lambda:InvokeFunction" and any(name in g.resource for name in names)
    }
    assert callers == {synth.named(name) for name in ("api", "slack", "incident", "warmer")}


def test_the_approval_function_reads_listed_tables_bundles_and_slacks_secret(
    prod: Synth,
) -> None:
    held = grants(prod.role("approval"))
    reads = {
        g.resource.rpartition("/quorum-prod-")[2]
        for g in held
        if g.action in {"dynamodb:GetItem", "dynamodb:Query"}
    }
    assert reads == {"events", "approvals", "decisions", "closings", "executions"}
    secrets = {g.resource for g in held if g.action == "secretsmanager:GetSecretValue"}
    assert [arn.rpartition(":secret:")[2] for arn in secrets] == ["quorum/slack-??????"]
    objects = {(g.action, g.resource.rpartition("/bundles")[2]) for g in held if "s3:" in g.action}
    assert objects == {("s3:GetObject", "/*")}


def test_the_user_pool_has_no_sign_up_and_requires_a_second_factor(prod: Synth) -> None:
    (pool,) = prod.all("AWS::Cognito::UserPool")
    (client,) = prod.all("AWS::Cognito::UserPoolClient")

    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool["MfaConfiguration"] == "ON"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert pool["DeletionProtection"] == "ACTIVE"
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert client.get("GenerateSecret", False) is False


def test_the_api_reads_the_event_log_and_cannot_write_it(prod: Synth) -> None:
    held = grants(prod.role("api"))
    on_log = {(g.action, g.resource) for g in held if EVENTS in g.resource}

    assert {action for action, _ in on_log} == {"dynamodb:Query"}
    written = {g.resource for g in held if g.action.endswith((":PutItem", ":UpdateItem"))}
    tables = {resource.partition("table/")[2] for resource in written}
    assert tables == {"quorum-prod-stop", "quorum-prod-overrides"}
    (stop,) = (g.keys for g in held if g.action == "dynamodb:DeleteItem" and g.keys)
    assert stop == ("stop",)


def test_the_api_invokes_two_functions_and_cannot_sign_or_start_executions(prod: Synth) -> None:
    held = grants(prod.role("api"))
    called = {g.resource for g in held if g.action == "lambda:InvokeFunction"}

    assert {arn.partition("function:")[2] for arn in called} == {
        "quorum-prod-approval:live",
        "quorum-prod-executor:live",
    }
    services = {g.action.partition(":")[0] for g in held}
    assert services == {"dynamodb", "s3", "kms", "lambda", "logs", "xray"}
    assert {g.action for g in held if g.action.startswith("kms:")} == {"kms:GetPublicKey"}
    assert {g.action for g in held if g.action.startswith("s3:")} == {"s3:GetObject"}


def test_only_the_api_writes_overrides(prod: Synth) -> None:
    for row in ROWS:
        found = {g.action for g in grants(prod.role(row.name)) if "overrides" in g.resource}
        match row.name:
            case "api":
                assert found == {"dynamodb:PutItem", "dynamodb:Query"}
            case "consensus" | "executor" | "learning":
                assert found == {"dynamodb:Query"}
            case _:
                assert found == set()


def test_the_gateway_invokes_the_functions_alias(synth: Synth) -> None:
    (integration,) = synth.all("AWS::ApiGatewayV2::Integration")

    assert "apiLive" in text(integration["IntegrationUri"])
    assert integration["PayloadFormatVersion"] == "2.0"


def test_the_page_is_the_only_way_to_a_token_and_a_token_is_short(prod: Synth) -> None:
    (client,) = prod.all("AWS::Cognito::UserPoolClient")

    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert client["EnableTokenRevocation"] is True
    minutes = {client[f"{kind}TokenValidity"] for kind in ("Id", "Access", "Refresh")}
    assert set(client["TokenValidityUnits"].values()) == {"minutes"}
    assert max(minutes) <= 120


def test_the_sign_in_page_has_another_host_in_govcloud(dev: Synth) -> None:
    (stage,) = dev.all("AWS::ApiGatewayV2::Stage")
    conditions = dev.pipeline["Conditions"].items()
    (name,) = (name for name, one in conditions if "aws-us-gov" in json.dumps(one))

    label = {"Fn::If": [name, "auth-fips", "auth"]}
    assert label in stage["StageVariables"]["login"]["Fn::Join"][1]
