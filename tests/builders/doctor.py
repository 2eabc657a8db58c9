"""A sound deployment in moto, as the doctor reads it, and answers of operations that moto lacks."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, Final

import boto3
from botocore.validate import ParamValidator

from stacks.config import Config
from stacks.doctor.deployment import BOOTSTRAP
from stacks.doctor.subject import Options, Subject
from stacks.own_alarms import OWN_ALARMS

NOON: Final = datetime(2026, 11, 29, 12, tzinfo=UTC)
ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"
CONTEXT: Final[dict[str, Any]] = {
    "stage": "dev",
    "alarm_prefixes": ["checkout-"],
    "mail_from": "quorum@example.com",
    "mail_to": ["on-call@example.com"],
    "channels": ["slack", "email"],
    "pages": ["pagerduty"],
    "channel_secrets": {"slack": "quorum/slack", "pagerduty": "quorum/pagerduty"},
    "model_id": "us.anthropic.claude-haiku-5-5",
    "model_region": "us-west-2",
    "people": [
        {"id": "ann", "name": "Ann", "email": "ann@example.com", "roles": ["senior_sre"]},
        {"id": "bob", "name": "Bob", "slack": "UBOB00001", "roles": ["senior_sre"]},
    ],
    "autonomy": [
        {"verb": "lambda.rollback_alias", "resources": ["lambda:checkout"], "mode": "autonomous"},
        {"verb": "sqs.redrive", "resources": ["sqs:checkout-*"], "mode": "approve"},
    ],
}
SLACK: Final = {"token": "xoxb-1", "channel": "C123456", "signing_secret": "0123456789abcdef"}
PAGERDUTY: Final = {"routing_key": "0" * 32}
MODEL: Final = "anthropic.claude-haiku-5-5"
MODEL_ARN: Final = f"arn:aws:bedrock:us-west-2::foundation-model/{MODEL}"
AVAILABLE: Final = {
    "modelId": MODEL,
    "agreementAvailability": {"status": "AVAILABLE"},
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}
QUOTAS: Final = {
    "events": [("L-244521F2", "Number of rules", 300.0)],
    "kms": [("L-C2F1777E", "Customer Master Keys (CMKs)", 100000.0)],
    "states": [("L-00000000", "Maximum number of registered state machines", 100000.0)],
}

Answer = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]
"""From parameters to a result; None: moto answers."""


class RefusedCallError(Exception):
    """The answer to a call is an error with this code and message."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.error = {"Code": code, "Message": message}


