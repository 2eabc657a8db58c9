"""Authentication: a genuine token names a person; nothing else in a request does."""

from typing import Any

import pytest

from functions.api.callers import Caller, Callers
from quorum.domain.errors import RefusedError
from tests.builders.api import ADA, PEOPLE, TOKENS, World
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import Gateway
from tests.fakes.tokens import OURS, InMemoryTokens

CLAIMS = {"sub": "s-ada", "token_use": "id"}
BY_MAIL = {"sub": "unknown", "email": "Dan@example.com", "email_verified": "true"}


def identify(**changes: Any) -> Caller | None:
    """Return the caller of a request with Ada's genuine token with these claims changed."""
    tokens = InMemoryTokens({}, FakeClock())
    tokens.genuine["token"] = tokens.claims("s-ada", **changes)
    callers = Callers(PEOPLE, tokens, OURS, FakeClock())
    headers = {"authorization": "Bearer token"}
    return callers.identify(
        {"requestContext": {"http": {"sourceIp": "192.0.2.9"}}, "headers": headers}
    )


@pytest.mark.parametrize(("claims", "who"), [({}, "ada"), (BY_MAIL, "dan")])
def test_an_identity_token_names_a_person(claims: dict[str, Any], who: str) -> None:
    caller = identify(**claims)

    assert caller is not None
    assert (caller.person.id, caller.address, caller.token) == (who, "192.0.2.9", "token")
    assert "token" not in repr(caller)


@pytest.mark.parametrize(
    "claims",
    [
        {"token_use": "access"},
        {"iss": "https://issuer.test/other"},
        {"aud": "another client"},
        {"exp": 0},
        {"sub": "s-unknown"},
        {"sub": ""},
        {**BY_MAIL, "email_verified": "false"},
        {**BY_MAIL, "email": ""},
    ],
)
def test_a_token_with_other_claims_names_no_caller(claims: dict[str, Any]) -> None:
    assert identify(**claims) is None


@pytest.mark.parametrize(
    "bare",
    [
        {},
        {"requestContext": None, "headers": None},
        {"requestContext": {"http": None}, "headers": {}},
        {"headers": {"authorization": "token"}},
        {"headers": {"authorization": "Basic token"}},
        {"headers": {"authorization": "Digest token"}},
        {"headers": {"authorization": "Bearer "}},
        {"headers": {"authorization": "Bearer " + "x" * 100_000}},
    ],
    ids=lambda bare: str(bare)[:60],
)
def test_a_request_without_a_bearer_token_has_no_caller(bare: dict[str, Any]) -> None:
    tokens = InMemoryTokens({}, FakeClock())
    for text in ("", "XX", "token", "Basic token"):
        tokens.genuine[text] = tokens.claims("s-ada")

    assert Callers(PEOPLE, tokens, OURS, FakeClock()).identify(bare) is None


def test_the_bearer_scheme_ignores_case_and_the_address_may_be_missing() -> None:
    tokens = InMemoryTokens({}, FakeClock())
    tokens.genuine["token"] = tokens.claims("s-ada")
    for bare in ({}, {"requestContext": None}, {"requestContext": {"http": None}}):
        asked = {**bare, "headers": {"authorization": "BEARER  token "}}
        caller = Callers(PEOPLE, tokens, OURS, FakeClock()).identify(asked)
        assert caller is not None
        assert (caller.person.id, caller.address) == ("ada", "")


@pytest.mark.parametrize(("length", "read"), [(8_192, True), (8_193, False)])
def test_a_token_over_the_longest_length_is_refused(length: int, *, read: bool) -> None:
    tokens = InMemoryTokens({}, FakeClock())
    tokens.genuine["x" * length] = tokens.claims("s-ada")
    asked = {"headers": {"authorization": "Bearer " + "x" * length}}

    caller = Callers(PEOPLE, tokens, OURS, FakeClock()).identify(asked)
    assert (caller is not None) is read


def test_claims_forwarded_by_the_gateway_authenticate_no_caller() -> None:
    world = World.asking()
    gateway = Gateway(world.application.answer, claims=CLAIMS)

    assert gateway.call("GET", "/v1/me").status == 401
    assert gateway.call("GET", "/v1/me", token="invented").status == 401  # noqa: S106
    stop = {"reason": "mine", "stopped": True}
    assert gateway.call("PUT", "/v1/controls/stop", stop).status == 401
    assert world.stop.thrown() is None
    assert World.asking().get("/v1/me", ADA).json()["name"] == "Ada"


def test_stage_variables_authenticate_no_caller() -> None:
    world = World.asking()
    variables = {"token_" + "0" * 64: "s-ada", **TOKENS}

    assert (
        Gateway(world.application.answer, variables=variables).call("GET", "/v1/me").status == 401
    )


def test_headers_and_bodies_authenticate_no_caller() -> None:
    world = World.asking()
    for name in ("x-user", "x-amzn-oidc-identity", "cookie", "x-forwarded-user"):
        assert world.get("/v1/me", None, headers={name: "s-ada"}).status == 401
    for header in (
        "",
        "Bearer",
        "Bearer ",
        "Basic czphZGE=",
        f"Bearer{ADA}",
        f"Bearer {'x' * 9000}",
    ):
        assert world.get("/v1/me", None, headers={"authorization": header}).status == 401


def test_an_unverifiable_token_is_refused_with_a_link_to_the_documentation() -> None:
    world = World.asking()
    world.signed_in.error = RefusedError("the issuer's keys cannot be read: docs/console.md")
    before = world.log.events

    for reply in (world.get("/v1/me"), world.post("approve", approval_id=world.question)):
        assert (reply.status, reply.json()["error"]) == (401, "unauthorised")
        assert "docs/console.md" in reply.json()["reason"]
    assert world.log.events == before


def test_the_approval_function_gets_the_token_unchanged_and_no_name() -> None:
    world = World.asking()
    world.post("approve", approval_id=world.question)
    ((_, asked),) = world.functions.asked

    assert asked["proof"] == {"kind": "token", "token": ADA}
    assert not {"by", "via", "person"} & set(asked)


def test_the_sign_in_page_is_public() -> None:
    world = World.asking()
    variables = {"login": "https://login.example", "client": "c1", "other": "hidden"}
    gateway = Gateway(world.application.answer, variables=variables)

    reply = gateway.call("GET", "/session")
    assert reply.json() == {"login": "https://login.example", "client": "c1"}
    assert "connect-src 'self' https://login.example" in reply.headers["content-security-policy"]
    assert world.get("/session", None).json() == {}
