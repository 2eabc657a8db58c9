"""Readers of settings: one odd resource stops no other, and no secret is among the settings."""

from collections.abc import Iterator, Mapping
from functools import cache
from threading import Event
from typing import Any

import jmespath
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape, StructureShape
from hypothesis import given
from hypothesis import strategies as st

from quorum.adapters.resource_state import described_requests
from quorum.adapters.resource_state.autoscaling import Autoscaling, Unresolved
from quorum.adapters.resource_state.aws_state import AwsState
from quorum.adapters.resource_state.described_state import DescribedState, scalar
from quorum.adapters.resource_state.readers import Answer, EachReader
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import ResourceState
from quorum.services.row import Describe, Kind
from quorum.services.rows import KINDS, client_of, operation_of

NAMES = st.sets(st.sampled_from("abcdefghij"), min_size=1)
ERRORS = (
    ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Describe"),
    EndpointConnectionError(endpoint_url="x"),
    SourceUnavailableError("late"),
    KeyError("odd"),
    TypeError("odd"),
    ValueError("odd"),
    AttributeError("odd"),
    ZeroDivisionError("odd"),
)
ODD = st.dictionaries(st.sampled_from("abcdefghij"), st.sampled_from(ERRORS))
THING = Kind(
    "kinesis",
    "",
    (),
    describes=(
        Describe("things:ListThings", request="{Names: names}", items="Things", name="Name"),
        Describe("things:GetParts", request="{Name: name}", settings=(("size", "Size"),)),
    ),
    settings=("size",),
)


class Things:
    """A service that refuses a list with one of some names, and the parts of others."""

    def __init__(self, refused: Mapping[str, Exception], odd: Mapping[str, Exception]) -> None:
        self._refused, self._odd = refused, odd

    def can_paginate(self, _operation: str) -> bool:
        return False

    def list_things(self, *, Names: list[str]) -> Any:  # noqa: N803
        for name in Names:
            if name in self._refused:
                raise self._refused[name]
        return {"Things": [{"Name": name} for name in Names]}

    def get_parts(self, *, Name: str) -> Any:  # noqa: N803
        if Name in self._odd:
            raise self._odd[Name]
        return {"Size": ord(Name)}


@given(names=NAMES, odd=ODD)
def test_one_unreadable_resource_stops_no_other(names: set[str], odd: dict[str, Exception]) -> None:
    def read(name: str, _alias: str | None) -> dict[str, Any]:
        if name in odd:
            raise odd[name]
        return {"name": name}

    answers = AwsState({"sqs": lambda: read}).states({f"sqs:{name}": None for name in names})
    for name in names:
        answer = answers[f"sqs:{name}"]
        if name in odd:
            assert isinstance(answer, SourceUnavailableError)
        else:
            assert isinstance(answer, ResourceState)
            assert answer.settings == {"name": name}


@given(names=NAMES, refused=ODD, odd=ODD, most=st.integers(1, 5))
def test_one_odd_name_in_a_request_for_many_stops_no_other(
    names: set[str], refused: dict[str, Exception], odd: dict[str, Exception], most: int
) -> None:
    first, *more = THING.describes
    kind = THING._replace(describes=(first._replace(most=most), *more))
    answers = DescribedState(kind, lambda _: Things(refused, odd)).read(dict.fromkeys(names))
    assert set(answers) == names
    for name, answer in answers.items():
        if name in refused:
            assert answer is refused[name]
        elif name in odd:
            assert answer is odd[name]
        else:
            assert answer == {"size": ord(name)}


@given(names=NAMES, odd=st.sets(st.sampled_from("abcdefghij")))
def test_scalable_targets_that_cannot_be_read_are_those_resources_own(
    names: set[str], odd: set[str]
) -> None:
    class Client:
        def get_paginator(self, _operation: str, /) -> Any:
            return self

        def paginate(self, *, ResourceIds: list[str], **_: Any) -> Iterator[Any]:  # noqa: N803
            if odd & {*ResourceIds}:
                raise ERRORS[0]
            yield {"ScalableTargets": [{"ResourceId": one} for one in ResourceIds if one > "e"]}

    read: dict[str, Answer] = {name: {"autoscaled": Unresolved(name)} for name in names}
    for name, answer in Autoscaling(Client(), later=True).resolved("ecs", read).items():
        assert answer is ERRORS[0] if name in odd else answer == {"autoscaled": name > "e"}