class Clients:
    """boto3 clients; an operation with an answer here reaches no moto.

    Results are validated against the service's model, as Stubber does.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.called: set[str] = set()
        """The operations that were called, such as GetParameter."""
        self.made = cache(self._make)

    def __call__(self, service: str, region: str | None = None) -> Any:
        return self.made(service, region)

    def _make(self, service: str, region: str | None) -> Any:
        make: Any = boto3.client
        client = make(service, region_name=region or REGION)
        client.meta.events.register("before-parameter-build.*", _remember)
        client.meta.events.register("before-call.*", self._answer)
        return client

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        self.called.add(model.name)
        answer = self.answers.get(model.name)
        if answer is None:
            return None
        metadata: dict[str, Any] = {"ResponseMetadata": {"HTTPHeaders": {}}}
        try:
            found = answer(context["given"])
        except RefusedCallError as refused:
            return SimpleNamespace(status_code=400), {"Error": refused.error, **metadata}
        if found is None:
            return None
        report = ParamValidator().validate(found, model.output_shape)
        assert not report.has_errors(), report.generate_report()
        return SimpleNamespace(status_code=200), {**found, **metadata}

    def refuse(self, operation: str, code: str = "AccessDeniedException", text: str = "") -> None:
        """Refuse the operation."""

        def answer(_: Mapping[str, Any]) -> Mapping[str, Any]:
            raise RefusedCallError(code, text)

        self.answers[operation] = answer

    def set(self, operation: str, **result: Any) -> None:
        """Answer the operation with this result."""
        self.answers[operation] = lambda _: result


def _remember(params: Any, context: dict[str, Any], **_: Any) -> None:
    context["given"] = dict(params)


class Account:
    """An account in moto with a sound deployment; tests break one part of it."""

    def __init__(self, *, deployed: bool = True) -> None:
        self.clients, self.deployed = Clients(), deployed
        self._make_prerequisites()
        self.set_stacks("")
        if deployed:
            self._deploy()

    def subject(self, options: Options = Options(), **context: Any) -> Subject:  # noqa: B008
        """Return the subject with this configuration in place of the usual keys."""
        return Subject(
            config=Config.from_context({**CONTEXT, **context}),
            clients=self.clients,
            now=lambda: NOON,
            account=ACCOUNT,
            region=REGION,
            deployed=self.deployed,
            options=options,
        )

    def _make_prerequisites(self) -> None:
        self.clients("ssm").put_parameter(Name=BOOTSTRAP, Value="30", Type="String")
        for name, secret in (("slack", SLACK), ("pagerduty", PAGERDUTY)):
            self.put_secret(f"quorum/{name}", json.dumps(secret))
        self.clients("ses").verify_domain_identity(Domain="example.com")
        self.clients.set("GetAccount", ProductionAccessEnabled=True, SendingEnabled=True)
        self.clients.set("GetEmailIdentity", IdentityType="DOMAIN", VerifiedForSendingStatus=True)
        self.set_concurrency(1000)
        self.clients.answers["ListServiceQuotas"] = _quotas
        self.set_model(None)
        self.clients.set("DescribeAlarmHistory", AlarmHistoryItems=[])

    def put_secret(self, name: str, text: str) -> None:
        """Create a channel's secret."""
        self.clients("secretsmanager").create_secret(Name=name, SecretString=text)

    def set_concurrency(self, quota: int) -> None:
        """Set the account's quota of concurrent executions."""
        self.clients.set("GetAccountSettings", AccountLimit={"ConcurrentExecutions": quota})

    def set_model(self, ends: datetime | None, **access: Any) -> None:
        """Make the model available until its end of life."""
        end = {} if ends is None else {"endOfLifeTime": ends}
        self.clients.set(
            "GetInferenceProfile",
            inferenceProfileName=MODEL,
            inferenceProfileArn=f"arn:aws:bedrock:us-west-2:{ACCOUNT}:inference-profile/us.{MODEL}",
            inferenceProfileId=f"us.{MODEL}",
            models=[{"modelArn": MODEL_ARN}],
            status="ACTIVE",
            type="SYSTEM_DEFINED",
        )
        self.clients.set(
            "GetFoundationModel",
            modelDetails={
                "modelArn": MODEL_ARN,
                "modelId": MODEL,
                "modelLifecycle": {"status": "ACTIVE", **end},
            },
        )
        self.clients.set("GetFoundationModelAvailability", **{**AVAILABLE, **access})

    def _deploy(self) -> None:
        self.set_stacks("CREATE_COMPLETE")
        topic = self.clients("sns").create_topic(Name="quorum-dev-own-alarms")["TopicArn"]
        self.set_subscription(topic + ":1")
        for row in OWN_ALARMS:
            self.put_own_alarm(row.name)
        self.clients("sqs").create_queue(QueueName="quorum-dev-dead-letters")
        self.set_pool("ann@example.com")
        self.make_alarm()

    def set_stacks(self, status: str, drift: str = "NOT_CHECKED") -> None:
        """Set both stacks' status and last known drift; without a status they do not exist."""

        def described(given: Mapping[str, Any]) -> Mapping[str, Any]:
            if not status:
                raise RefusedCallError("ValidationError", "Stack does not exist")
            stack = {
                "StackName": given["StackName"],
                "CreationTime": NOON,
                "StackStatus": status,
                "DriftInformation": {"StackDriftStatus": drift},
            }
            return {"Stacks": [stack]}

        self.clients.answers["DescribeStacks"] = described

    def set_subscription(self, arn: str, address: str = "on-call@example.com") -> None:
        """Subscribe one address to the own alarms; its ARN is PendingConfirmation before that."""
        self.clients.set(
            "ListSubscriptionsByTopic",
            Subscriptions=[{"Endpoint": address, "Protocol": "email", "SubscriptionArn": arn}],
        )

    def put_own_alarm(self, name: str, state: str = "OK", **settings: Any) -> None:
        """Create or change an alarm on Quorum itself."""
        cloudwatch, called = self.clients("cloudwatch"), f"quorum-dev-{name}"
        cloudwatch.put_metric_alarm(
            **{
                "AlarmName": called,
                "AlarmActions": [f"arn:aws:sns:{REGION}:{ACCOUNT}:quorum-dev-own-alarms"],
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "EvaluationPeriods": 1,
                "MetricName": "m",
                "Namespace": "n",
                "Period": 60,
                "Statistic": "Sum",
                "Threshold": 1.0,
                **settings,
            }
        )
        cloudwatch.set_alarm_state(AlarmName=called, StateValue=state, StateReason="set")

    def set_pool(self, *addresses: str, name: str = "quorum-dev-people") -> None:
        """Set the user pool, with an enabled account per address."""
        self.clients.set("ListUserPools", UserPools=[{"Id": f"{REGION}_pool", "Name": name}])
        users = [
            {
                "Username": address,
                "Enabled": True,
                "Attributes": [{"Name": "email", "Value": address}],
            }
            for address in addresses
        ]
        self.clients.set("ListUsers", Users=users)

    def make_alarm(self) -> None:
        """Create a function with alias, metrics, logs, a dependency, and its alarm."""
        make_function(self.clients, "checkout", alias="live", depends_on="dynamodb:orders")
        self.clients("dynamodb").create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        put_alarm(self.clients, "checkout-errors", "AWS/Lambda", FunctionName="checkout")


