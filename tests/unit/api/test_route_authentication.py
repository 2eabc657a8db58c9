"""Public and authenticated routes: the check holds however the path is spelled."""

import base64
import json
from itertools import product
from typing import Any, Final

import pytest

from stacks import web_routes
from tests.builders.api import ADA, EVE, World
from tests.builders.events import INCIDENT

OPEN: Final = {
    "/",
    "/impact",
    "/controls",
    "/coverage",
    "/incidents/<incident_id>",
    "/session",
    "/static/<name>",
}
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get")
PATHS: Final = (
    "/v1/me",
    "/v1/incidents",
    f"/v1/incidents/{INCIDENT}",
    "/v1/controls",
    "/v1/openapi.json",
    "/view/operations",
    f"/view/incidents/{INCIDENT}",
    "/view/controls",
    "/view/coverage",
    "/view/impact",
)
SPELT: Final = (
    "{0}",
    "/{0}",
    "{0}/",
    " {0}",
    "{0}\n",
    "\n{0}",
    "/x/..{0}",
    "/static/..{0}",
    "/incidents/..{0}",
    "{0}%00",
    "/$default{0}",
    "{0}?x=/v1/",
)


def event(path: str, method: str = "GET", stage: str = "$default", **more: Any) -> dict[str, Any]:
    """Return the event of a request without a token."""
    http = {"method": method, "path": path, "sourceIp": "192.0.2.1"}
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {},
        "requestContext": {"http": http, "stage": stage},
        "stageVariables": {},
        "body": None,
        "isBase64Encoded": False,
        **more,
    }


def write(body: str | None, *, coded: bool = False, token: str = ADA) -> dict[str, Any]:
    """Return the event of an approval with this body."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    path = f"/v1/incidents/{INCIDENT}/approve"
    return event(path, "POST", headers=headers, body=body, isBase64Encoded=coded)


def routes(world: World) -> list[Any]:
    app = world.application.app
    return [*app._static_routes, *app._dynamic_routes]


def test_every_route_but_the_shell_requires_a_caller() -> None:
    world = World.asking()
    found = {route.path: len(route.middlewares) for route in routes(world)}

    assert {path for path, guards in found.items() if guards == 0} == OPEN
    opened = {path.replace("<", "{").replace(">", "}") for path in OPEN}
    assert opened == set(web_routes.PUBLIC)
    guarded = [path for path in found if path not in OPEN]
    prefixes = [path.partition("{")[0] for path in (*web_routes.READ, *web_routes.READ_AND_WRITE)]
    assert all(path.startswith(tuple(prefixes)) for path in guarded)


@pytest.mark.parametrize("stage", ["live", "v1", "view", "static", "incidents"])
def test_a_stage_in_the_path_grants_no_access(stage: str) -> None:
    world = World.asking()
    for path in PATHS:
        answer = world.application.answer(event(f"/{stage}{path}", stage=stage), None)
        assert answer["statusCode"] == 401, path
        assert INCIDENT not in answer["body"]


def test_no_path_spelling_or_method_grants_access_without_a_token() -> None:
    world = World.asking()
    before = world.log.events
    for path, spelt, method in product(PATHS, SPELT, METHODS):
        reply = world.gateway.call(method, spelt.format(path))
        shell = reply.status == 200 and "<title>Quorum</title>" in reply.body
        assert reply.status in {401, 404, 405} or shell, (method, path)
        assert "shop-checkout" not in reply.body
    assert world.log.events == before


def test_invalid_queries_are_reported_to_authenticated_callers_only() -> None:
    world = World.asking()
    assert world.get("/v1/incidents", None, query="limit=no").status == 401
    assert world.get("/v1/incidents", EVE, query="limit=no").status == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("[" * 100_000, 400),
        ('{"reason":' * 50_000 + "1" + "}" * 50_000, 400),
        ('{"reason":' + "9" * 20_000 + "}", 400),
        ('{"reason":' + "[" * 500 + "]" * 500 + "}", 422),
        ('{"reason":NaN,"approval_id":"x"}', 422),
        ('{"reason":"\\ud800abc"}', 422),
        ("{", 422),
        (None, 422),
        ("", 422),
    ],
)
def test_an_unreadable_body_is_a_client_error(body: str | None, status: int) -> None:
    world = World.asking()
    answer = world.application.answer(write(body), None)
    assert answer["statusCode"] == status
    assert json.loads(answer["body"])["error"] == "invalid"


def test_a_base64_body_is_decoded_first() -> None:
    world = World.asking()
    deep = base64.b64encode(b"[" * 100_000).decode()
    assert world.application.answer(write(deep, coded=True), None)["statusCode"] == 400
    assert world.application.answer(write("%%%", coded=True), None)["statusCode"] in {400, 422}
    said = json.dumps({"reason": "I know it", "approval_id": world.question}).encode()
    coded = base64.b64encode(said).decode()
    assert world.application.answer(write(coded, coded=True), None)["statusCode"] == 200


def test_the_body_of_an_unauthenticated_write_is_not_parsed() -> None:
    answer = World.asking().application.answer(write("[" * 100_000, token="x"), None)  # noqa: S106
    assert answer["statusCode"] == 401