def test_a_call_that_hangs_costs_its_own_resource_alone() -> None:
    never = Event()

    def read(name: str, _alias: str | None) -> dict[str, Any]:
        if name == "slow":
            never.wait(10)
        return {"name": name}

    answers = EachReader(read, seconds=0.2).read({"slow": None, "fast": None})
    never.set()
    assert answers["fast"] == {"name": "fast"}
    assert "no answer in time" in str(answers["slow"])


@given(st.text(max_size=200))
def test_text_is_a_plain_name_or_a_digest(text: str) -> None:
    found = scalar(text)
    assert found == text or str(found).startswith("sha256:")
    if found == text:
        assert not set(text) & set("\"'{}\\\n&?=<>#;|")


@pytest.mark.parametrize(
    "secret",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "https://hooks.example/T0/B0?token=hunter2hunter2",
        "postgres://shop:hunter2@db/shop",
        "password=hunter2",
        '{"password": "hunter2"}',
    ],
)
def test_secrets_are_digests(secret: str) -> None:
    for value in (secret, [secret], {"value": secret}, [{"deep": [secret]}]):
        found = str(scalar(value))
        assert found.startswith("sha256:")
        assert secret not in found


@cache
def output(client: str, operation: str) -> Shape:
    model = ServiceModel(Loader().load_service_model(client, "service-2"), client)
    found = model.operation_model(operation).output_shape
    assert found is not None
    return found


DESCRIBES = [
    pytest.param(kind, describe, id=f"{kind.name}-{operation_of(describe)}")
    for kind in KINDS.values()
    for describe in kind.describes
]


@pytest.mark.parametrize(("kind", "describe"), DESCRIBES)
def test_no_setting_shows_what_the_services_model_marks_as_sensitive(
    kind: Kind, describe: Describe
) -> None:
    answer = filled(output(client_of(describe), operation_of(describe)))
    items = jmespath.search(describe.items, answer)
    for item in items if isinstance(items, list) else [items]:
        for name, expression in describe.settings:
            value = jmespath.search(expression, item)
            assert value is not None, (kind.name, name, "is in no answer of the service")
            assert "Sensitive" not in str(scalar(value)), (kind.name, name)


@pytest.mark.parametrize(("kind", "describe"), DESCRIBES)
def test_requests_and_names_are_those_of_the_services_model(kind: Kind, describe: Describe) -> None:
    client, operation = client_of(describe), operation_of(describe)
    model = ServiceModel(Loader().load_service_model(client, "service-2"), client)
    assert xform_name(operation)
    given_ = {"names": ["a"], "name": "a", "parts": ["b", "a"]}
    first, *more = kind.describes
    if describe in more:
        found = filled(output(client_of(first), operation_of(first)))
        items = jmespath.search(first.items, found)
        given_["item"] = items[0] if isinstance(items, list) else items
    shape = model.operation_model(operation).input_shape
    request = jmespath.search(describe.request, given_) if describe.request else {}
    assert isinstance(shape, StructureShape)
    assert set(request) <= set(shape.members)
    assert {*shape.required_members} <= {k for k, v in request.items() if v is not None}
    if describe.name:
        answered = jmespath.search(describe.items, filled(output(client, operation)))
        assert jmespath.search(describe.name, answered[0])
    expressions = (*describe.calls, *describe.called_by)
    assert all(described_requests._compiled(one) for one in expressions)


def filled(shape: Any, depth: int = 0) -> Any:
    """Return an answer of the shape with all members, with `Sensitive` for what is so marked."""
    scalars: dict[str, Any] = {"boolean": True, "integer": 7, "long": 7, "timestamp": "2026-11-29"}
    match shape.type_name if depth < 9 else "":
        case "structure":
            return {name: filled(one, depth + 1) for name, one in shape.members.items()}
        case "list":
            return [filled(shape.member, depth + 1)]
        case "map":
            return {"key": filled(shape.value, depth + 1)}
        case "string":
            text = "application" if shape.name == "LoadBalancerTypeEnum" else "i-plain"
            return "Sensitive" if shape.metadata.get("sensitive") else text
    return scalars.get(shape.type_name, 7.5)
