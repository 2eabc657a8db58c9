"""Parameters hold secrets: none is read unless somebody names it, and all is a warning."""

from aws_cdk import App
from aws_cdk.assertions import Annotations, Match

from app import build
from stacks.config import Config
from tests.infrastructure.conftest import CONTEXT, Synth
from tests.infrastructure.templates import grants

READ = "ssm:GetParameterHistory"
ALL = Match.string_like_regexp("every parameter")
READERS = ("executor", "evidence", "inventory")


def test_without_a_pattern_no_function_reads_a_parameters_value(dev: Synth) -> None:
    assert not any(g.action == READ for name in READERS for g in grants(dev.role(name)))


def test_with_one_they_read_what_it_names(prod: Synth) -> None:
    for name in READERS:
        (found,) = {g.resource for g in grants(prod.role(name)) if g.action == READ}
        assert found.endswith(":parameter/checkout/*")


def test_every_parameter_is_a_warning() -> None:
    _annotations("ssm:*").has_warning("*", ALL)
    _annotations("ssm:/shop/*").has_no_warning("*", ALL)


def _annotations(pattern: str) -> Annotations:
    app = App(context={**CONTEXT, "aws:cdk:bundling-stacks": []})
    _, pipeline = build(app, Config.from_context({"watch": [pattern]}))
    return Annotations.from_stack(pipeline)
