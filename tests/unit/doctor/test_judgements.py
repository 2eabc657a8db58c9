"""Judgements of the doctor's checks, from values alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.catalogue import VERBS
from quorum.domain.coverage import possible
from quorum.domain.evidence import ResourceState
from stacks.config import Config
from stacks.doctor.account import (
    SIGNATURE_SECONDS,
    TOLERANCE_SECONDS,
    Caller,
    caller,
    clock,
    judge_region,
)
from stacks.doctor.check import Check, error
from stacks.doctor.coverage_report import escaped
from stacks.doctor.notifications import identities, judge_subscriptions
from stacks.doctor.people import judge_people
from stacks.doctor.quotas import QUOTAS, judge_concurrency, judge_quota
from stacks.doctor.refused import as_check
from tests.builders.doctor import NOON

ANN = {"id": "ann", "name": "Ann", "email": "ann@example.com", "roles": ["senior_sre"]}
BOB = {"id": "bob", "name": "Bob", "subject": "b-1", "roles": ["senior_sre"]}
EVE = {"id": "eve", "name": "Eve", "email": "eve@example.com", "roles": ["viewer"]}
DAN = {"id": "dan", "name": "Dan", "slack": "UDAN00001", "roles": ["senior_sre"]}
REDRIVE = {"verb": "sqs.redrive", "resources": ["sqs:*"], "mode": "approve"}
ROLLBACK = {"verb": "lambda.rollback_alias", "resources": ["lambda:*"], "mode": "autonomous"}


def configured(**context: Any) -> Config:
    return Config.from_context({"stage": "dev", **context})


def worst(found: list[Check]) -> str:
    order = ("ok", "warning", "unknown", "error")
    return max((one.status for one in found), key=order.index)


@pytest.mark.parametrize(
    ("people", "autonomy", "status"),
    [
        ([], [], "ok"),
        ([], [ROLLBACK], "error"),
        ([ANN], [ROLLBACK], "ok"),
        ([EVE], [ROLLBACK], "error"),
        ([ANN], [REDRIVE], "error"),
        ([ANN, EVE], [REDRIVE], "error"),
        ([ANN, BOB], [REDRIVE], "ok"),
        ([ANN], [{**REDRIVE, "mode": "shadow"}], "ok"),
        ([DAN], [], "error"),
    ],
)
def test_people_suffice_for_the_verbs_that_may_act(
    people: list[Any], autonomy: list[Any], status: str
) -> None:
    found = list(judge_people(configured(people=people, autonomy=autonomy)))

    assert worst(found) == status
    assert all(one.remedy for one in found if one.status == "error")


def test_a_slack_id_counts_where_slack_is_a_channel() -> None:
    slack = {"channels": ["slack"], "channel_secrets": {"slack": "quorum/slack"}}

    assert worst(list(judge_people(configured(people=[DAN], autonomy=[ROLLBACK], **slack)))) == "ok"


@pytest.mark.parametrize(
    ("seconds", "status"),
    [
        (0.0, "ok"),
        (TOLERANCE_SECONDS, "ok"),
        (TOLERANCE_SECONDS + 1, "warning"),
        (-TOLERANCE_SECONDS - 1, "warning"),
        (SIGNATURE_SECONDS + 1, "error"),
        (-SIGNATURE_SECONDS - 1, "error"),
    ],
)
def test_a_clock_is_judged_by_what_signatures_allow(seconds: float, status: str) -> None:
    assert clock(seconds).status == status


class Sts:
    """STS, which answers with its own time or refuses."""

    def __init__(self, at: datetime | None, failure: Exception | None = None) -> None:
        self.at, self.failure = at, failure

    def get_caller_identity(self) -> Mapping[str, Any]:
        if self.failure is not None:
            raise self.failure
        headers = {"date": format_datetime(self.at, usegmt=True)} if self.at else {}
        return {
            "Account": "1",
            "Arn": "arn:aws-us-gov:iam::1:user/x",
            "ResponseMetadata": {"HTTPHeaders": headers},
        }


def test_the_clock_is_compared_with_the_date_of_stss_answer() -> None:
    found = caller(Sts(NOON - timedelta(seconds=90)), lambda: NOON)

    assert isinstance(found, Caller)
    assert (found.clock_seconds, found.partition) == (90, "aws-us-gov")


def refused(at: datetime) -> ClientError:
    """Return STS's refusal of a signature, sent at this time of its clock."""
    return ClientError(
        {
            "Error": {"Code": "SignatureDoesNotMatch", "Message": "Signature expired"},
            "ResponseMetadata": {  # type: ignore[typeddict-item] # the rest does not matter
                "HTTPHeaders": {"date": format_datetime(at, usegmt=True)}
            },
        },
        "GetCallerIdentity",
    )


