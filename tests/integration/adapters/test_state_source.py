"""The contract of settings, for the fake and for AWS, and what the catalogue makes of them."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.stub import Stubber

from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.adapters.resource_state.aws_state import AwsState
from quorum.adapters.resource_state.lambda_state import LambdaState
from quorum.domain.catalogue import Situation, candidates
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import ResourceState
from quorum.ports.telemetry import StateSource
from tests.builders.evidence import deployed, limited
from tests.fakes import InMemoryStateSource
from tests.integration.adapters.states import function, source


def in_memory() -> StateSource:
    """Return a fake with one function."""
    return InMemoryStateSource(
        ResourceState(resource="lambda:checkout", settings={"alias_version": "1"})
    )


def on_aws() -> StateSource:
    """Return the real one with the same function."""
    function("live")
    return source()


@pytest.mark.parametrize("make", [in_memory, on_aws])
def test_state_of_a_missing_resource_is_none(make: Callable[[], StateSource]) -> None:
    states = make()
    found = states.state("lambda:checkout", "live")
    assert found is not None
    assert found.settings["alias_version"] == "1"
    for missing in ("lambda:none", "dynamodb:none", "ssm:/none", "sqs:none", "ecs:none/none"):
        assert states.state(missing) is None
    assert states.state("rds:unsupported") is None


def test_the_catalogue_finds_its_candidates_in_real_settings() -> None:
    client = function("live")
    client.update_alias(FunctionName="checkout", Name="live", FunctionVersion="2")
    client.put_function_concurrency(FunctionName="checkout", ReservedConcurrentExecutions=1)
    state = source().state("lambda:checkout", "live")
    assert state is not None
    changes = (deployed("lambda:checkout", 0), limited("lambda:checkout", None, 1))
    found = candidates(Situation(states=(state,), changes=changes))
    assert [candidate.verb for candidate in found] == [
        "lambda.raise_reserved_concurrency",
        "lambda.rollback_alias",
    ]


@pytest.mark.parametrize("code", ["AccessDeniedException", "TooManyRequestsException"])
def test_resource_without_read_permission_is_not_missing(code: str) -> None:
    client = boto3.client("lambda")
    with Stubber(client) as stubber:
        stubber.add_client_error("get_function_configuration", code)
        states = AwsState({"lambda": lambda: LambdaState(client, Autoscaling(None))})
        with pytest.raises(SourceUnavailableError, match=code):
            states.state("lambda:checkout")


def test_concurrent_threads_share_one_client() -> None:
    made: list[str] = []

    def reader() -> Callable[[str, str | None], None]:
        made.append("lambda")
        time.sleep(0.05)
        return lambda _name, _alias: None

    states = AwsState({"lambda": reader})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(states.state, [f"lambda:f{n}" for n in range(8)]))
    assert made == ["lambda"]


def test_clients_are_made_when_their_kind_is_first_read_and_once() -> None:
    made: list[str] = []

    def reader() -> Callable[[str, str | None], None]:
        made.append("lambda")
        return lambda _name, _alias: None

    states = AwsState({"lambda": reader, "sqs": reader})
    assert made == []
    states.state("lambda:a")
    states.state("lambda:b")
    assert made == ["lambda"]
