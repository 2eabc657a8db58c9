"""Who is let in: the gateway's word on AWS, a printed token on a laptop, and nothing else."""

from typing import Any

import pytest

from functions.api.callers import identify
from functions.api.routes.application import Application
from functions.shared.domain.people import People
from tests.fakes.gateway import Gateway
from tests.unit.api.worlds import ADA, PEOPLE, TOKENS, World

CLAIMS = {"sub": "s-ada", "token_use": "id"}
BY_MAIL = {
    "sub": "unknown",
    "token_use": "id",
    "email": "Dan@example.com",
    "email_verified": "true",
}


def event(claims: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    context: dict[str, Any] = {"http": {"sourceIp": "192.0.2.9"}}
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": claims}}
    return {"requestContext": context, **more}


@pytest.mark.parametrize(("claims", "who"), [(CLAIMS, "ada"), (BY_MAIL, "dan")])
def test_an_identity_token_names_a_person(claims: dict[str, Any], who: str) -> None:
    known = identify(event(claims), PEOPLE, local=False)

    assert known is not None
    assert (known.person.id, known.address) == (who, "192.0.2.9")


@pytest.mark.parametrize(
    "claims",
    [
        None,
        {},
        {**CLAIMS, "token_use": "access"},
        {**CLAIMS, "sub": "s-nobody"},
        {**CLAIMS, "sub": ""},
        {**BY_MAIL, "email_verified": "false"},
        {**BY_MAIL, "email": ""},
    ],
)
def test_anything_else_names_nobody(claims: dict[str, Any] | None) -> None:
    assert identify(event(claims), PEOPLE, local=False) is None


@pytest.mark.parametrize("verified", [True, "True", "TRUE"])
def test_a_verified_address_is_verified_however_it_is_spelt(verified: object) -> None:
    known = identify(event({**BY_MAIL, "email_verified": verified}), PEOPLE, local=False)

    assert known is not None
    assert known.person.id == "dan"


def test_a_token_without_a_subject_or_an_address_names_not_even_somebody_called_none() -> None:
    odd = {"id": "odd", "name": "Odd", "subject": "None", "roles": ("senior_sre",)}
    people = People.model_validate([odd])

    assert identify(event({"token_use": "id"}), people, local=False) is None
    verified = {"token_use": "id", "email_verified": "true"}
    assert identify(event(verified), people, local=False) is None


@pytest.mark.parametrize(
    "bare",
    [
        {},
        {"requestContext": None},
        {"requestContext": {"authorizer": None}},
        {"requestContext": {"authorizer": {"jwt": None}}},
        {"requestContext": {"authorizer": {"jwt": {"claims": None}}}},
        {"requestContext": {}, "headers": None, "stageVariables": None},
        {"headers": {"authorization": "Bearer printed"}},
        {"headers": {"authorization": "Bearer printed"}, "stageVariables": None},
    ],
    ids=str,
)
@pytest.mark.parametrize("local", [True, False])
def test_an_event_without_its_parts_names_nobody(bare: dict[str, Any], *, local: bool) -> None:
    assert identify(bare, PEOPLE, local=local) is None


PRINTED = "token_dda3af6e69b6a7572b645336a52b4b688537a9c039049889c19f99320a798bf9"
"""The stage variable of the token `printed`: by its SHA-256."""


@pytest.mark.parametrize("header", ["Bearer printed", "bearer printed", "BEARER  printed "])
def test_on_a_laptop_the_digest_of_a_printed_token_names_its_person(header: str) -> None:
    asked = {"headers": {"authorization": header}, "stageVariables": {PRINTED: "s-ada"}}

    known = identify(asked, PEOPLE, local=True)

    assert known is not None
    assert (known.person.id, known.address) == ("ada", "")


@pytest.mark.parametrize(
    "header", ["printed", "Basic printed", "Tokens printed", "Bearer Printed", "Bearer s-ada"]
)
def test_no_other_header_and_no_other_token_does(header: str) -> None:
    asked = {"headers": {"authorization": header}, "stageVariables": {PRINTED: "s-ada"}}

    assert identify(asked, PEOPLE, local=True) is None


def test_outside_of_a_laptop_no_printed_token_counts() -> None:
    world = World.asking()
    application = Application(world.tools, local=False)

    assert Gateway(application.answer, TOKENS).call("GET", "/v1/me", token=ADA).status == 401
    assert World.asking().get("/v1/me", ADA).json()["name"] == "Ada"


def test_on_a_laptop_no_claims_count() -> None:
    world = World.asking()
    gateway = Gateway(world.application.answer, {}, claims=CLAIMS)

    assert gateway.call("GET", "/v1/me").status == 401


def test_a_header_or_a_body_makes_nobody_somebody() -> None:
    world = World.asking()
    for name in ("x-user", "x-amzn-oidc-identity", "cookie", "x-forwarded-user"):
        assert world.get("/v1/me", None, headers={name: "s-ada"}).status == 401
    for header in ("", "Bearer", "Bearer ", "Basic czphZGE=", f"Bearer{ADA}"):
        assert world.get("/v1/me", None, headers={"authorization": header}).status == 401


def test_where_to_sign_in_is_told_without_any_token() -> None:
    world = World.asking()
    variables = {"login": "https://login.example", "client": "c1", "other": "hidden"}
    gateway = Gateway(world.application.answer, TOKENS, variables=variables)

    reply = gateway.call("GET", "/session")
    assert reply.json() == {"login": "https://login.example", "client": "c1"}
    assert "connect-src 'self' https://login.example" in reply.headers["content-security-policy"]
    assert world.get("/session", None).json() == {}
