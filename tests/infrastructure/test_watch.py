"""Permissions to read a service's settings are granted exactly where it is watched."""

from collections.abc import Sequence
from functools import cache

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from app import build
from quorum.services.row import Kind
from quorum.services.rows import KINDS, is_readable
from stacks.config import Config
from tests.infrastructure.conftest import CONTEXT, Synth
from tests.infrastructure.templates import Grant, grants

READABLE = [kind for kind in KINDS.values() if is_readable(kind)]
HALF, OTHER = READABLE[::2], READABLE[1::2]
READERS = ("evidence", "inventory")


@cache
def roles(*watch: str) -> dict[str, frozenset[Grant]]:
    """Return the grants of the functions that read settings, with these patterns watched."""
    app = App(context={**CONTEXT, "aws:cdk:bundling-stacks": []})
    _, pipeline = build(app, Config.from_context({"watch": [*watch]}))
    found = Template.from_stack(pipeline).find_resources("AWS::IAM::Role").values()
    names = {f"quorum-dev-{name}": name for name in READERS}
    properties = (one["Properties"] for one in found)
    return {
        names[role["RoleName"]]: frozenset(grants(role))
        for role in properties
        if role.get("RoleName") in names
    }


def actions(kind: Kind, name: str) -> set[str]:
    """Return the IAM actions with which the function reads the kind."""
    links = kind.links if name == "inventory" else ()
    return {*kind.reads, *kind.lists, *(one.action for one in (*kind.describes, *links))}


def watching(kinds: Sequence[Kind]) -> tuple[str, ...]:
    """Return a pattern of each kind."""
    return tuple(f"{kind.name}:shop-*" for kind in kinds)


@pytest.mark.parametrize("kind", READABLE, ids=lambda kind: kind.name)
@pytest.mark.parametrize("name", READERS)
def test_a_kinds_read_actions_are_granted_exactly_where_it_is_watched(
    kind: Kind, name: str
) -> None:
    half, others = (HALF, OTHER) if kind in HALF else (OTHER, HALF)
    also = {action for other in others for action in actions(other, name)}
    assert actions(kind, name) <= {grant.action for grant in roles(*watching(half))[name]}
    granted = {grant.action for grant in roles(*watching(others))[name]}
    assert granted & actions(kind, name) <= also


@pytest.mark.parametrize("name", READERS)
def test_resources_that_iam_can_name_are_those_of_the_pattern(name: str) -> None:
    named = {
        action: kind
        for kind in READABLE
        for action in (*kind.reads, *(d.action for d in kind.describes if not d.on))
    }
    wild = {a for k in READABLE for a in (*k.lists, *(d.action for d in k.describes if d.on))}
    for grant in (*roles(*watching(HALF))[name], *roles(*watching(OTHER))[name]):
        if grant.action in named and grant.action not in wild:
            assert "shop-" in grant.resource, grant


def test_a_deployment_without_the_key_reads_what_it_did(dev: Synth) -> None:
    of_rows = {d.action for kind in READABLE for d in kind.describes}
    for name in READERS:
        granted = {grant.action for grant in grants(dev.role(name))}
        assert {"lambda:GetAlias", "dynamodb:DescribeTable", "ecs:DescribeServices"} <= granted
        assert "sqs:GetQueueAttributes" in granted
        assert not granted & of_rows
