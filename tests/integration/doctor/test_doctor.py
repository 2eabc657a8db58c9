"""Each check finds its planted defect, is ok with the remedy applied, and ok where all is sound."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from stacks.doctor import run
from stacks.doctor.__main__ import main
from stacks.doctor.check import NOT_DEPLOYED, Check, Status
from stacks.doctor.deployment import BOOTSTRAP, deployed
from stacks.doctor.subject import Options, Subject
from stacks.doctor.table import CHECKS, Row, examine
from tests.attacks.cloud.deployed import Deployed
from tests.builders.doctor import CONTEXT, MODEL, NOON, SLACK, Account, make_function, put_alarm
from tests.integration.doctor.simulator import install

ROWS = {row.name: row for row in CHECKS}
MAIL_ALONE: dict[str, Any] = {"channels": ["email"], "pages": [], "channel_secrets": {}}
Change = Callable[[Account], None]


class Defect(NamedTuple):
    """A planted defect, what the check must say, and the remedy as a person applies it."""

    row: str
    status: Status
    says: str
    plant: Change
    remedy: Change


def _secret(text: str) -> Change:
    return lambda account: account.clients("secretsmanager").put_secret_value(
        SecretId="quorum/slack", SecretString=text
    )


def _bootstrap(account: Account, version: str) -> None:
    account.clients("ssm").put_parameter(
        Name=BOOTSTRAP, Value=version, Type="String", Overwrite=True
    )


def _identity(account: Account, *, verified: bool) -> None:
    account.clients.set(
        "GetEmailIdentity", IdentityType="DOMAIN", VerifiedForSendingStatus=verified
    )


def _ses(account: Account, *, production: bool, enabled: bool = True) -> None:
    account.clients.set("GetAccount", ProductionAccessEnabled=production, SendingEnabled=enabled)


def _dead_letters(account: Account) -> str:
    found = account.clients("sqs").get_queue_url(QueueName="quorum-dev-dead-letters")
    return str(found["QueueUrl"])


def _send(account: Account) -> None:
    account.clients("sqs").send_message(QueueUrl=_dead_letters(account), MessageBody="{}")


def _purge(account: Account) -> None:
    account.clients("sqs").purge_queue(QueueUrl=_dead_letters(account))


def _rules(account: Account, quota: float) -> None:
    account.clients("events").put_rule(Name="of-the-shop", ScheduleExpression="rate(1 hour)")
    quotas = {"QuotaCode": "L-244521F2", "QuotaName": "Number of rules", "Value": quota}
    usual = account.clients.answers["ListServiceQuotas"]
    account.clients.answers["ListServiceQuotas"] = lambda given: (
        {"Quotas": [quotas]} if given["ServiceCode"] == "events" else usual(given)
    )


def _alarm_without_resource(account: Account) -> None:
    put_alarm(account.clients, "checkout-orders", "Shop", Market="north")


def _declare_namespace(account: Account) -> None:
    declared = {
        "v": 1,
        "services": [
            {
                "resource": "lambda:checkout",
                "depends_on": ["dynamodb:orders"],
                "metrics": {"namespace": "Shop", "requests": "Orders"},
            }
        ],
    }
    account.clients("ssm").put_parameter(
        Name="/quorum/service-map", Value=json.dumps(declared), Type="String", Overwrite=True
    )
    for name in ("Orders", "Errors"):
        account.clients("cloudwatch").put_metric_data(
            Namespace="Shop",
            MetricData=[
                {
                    "MetricName": name,
                    "Value": 1.0,
                    "Dimensions": [{"Name": "FunctionName", "Value": "checkout"}],
                }
            ],
        )


def _unaliased(account: Account) -> None:
    account.clients("lambda").delete_alias(FunctionName="checkout", Name="live")


def _aliased(account: Account) -> None:
    account.clients("lambda").create_alias(
        FunctionName="checkout", Name="live", FunctionVersion="1"
    )


def _no_logs(account: Account) -> None:
    account.clients("logs").delete_log_group(logGroupName="/aws/lambda/checkout")


def _logs(account: Account) -> None:
    account.clients("logs").create_log_group(logGroupName="/aws/lambda/checkout")


def _map(text: str) -> Change:
    return lambda account: account.clients("ssm").put_parameter(
        Name="/quorum/service-map", Value=text, Type="String", Overwrite=True
    )


def _deploy_returns(account: Account) -> None:
    make_function(account.clients, "returns", alias="live", depends_on="dynamodb:orders")
    _map(MAPPED_RETURNS)(account)


MAPPED_RETURNS = json.dumps(
    {"services": [{"resource": "lambda:checkout", "depends_on": ["lambda:returns"]}]}
)
MAPPED = json.dumps(
    {"v": 1, "services": [{"resource": "lambda:checkout", "depends_on": ["dynamodb:orders"]}]}
)
TABLE: tuple[Defect, ...] = (
    Defect(
        "quota of concurrent executions",
        "error",
        "needs 105",
        lambda account: account.set_concurrency(10),
        lambda account: account.set_concurrency(1000),
    ),
    Defect(
        "quotas",
        "error",
        "EventBridge rules",
        lambda account: _rules(account, 0),
        lambda account: _rules(account, 300),
    ),
    Defect(
        "CDK bootstrap",
        "error",
        "not bootstrapped",
        lambda account: account.clients("ssm").delete_parameter(Name=BOOTSTRAP),
        lambda account: _bootstrap(account, "30"),
    ),
    Defect(
        "CDK bootstrap",
        "error",
        "version 5",
        lambda account: _bootstrap(account, "5"),
        lambda account: _bootstrap(account, "30"),
    ),
    Defect(
        "model",
        "warning",
        "in 89 days",
        lambda account: account.set_model(NOON + timedelta(days=89, hours=1)),
        lambda account: account.set_model(NOON + timedelta(days=91)),
    ),
    Defect(
        "model",
        "error",
        "reached its end of life",
        lambda account: account.set_model(NOON),
        lambda account: account.set_model(None),
    ),
    Defect(
        "model",
        "error",
        "agreement",
        lambda account: account.set_model(None, agreementAvailability={"status": "NOT_AVAILABLE"}),
        lambda account: account.set_model(None),
    ),
    Defect(
        "model",
        "error",
        f"has no us.{MODEL}",
        lambda account: account.clients.refuse("GetFoundationModel", "ResourceNotFoundException"),
        lambda account: account.set_model(None),
    ),
    Defect(
        "mail",
        "error",
        "neither quorum@example.com nor",
        lambda account: _identity(account, verified=False),
        lambda account: _identity(account, verified=True),
    ),
    Defect(
        "mail",
        "warning",
        "sandbox",
        lambda account: _ses(account, production=False),
        lambda account: _ses(account, production=True),
    ),
    Defect(
        "mail",
        "error",
        "does not send",
        lambda account: _ses(account, production=True, enabled=False),
        lambda account: _ses(account, production=True),
    ),
    Defect(
        "channels' secrets",
        "error",
        "does not exist",
        lambda account: account.clients("secretsmanager").delete_secret(
            SecretId="quorum/slack", ForceDeleteWithoutRecovery=True
        ),
        lambda account: account.put_secret("quorum/slack", json.dumps(SLACK)),
    ),
    Defect(
        "channels' secrets",
        "error",
        "no JSON",
        _secret("xoxb-not-json"),
        _secret(json.dumps(SLACK)),
    ),
    Defect(
        "channels' secrets",
        "error",
        "token, signing_secret",
        _secret(json.dumps({**SLACK, "token": "hunter2", "signing_secret": "short"})),
        _secret(json.dumps(SLACK)),
    ),
    Defect(
        "channels' secrets",
        "error",
        "address is none of",
        _secret(json.dumps({**SLACK, "base_url": "https://slack.example.com/"})),
        _secret(json.dumps(SLACK)),
    ),
    Defect(
        "stacks",
        "error",
        "ROLLBACK_FAILED",
        lambda account: account.set_stacks("UPDATE_ROLLBACK_FAILED"),
        lambda account: account.set_stacks("UPDATE_COMPLETE"),
    ),
    Defect(
        "stacks",
        "warning",
        "rolled back",
        lambda account: account.set_stacks("UPDATE_ROLLBACK_COMPLETE"),
        lambda account: account.set_stacks("UPDATE_COMPLETE"),
    ),
    Defect(
        "stacks",
        "error",
        "differ",
        lambda account: account.set_stacks("UPDATE_COMPLETE", "DRIFTED"),
        lambda account: account.set_stacks("UPDATE_COMPLETE", "IN_SYNC"),
    ),
    Defect(
        "accounts",
        "warning",
        "ann",
        lambda account: account.set_pool("other@example.com"),
        lambda account: account.set_pool("ann@example.com"),
    ),
    Defect(
        "accounts",
        "error",
        "does not exist",
        lambda account: account.set_pool(name="another"),
        lambda account: account.set_pool("ann@example.com"),
    ),
    Defect(
        "subscriptions",
        "error",
        "has not confirmed",
        lambda account: account.set_subscription("PendingConfirmation"),
        lambda account: account.set_subscription("arn:aws:sns:us-east-1:1:t:1"),
    ),
    Defect(
        "subscriptions",
        "error",
        "on-call@example.com is not subscribed",
        lambda account: account.set_subscription("arn:1", "other@example.com"),
        lambda account: account.set_subscription("arn:1"),
    ),
    Defect(
        "own alarms",
        "error",
        "is in ALARM",
        lambda account: account.put_own_alarm("intake-errors", "ALARM"),
        lambda account: account.put_own_alarm("intake-errors"),
    ),
    Defect(
        "own alarms",
        "warning",
        "no state",
        lambda account: account.put_own_alarm("intake-errors", "INSUFFICIENT_DATA"),
        lambda account: account.put_own_alarm("intake-errors"),
    ),
    Defect(
        "own alarms",
        "error",
        "disabled",
        lambda account: account.put_own_alarm("intake-errors", ActionsEnabled=False),
        lambda account: account.clients("cloudwatch").enable_alarm_actions(
            AlarmNames=["quorum-dev-intake-errors"]
        ),
    ),
    Defect(
        "own alarms",
        "error",
        "does not exist",
        lambda account: account.clients("cloudwatch").delete_alarms(
            AlarmNames=["quorum-dev-intake-errors"]
        ),
        lambda account: account.put_own_alarm("intake-errors"),
    ),
    Defect("dead letters", "error", "1 message could not be processed", _send, _purge),
    Defect(
        "dead letters",
        "error",
        "NonExistentQueue",
        lambda account: account.clients("sqs").delete_queue(QueueUrl=_dead_letters(account)),
        lambda account: account.clients("sqs").create_queue(QueueName="quorum-dev-dead-letters"),
    ),
    Defect(
        "coverage",
        "warning",
        "no alarm is opted in",
        lambda account: account.clients("cloudwatch").delete_alarms(AlarmNames=["checkout-errors"]),
        lambda account: put_alarm(
            account.clients, "checkout-errors", "AWS/Lambda", FunctionName="checkout"
        ),
    ),
    Defect("coverage", "warning", "a resource", _alarm_without_resource, _declare_namespace),
    Defect("coverage", "warning", "dependencies", _map('{"v": 1}'), _map(MAPPED)),
    Defect("coverage", "warning", "an alias", _unaliased, _aliased),
    Defect("coverage", "warning", "log group /aws/lambda/checkout", _no_logs, _logs),
    Defect("coverage", "error", "/quorum/service-map", _map("{"), _map(MAPPED)),
    Defect(
        "coverage",
        "warning",
        "lambda:returns, which does not exist",
        lambda account: put_alarm(
            account.clients, "checkout-returns", "AWS/Lambda", FunctionName="returns"
        ),
        _deploy_returns,
    ),
)


def statuses(found: list[Check]) -> set[Status]:
    return {one.status for one in found}


@pytest.mark.parametrize("defect", TABLE, ids=[f"{d.row}-{d.says}" for d in TABLE])
def test_a_planted_defect_is_found_and_its_remedy_makes_it_ok(defect: Defect) -> None:
    account = Account()
    row = ROWS[defect.row]

    defect.plant(account)
    found = examine(row, account.subject())
    worst = [one for one in found if one.status == defect.status]
    assert worst, found
    assert any(defect.says in one.line for one in worst), found
    assert all(one.remedy for one in worst)
    assert not any(
        "hunter2" in one.line or "xoxb" in one.line.split(" It must")[0] for one in worst
    )

    defect.remedy(account)
    found = examine(row, account.subject())
    assert statuses(found) == {"ok"}, found


def test_every_check_of_the_table_has_a_planted_defect() -> None:
    elsewhere = {"account", "clock", "region", "people", "roles", "test messages"}

    assert {defect.row for defect in TABLE} | elsewhere == set(ROWS)


def everything(subject: Subject) -> list[Check]:
    return [one for row in CHECKS for one in examine(row, subject)]


def test_a_sound_deployment_gives_nothing_but_ok(deployed: Deployed) -> None:
    account = Account()
    install(account.clients, deployed)

    found = everything(account.subject())

    assert statuses(found) == {"ok"}, [one for one in found if one.status != "ok"]


def test_before_a_deployment_its_checks_are_skipped() -> None:
    account = Account(deployed=False)
    account.make_alarm()

    found = everything(account.subject())

    assert statuses(found) == {"ok"}
    skipped = [one.name for one in found if one.detail == NOT_DEPLOYED]
    assert set(skipped) >= {row.name for row in CHECKS if row.deployed}


@pytest.mark.parametrize(
    ("operation", "row", "action"),
    [
        ("GetAccountSettings", "quota of concurrent executions", "lambda:GetAccountSettings"),
        ("ListServiceQuotas", "quotas", "servicequotas:ListServiceQuotas"),
        ("GetParameter", "CDK bootstrap", "ssm:GetParameter"),
        ("GetFoundationModel", "model", "bedrock:GetFoundationModel"),
        ("GetAccount", "mail", "ses:GetAccount"),
        ("GetSecretValue", "channels' secrets", "secretsmanager:GetSecretValue"),
        ("DescribeStacks", "stacks", "cloudformation:DescribeStacks"),
        ("ListUsers", "accounts", "cognito-idp:ListUsers"),
        ("ListSubscriptionsByTopic", "subscriptions", "sns:ListSubscriptionsByTopic"),
        ("DescribeKey", "roles", "kms:DescribeKey"),
        ("DescribeAlarms", "own alarms", "cloudwatch:DescribeAlarms"),
        ("GetQueueUrl", "dead letters", "sqs:GetQueueUrl"),
        ("DescribeAlarmHistory", "coverage", "cloudwatch:DescribeAlarmHistory"),
        ("GetParameter", "coverage", "ssm:GetParameter"),
    ],
)
def test_a_refused_permission_is_unknown_with_its_action(
    operation: str, row: str, action: str
) -> None:
    account = Account()
    account.clients.refuse(operation)

    found = examine(ROWS[row], account.subject())

    assert found[-1].status == "unknown"
    assert action in found[-1].detail
    assert action in found[-1].remedy


def test_the_action_in_the_services_own_message_is_the_one_that_is_missing() -> None:
    account = Account()
    text = "User: arn:aws:iam::1:user/x is not authorized to perform: kms:Decrypt on resource: y"
    account.clients.refuse("GetSecretValue", text=text)

    (found,) = examine(ROWS["channels' secrets"], account.subject())

    assert found.remedy == "Allow kms:Decrypt"


@pytest.mark.parametrize(("code", "expected"), [("AccessDenied", None), ("ValidationError", False)])
def test_a_deployment_that_may_not_be_read_is_unknown(code: str, expected: bool | None) -> None:  # noqa: FBT001
    account = Account()
    assert deployed(account.subject()) is True

    account.clients.refuse("DescribeStacks", code)

    assert deployed(account.subject()) is expected


@pytest.mark.parametrize("row", CHECKS, ids=[row.name for row in CHECKS])
def test_a_check_lists_the_actions_that_it_calls_and_changes_nothing(
    deployed: Deployed, row: Row
) -> None:
    account = Account()
    install(account.clients, deployed)
    account.clients.called.clear()

    examine(row, account.subject())

    listed = {action.partition(":")[2] for action in row.actions}
    assert account.clients.called <= listed
    assert all(
        one.startswith(("Describe", "Get", "List", "Simulate")) for one in account.clients.called
    )


def test_a_test_message_is_sent_on_request_alone() -> None:
    account = Account()
    row = ROWS["test messages"]

    (unsent,) = examine(row, account.subject(**MAIL_ALONE))
    assert account.clients("ses").get_send_quota()["SentLast24Hours"] == 0
    (sent,) = examine(row, account.subject(Options(send_test=True), **MAIL_ALONE))

    assert (unsent.status, sent.status) == ("ok", "ok")
    assert account.clients("ses").get_send_quota()["SentLast24Hours"] == 1


def test_a_channel_that_refuses_a_test_message_is_an_error() -> None:
    account = Account()
    account.clients("ses").delete_identity(Identity="example.com")

    (found,) = examine(
        ROWS["test messages"], account.subject(Options(send_test=True), **MAIL_ALONE)
    )

    assert found.status == "error"
    assert found.remedy


def test_drift_is_detected_on_request_alone() -> None:
    account = Account()
    detections: list[str] = []

    def detect(given: object) -> dict[str, str]:
        detections.append(str(given))
        return {"StackDriftDetectionId": "1"}

    account.clients.answers["DetectStackDrift"] = detect
    account.clients.set(
        "DescribeStackDriftDetectionStatus",
        StackId="1",
        StackDriftDetectionId="1",
        StackDriftStatus="DRIFTED",
        DetectionStatus="DETECTION_COMPLETE",
        Timestamp=NOON,
    )

    assert statuses(examine(ROWS["stacks"], account.subject())) == {"ok"}
    assert not detections
    assert statuses(examine(ROWS["stacks"], account.subject(Options(drift=True)))) == {"error"}
    assert len(detections) == 2


class Surroundings:
    """The caller's surroundings with an account in moto."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def __call__(self, *_: object) -> "Surroundings":
        return self

    def subject(self, _config: object, options: Options) -> Subject:
        return self.account.subject(options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cdk.json").write_text(json.dumps({"context": CONTEXT}))
    return tmp_path


def called(account: Account, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    """Return the exit status and the output of the command."""
    monkeypatch.setattr(run, "Surroundings", Surroundings(account))
    out = io.StringIO()
    return main(arguments, out, lambda: NOON), out.getvalue()


def test_an_error_sets_the_exit_status(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(deployed=False)
    account.make_alarm()
    arguments = ("--config", str(folder))

    status, text = called(account, monkeypatch, *arguments)
    assert status == 0
    assert all(line.startswith("ok") for line in text.splitlines())

    _bootstrap(account, "1")
    status, text = called(account, monkeypatch, *arguments, "--json")
    assert status == 1
    assert [one["name"] for one in json.loads(text) if one["status"] == "error"] == [
        "CDK bootstrap"
    ]


def test_an_invalid_configuration_is_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account(deployed=False)

    status, text = called(account, monkeypatch, "--config", str(folder), "-c", "traces=jaeger")

    assert status == 1
    assert "traces" in text


def test_the_report_of_the_coverage_escapes_what_others_wrote(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account()
    put_alarm(account.clients, "checkout-<b>|x", "Shop", Market="north")
    account.clients.set(
        "DescribeAlarmHistory",
        AlarmHistoryItems=[
            {"Timestamp": NOON, "HistorySummary": "Alarm updated from OK to ALARM [x](y)"}
        ],
    )

    status, text = called(account, monkeypatch, "--config", str(folder), "--coverage")

    assert status == 0
    assert r"checkout-\<b\>\|x" in text
    assert r"OK to ALARM \[x\](y)" in text
    assert r"lambda.rollback\_alias on lambda:checkout, autonomous" in text
    assert "**Missing**: a resource" in text
