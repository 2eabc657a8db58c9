"""Requests generated from the OpenAPI description: every response conforms to it."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.builders.api import ADA, World

pytest_plugins = ("schemathesis.pytest.plugin",)
"""Loaded here alone, because it adds a second to every start: see pyproject.toml."""
EXAMPLES = 8
WORLD = World.asking()
API = schemathesis.openapi.from_dict(dict(WORLD.application.openapi()))
API.app = WORLD.gateway
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def test_every_route_of_the_api_is_described() -> None:
    paths = WORLD.application.openapi()["paths"]

    assert len([path for path in paths if path.startswith("/v1/")]) == len(paths) >= 14
    for path, methods in paths.items():
        for method, route in methods.items():
            assert route["summary"], (method, path)
            assert {"200", "401", "422", "503"} <= set(route["responses"]), (method, path)


def test_the_description_is_served_to_authenticated_callers() -> None:
    reply = WORLD.get("/v1/openapi.json")

    assert reply.json() == WORLD.application.openapi()
    assert WORLD.get("/v1/openapi.json", None).status == 401


@pytest.mark.filterwarnings("ignore")
@API.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_responses_conform_to_the_description(case: Any) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {ADA}"}, checks=CHECKS)
