"""Lambda: error types, warm environments, reserved concurrency, weights."""

import pytest

from tests.e2e.emulator_patches.cloud import CODE, Cloud, zipped

pytestmark = pytest.mark.fast


def test_an_error_is_named_by_its_class_and_keeps_its_environment_warm(
    cloud: Cloud, function: str
) -> None:
    before = cloud.invoke(function)
    failed = cloud.invoke(function, {"fail": True})

    assert (failed["errorType"], failed["errorMessage"]) == ("MyError", "no luck")
    assert any("MyError" in line for line in failed["stackTrace"])
    assert cloud.invoke(function)["pid"] == before["pid"]
    assert before["boto3"]


@pytest.mark.parametrize("how", ["die", "exit"])
def test_a_process_that_ends_is_named_as_aws_names_it_and_the_next_one_answers(
    cloud: Cloud, function: str, how: str
) -> None:
    before = cloud.invoke(function)
    died = cloud.invoke(function, {how: True})

    assert died["errorType"] == "Runtime.ExitError"
    assert "Runtime exited" in died["errorMessage"]
    assert cloud.invoke(function)["pid"] != before["pid"]


def test_reserved_concurrency_bounds_the_alias_and_zero_switches_it_off(cloud: Cloud) -> None:
    function, functions = cloud.function(CODE), cloud.emulator.client("lambda")
    functions.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)

    with pytest.raises(functions.exceptions.TooManyRequestsException):
        cloud.invoke(function)

    functions.delete_function_concurrency(FunctionName=function)
    assert cloud.invoke(function)["version"] == "1"


def test_an_alias_with_weights_sends_a_share_to_the_other_version(cloud: Cloud) -> None:
    function, functions = cloud.function(CODE), cloud.emulator.client("lambda")
    functions.update_function_code(FunctionName=function, ZipFile=zipped(CODE + "\n"))
    other = functions.publish_version(FunctionName=function)["Version"]
    weights = {"AdditionalVersionWeights": {other: 0.5}}
    functions.update_alias(FunctionName=function, Name="live", RoutingConfig=weights)

    assert {cloud.invoke(function)["version"] for _ in range(30)} == {"1", other}