def make_function(clients: Clients, name: str, *, alias: str = "", depends_on: str = "") -> None:
    """Create a function with metrics and logs; with a declared dependency and an alias if given."""
    iam = clients("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = iam.create_role(RoleName=f"{name}-runs", AssumeRolePolicyDocument=document)["Role"]
    made = clients("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role["Arn"],
        Handler="a.b",
        Code={"ZipFile": b"code"},
        Publish=True,
    )
    if alias:
        clients("lambda").create_alias(
            FunctionName=name, Name=alias, FunctionVersion=made["Version"]
        )
    if depends_on:
        declared = {
            "v": 1,
            "services": [{"resource": f"lambda:{name}", "depends_on": [depends_on]}],
        }
        clients("ssm").put_parameter(
            Name="/quorum/service-map", Value=json.dumps(declared), Type="String", Overwrite=True
        )
    clients("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    for metric in ("Invocations", "Errors"):
        clients("cloudwatch").put_metric_data(
            Namespace="AWS/Lambda",
            MetricData=[
                {
                    "MetricName": metric,
                    "Value": 1.0,
                    "Dimensions": [{"Name": "FunctionName", "Value": name}],
                }
            ],
        )


def put_alarm(clients: Clients, name: str, namespace: str, **dimensions: str) -> None:
    """Create an alarm of an application."""
    clients("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace=namespace,
        MetricName="Errors",
        Dimensions=[{"Name": k, "Value": v} for k, v in dimensions.items()],
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Period=60,
        Statistic="Sum",
        Threshold=1.0,
    )


def _quotas(given: Mapping[str, Any]) -> Mapping[str, Any]:
    listed = QUOTAS[given["ServiceCode"]]
    return {"Quotas": [{"QuotaCode": c, "QuotaName": name, "Value": v} for c, name, v in listed]}