@pytest.mark.parametrize(
    ("failure", "name"),
    [
        (refused(NOON + timedelta(hours=1)), "clock"),
        (refused(NOON), "account"),
        (NoCredentialsError(), "account"),
    ],
)
def test_a_refused_caller_is_an_error_of_its_cause(failure: Exception, name: str) -> None:
    found = caller(Sts(None, failure), lambda: NOON)

    assert isinstance(found, Check)
    assert (found.status, found.name) == ("error", name)


def test_a_region_without_a_service_is_an_error_with_the_remedy() -> None:
    slack = {"channels": ["slack"], "channel_secrets": {"slack": "quorum/slack"}}

    (found,) = judge_region(configured(**slack), "ca-west-1")
    assert found.status == "error"
    assert "remove slack" in found.remedy
    assert worst(list(judge_region(configured(), "ca-west-1"))) == "ok"
    assert worst(list(judge_region(configured(), "cn-north-1"))) == "error"


@pytest.mark.parametrize(
    ("quota", "provisioned", "status"),
    [(10, 0, "warning"), (99, 0, "warning"), (100, 0, "ok"), (100, 1, "error"), (1000, 1, "ok")],
)
def test_concurrency_is_compared_with_what_the_stacks_set_aside(
    quota: int, provisioned: int, status: str
) -> None:
    config = configured(provisioned_concurrency=provisioned)

    assert judge_concurrency(config, quota).status == status


@given(used=st.integers(0, 500), added=st.integers(0, 20), limit=st.integers(0, 500))
def test_a_quota_is_exceeded_exactly_when_the_sum_is_above_it(
    used: int, added: int, limit: int
) -> None:
    found = judge_quota(QUOTAS[0], limit, used, added)

    assert (found.status == "ok") == (used + added <= limit)


def test_a_quota_that_is_not_listed_is_unknown() -> None:
    assert judge_quota(QUOTAS[0], None, 1, 1).status == "unknown"


def test_without_any_address_the_own_alarms_reach_no_one() -> None:
    assert worst(list(judge_subscriptions((), {}))) == "warning"


def test_an_address_may_be_verified_by_a_domain_above_it() -> None:
    assert identities("a@mail.example.com") == (
        "a@mail.example.com",
        "mail.example.com",
        "example.com",
    )


SETTINGS: Mapping[str, dict[str, Any]] = {
    "lambda:a": {"alias": "live", "alias_version": "7", "reserved_concurrency": 2},
    "ssm:/a": {"version": 3},
    "ecs:a/b": {"task_definition": "b:4"},
    "dynamodb:a": {"billing": "PROVISIONED", "read_units": 5, "write_units": 5},
    "sqs:a": {"dlq": "a-dead", "dead_letters": 0},
}


def test_every_verb_of_the_catalogue_is_possible_for_some_resource() -> None:
    found = {
        one.verb
        for resource, settings in SETTINGS.items()
        for one in possible(ResourceState(resource=resource, settings=settings), NOON)
    }

    assert found == {verb.name for verb in VERBS}


@pytest.mark.parametrize(
    ("resource", "settings"),
    [
        ("lambda:a", {"reserved_concurrency": None}),
        ("dynamodb:a", {"billing": "PAY_PER_REQUEST", "read_units": 0, "write_units": 0}),
        ("sqs:a", {"dlq": None, "dead_letters": None}),
    ],
)
def test_settings_without_a_former_version_make_nothing_possible(
    resource: str, settings: dict[str, Any]
) -> None:
    assert possible(ResourceState(resource=resource, settings=settings), NOON) == ()


@given(st.text())
def test_escaped_text_has_no_effect_in_markdown(text: str) -> None:
    found = escaped(text)

    assert "\n" not in found
    bare = found.replace("\\\\", "")
    for mark in "`*_<|[":
        assert bare.count(mark) == bare.count(f"\\{mark}")


def test_a_check_is_one_line() -> None:
    assert "\n" not in error("a", "b\nc", "d\ne").line


def test_a_failure_of_neither_aws_nor_the_product_is_raised() -> None:
    with pytest.raises(ValueError, match="a bug"):
        as_check("x", ValueError("a bug"), ())
