"""Trimmed botocore data gives the same clients and requests."""

import shutil
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.config import Config
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from stacks.botocore_data import DOCUMENTATION, trim, without_documentation
from stacks.operations import operations

CALLED = {name: operations()[name] for name in ("dynamodb", "s3", "sesv2", "stepfunctions", "sqs")}
WHOLE = Path(botocore.__file__).parent / "data"
JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from([DOCUMENTATION, "a", "b"]), inner)
    ),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return botocore's data of six services, trimmed to five."""
    place = tmp_path_factory.mktemp("botocore") / "data"
    place.mkdir()
    for path in WHOLE.glob("*.json"):
        shutil.copy(path, place)
    for service in (*CALLED, "kinesis"):
        shutil.copytree(WHOLE / service, place / service)
    trim(place, CALLED)
    return place


def client(service: str, region: str, data: Path) -> Any:
    session = Session()
    session.get_component("data_loader").search_paths[:] = [str(data)]
    session.set_credentials("none", "none")
    config = Config(use_dualstack_endpoint=False)
    return session.create_client(service, region_name=region, config=config)


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"])
@pytest.mark.parametrize("service", CALLED)
def test_a_client_of_trimmed_data_equals_the_original_in_every_partition(
    service: str, region: str, data: Path
) -> None:
    cut, whole = (client(service, region, place) for place in (data, WHOLE))
    assert cut.meta.endpoint_url == whole.meta.endpoint_url
    known = set(whole.meta.service_model.operation_names)
    assert set(cut.meta.service_model.operation_names) == CALLED[service] & known
    for name in cut.meta.service_model.operation_names:
        one, other = (c.meta.service_model.operation_model(name) for c in (cut, whole))
        assert _shape(one.input_shape) == _shape(other.input_shape)
        assert _shape(one.output_shape) == _shape(other.output_shape)
        assert [_shape(e) for e in one.error_shapes] == [_shape(e) for e in other.error_shapes]


REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("put_item", {"TableName": "items", "Item": {"id": {"S": "a"}}}),
    "s3": ("put_object", {"Bucket": "bundles", "Key": "a.json", "Body": b"{}"}),
    "sesv2": ("send_email", {"Content": {"Raw": {"Data": b"Hello"}}}),
    "sqs": ("send_message", {"QueueUrl": "https://example.com/1/letters", "MessageBody": "{}"}),
    "stepfunctions": ("start_execution", {"stateMachineArn": "arn:aws:states:x:1:stateMachine:m"}),
}


@pytest.mark.parametrize("service", CALLED)
def test_a_request_of_trimmed_data_equals_the_original(service: str, data: Path) -> None:
    cut, whole = (_request(service, place) for place in (data, WHOLE))
    assert cut.url == whole.url
    assert (cut.method, _body(cut)) == (whole.method, _body(whole))
    assert set(cut.headers) == set(whole.headers)


def _body(request: Any) -> Any:
    return request.body.read() if hasattr(request.body, "read") else request.body


class SentError(Exception):
    """Raised instead of sending a request."""


def _request(service: str, data: Path) -> Any:
    """Return the request that would be sent."""
    sent: list[Any] = []

    def stop(request: Any, **_: Any) -> None:
        sent.append(request)
        raise SentError

    made = client(service, "us-east-1", data)
    made.meta.events.register("before-send", stop)
    operation, parameters = REQUESTS[service]
    with pytest.raises(SentError):
        getattr(made, operation)(**parameters)
    return sent[0]


def test_trim_removes_uncalled_services_and_documentation(data: Path) -> None:
    assert {path.name for path in data.iterdir() if path.is_dir()} == set(CALLED)
    assert not list(data.rglob("*.gz")) + list(data.rglob("examples-*"))
    assert all(len(list((data / service).iterdir())) == 1 for service in CALLED)
    models = "".join(path.read_text() for path in data.rglob("service-2.json"))
    assert f'"{DOCUMENTATION}":"' not in models.replace(f'"{DOCUMENTATION}":""', "")
    assert (data / "endpoints.json").stat().st_size < (WHOLE / "endpoints.json").stat().st_size / 10


def test_trim_raises_for_an_unknown_service(tmp_path: Path) -> None:
    shutil.copy(WHOLE / "endpoints.json", tmp_path)
    with pytest.raises(FileNotFoundError):
        trim(tmp_path, {"sqss": ["SendMessage"]})


def test_trim_replaces_hard_linked_files(tmp_path: Path) -> None:
    cache = Path(shutil.copy(WHOLE / "endpoints.json", tmp_path / "cache.json"))
    data = tmp_path / "data"
    data.mkdir()
    (data / "endpoints.json").hardlink_to(cache)
    shutil.copytree(WHOLE / "sqs", data / "sqs")
    trim(data, {"sqs": ["SendMessage"]})
    assert cache.read_bytes() == (WHOLE / "endpoints.json").read_bytes()
    assert (data / "endpoints.json").stat().st_size < cache.stat().st_size


@given(JSON)
def test_without_documentation_keeps_members_of_that_name(model: Any) -> None:
    kept = without_documentation(model)
    assert kept == without_documentation(kept)
    if isinstance(model, dict):
        assert set(model) - set(kept) <= {DOCUMENTATION}
        assert kept.get(DOCUMENTATION) is not None or not isinstance(
            model.get(DOCUMENTATION), dict | list
        )


def _shape(shape: Any, above: tuple[str, ...] = ()) -> Any:
    """Return a shape without documentation; a recursive reference is its name."""
    if shape is None or shape.name in above:
        return shape and shape.name
    inner = {**getattr(shape, "members", {})} if shape.type_name == "structure" else {}
    inner |= {
        part: getattr(shape, part) for part in ("member", "key", "value") if _has(shape, part)
    }
    below = {name: _shape(one, (*above, shape.name)) for name, one in inner.items()}
    return shape.name, shape.type_name, shape.serialization, shape.metadata, below


def _has(shape: Any, part: str) -> bool:
    return part in {"list": ("member",), "map": ("key", "value")}.get(shape.type_name, ())
