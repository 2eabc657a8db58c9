"""Links into the AWS console: one URL per kind of page, from which no name escapes."""

import re
from typing import Final
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.api.console.aws_links import AwsConsole, aws_console
from quorum.domain.evidence import Change, ChangeKind
from tests.builders import evidence
from tests.builders.alarms import alarm
from tests.builders.evidence import ONSET

AWS: Final = AwsConsole("aws", "eu-west-1", "123456789012")
HOME: Final = "https://eu-west-1.console.aws.amazon.com"
AT: Final = 1_795_000_000
NAMES: Final = st.text(min_size=1, max_size=60).filter(lambda text: text not in {".", ".."})
HOSTILE: Final = (
    'a"><script>alert(1)</script>',
    "a/../../evil",
    "a#b?c=d&e=f;g",
    "a b+c%2Fd$252F",
    "\\@evil.example",
    "//evil.example",
    "javascript:alert(1)",
    "ü\u202e\n",
)


def change(kind: ChangeKind, resource: str, setting: str) -> Change:
    made = evidence.change("lambda:f", kind, AT - ONSET, setting=setting, values=(None, None))
    return made.model_copy(update={"resource": resource})


@pytest.mark.parametrize(
    ("resource", "page"),
    [
        ("lambda:checkout", "lambda/home?region=eu-west-1#/functions/checkout?tab=monitoring"),
        ("dynamodb:items", "dynamodbv2/home?region=eu-west-1#table?name=items&tab=monitoring"),
        (
            "sqs:parcels.fifo",
            "sqs/v3/home?region=eu-west-1#/queues/"
            "https%3A%2F%2Fsqs.eu-west-1.amazonaws.com%2F123456789012%2Fparcels.fifo",
        ),
        (
            "ssm:/shop/prices",
            "systems-manager/parameters/%252Fshop%252Fprices/description?region=eu-west-1",
        ),
        ("ecs:main/web", "ecs/v2/clusters/main/services/web/health?region=eu-west-1"),
        ("rds:orders", "rds/home?region=eu-west-1#database:id=orders;is-cluster=false"),
    ],
)
def test_a_resource_links_to_its_page(resource: str, page: str) -> None:
    assert AWS.resource(resource) == f"{HOME}/{page}"


@pytest.mark.parametrize(
    ("kind", "resource", "setting", "page"),
    [
        (
            "alias",
            "lambda:checkout",
            "live",
            "lambda/home?region=eu-west-1#/functions/checkout/aliases/live",
        ),
        (
            "concurrency",
            "lambda:checkout",
            "reserved_concurrency",
            "lambda/home?region=eu-west-1#/functions/checkout?subtab=concurrency&tab=configure",
        ),
        (
            "parameter",
            "ssm:/shop/prices",
            "/shop/prices",
            "systems-manager/parameters/%252Fshop%252Fprices/history?region=eu-west-1",
        ),
        (
            "task_definition",
            "ecs:main/web",
            "task_definition",
            "ecs/v2/clusters/main/services/web/deployments?region=eu-west-1",
        ),
        (
            "table",
            "dynamodb:items",
            "read_units",
            "dynamodbv2/home?region=eu-west-1#table?name=items&tab=settings",
        ),
    ],
)
def test_a_change_links_to_the_changed_setting(
    kind: ChangeKind, resource: str, setting: str, page: str
) -> None:
    assert AWS.change(change(kind, resource, setting)) == f"{HOME}/{page}"


@pytest.mark.parametrize(
    ("kind", "call"),
    [
        ("alias", "UpdateAlias20150331"),
        ("parameter", "PutParameter"),
        ("concurrency", "PutFunctionConcurrency20171031"),
        ("task_definition", "UpdateService"),
        ("table", "UpdateTable"),
    ],
)
def test_a_change_links_to_the_api_calls_that_make_such_a_change(
    kind: ChangeKind, call: str
) -> None:
    page = f"cloudtrailv2/home?region=eu-west-1#/events?EventName={call}"
    assert AWS.api_calls(change(kind, "lambda:f", "s")) == f"{HOME}/{page}"


def test_an_alarm_links_to_its_page_in_its_own_region() -> None:
    fired = alarm(name="shop errors/5xx").model_copy(update={"region": "us-east-1"})
    home = "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1"

    assert AWS.alarm(fired) == f"{home}#alarmsV2:alarm/shop%20errors%2F5xx"
    assert AWS.alarm_named("a") == f"{HOME}/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/a"


