"""Parameters may hold secrets: only listed ones are readable, and listing all adds a warning."""

from aws_cdk import App
from aws_cdk.assertions import Annotations, Match

from app import build
from stacks.config import Config
from tests.infrastructure.conftest import CONTEXT, Synth
from tests.infrastructure.templates import grants

READ = "ssm:GetParameterHistory"
ALL = Match.string_like_regexp("every parameter")
READERS = ("executor", "evidence", "inventory")


def test_by_default_no_function_may_read_parameters(dev: Synth) -> None:
    assert not any(g.action == READ for name in READERS for g in grants(dev.role(name)))


def test_a_watch_pattern_allows_reading_its_parameters(prod: Synth) -> None:
    for name in READERS:
        (found,) = {g.resource for g in grants(prod.role(name)) if g.action == READ}
        assert found.endswith(":parameter/checkout/*")


def test_watching_all_parameters_adds_a_warning() -> None:
    _annotations("ssm:*").has_warning("*", ALL)
    _annotations("ssm:/shop/*").has_no_warning("*", ALL)


def _annotations(pattern: str) -> Annotations:
    app = App(context={**CONTEXT, "aws:cdk:bundling-stacks": []})
    _, pipeline = build(app, Config.from_context({"watch": [pattern]}))
    return Annotations.from_stack(pipeline)