def test_a_log_group_is_encoded_twice_with_dollar_signs_and_opens_around_the_time() -> None:
    page = "cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/"
    group = "$252Faws$252Flambda$252Fcheckout/log-events"
    span = f"$3Fstart$3D{(AT - 600) * 1000}$26end$3D{(AT + 600) * 1000}"

    assert AWS.logs("lambda:checkout", AT) == f"{HOME}/{page}{group}{span}"
    assert AWS.logs("sqs:parcels", AT) is None


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "ap-southeast-2", "ap-southeast-2.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_each_partition_has_its_console_and_each_region_its_host(
    partition: str, region: str, host: str
) -> None:
    url = AWS._replace(partition=partition, region=region).resource("lambda:f") or ""

    assert urlsplit(url).hostname == host
    assert urlsplit(url).query == f"region={region}"


def test_a_queue_of_china_has_its_own_domain() -> None:
    url = AwsConsole("aws-cn", "cn-north-1", "123456789012").resource("sqs:q") or ""

    assert "sqs.cn-north-1.amazonaws.com.cn" in url


@pytest.mark.parametrize(
    "console",
    [
        AWS._replace(partition="aws-iso"),
        AWS._replace(region=""),
        AWS._replace(region="evil.example/"),
        AWS._replace(region="eu-west-1.evil.example/?"),
        AWS._replace(region="eu-west-1\n"),
        AWS._replace(account=""),
        AWS._replace(account="123456789012/../2"),
    ],
)
def test_an_invalid_partition_region_or_account_has_no_links(console: AwsConsole) -> None:
    assert console.resource("lambda:f") is None
    assert console.alarm_named("a") is None
    assert console.logs("lambda:f", AT) is None


def test_an_alarm_with_an_invalid_region_has_no_link() -> None:
    assert AWS.alarm(alarm().model_copy(update={"region": "evil.example/"})) is None


@pytest.mark.parametrize(
    "resource", ["other:x", "", "lambda:", "ecs:main", "ecs:/web", "ecs:../web", "ecs:main/..", "x"]
)
def test_a_resource_without_a_page_of_its_own_has_no_link(resource: str) -> None:
    assert AWS.resource(resource) is None


def links(name: str) -> dict[str, str | None]:
    """Return every link that a name can reach."""
    changes: tuple[tuple[str, ChangeKind], ...] = (
        ("lambda:{}", "alias"),
        ("lambda:{}", "concurrency"),
        ("ssm:{}", "parameter"),
        ("ecs:main/{}", "task_definition"),
        ("ecs:{}/web", "task_definition"),
        ("dynamodb:{}", "table"),
    )
    resources = (
        "lambda:{}",
        "dynamodb:{}",
        "sqs:{}",
        "ssm:{}",
        "rds:{}",
        "ecs:main/{}",
        "ecs:{}/web",
    )
    return {
        **{form: AWS.resource(form.format(name)) for form in resources},
        **{f"{f} {k}": AWS.change(change(k, f.format(name), "live")) for f, k in changes},
        "setting": AWS.change(change("alias", "lambda:f", name)),
        "alarm": AWS.alarm_named(name),
        "logs": AWS.logs(f"lambda:{name}", AT),
    }


def shape(url: str) -> str:
    """Return the URL with every encoded or plain character of a name as one `x`."""
    return re.sub(r"((\$|%)(25)*[0-9A-F]{2}|[A-Za-z0-9._~-])+", "x", url)


def check_inert(name: str) -> None:
    """Assert that the name changes no delimiter, no host and no path of any URL."""
    for page, url in links(name).items():
        if url is None:
            continue
        plain = links("plain")[page]
        assert plain is not None
        assert re.fullmatch(r"[A-Za-z0-9:/?#=&;$%._~-]+", url), page
        assert urlsplit(url)[:2] == ("https", "eu-west-1.console.aws.amazon.com")
        assert urlsplit(url).query == urlsplit(plain).query
        assert shape(url) == shape(plain), page
        assert not {".", ".."} & set(map(unquote, urlsplit(url).path.split("/"))), page


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_inside_its_part_of_the_url(name: str) -> None:
    check_inert(name)


@given(NAMES)
def test_no_name_leaves_its_part_of_the_url(name: str) -> None:
    check_inert(name)


@given(NAMES)
def test_a_name_is_the_same_after_decoding(name: str) -> None:
    url = AWS.alarm_named(name) or ""
    parameter = AWS.resource(f"ssm:{name}") or ""
    group = (AWS.logs(f"lambda:{name}", AT) or "").partition("log-group/")[2]

    assert unquote(url.partition("alarm/")[2]) == name
    assert unquote(unquote(parameter.split("/")[5])) == name
    encoded = group.partition("/log-events")[0].replace("$", "%")
    assert unquote(unquote(encoded)) == f"/aws/lambda/{name}"


def test_a_change_of_another_service_than_its_kind_has_no_link() -> None:
    assert AWS.change(change("alias", "ecs:main/web", "live")) is None


def test_the_laptop_has_no_aws_console() -> None:
    assert aws_console("local", "aws", "eu-west-1", "123456789012") is None
    assert aws_console("prod", "aws", "eu-west-1", "123456789012") == AWS
