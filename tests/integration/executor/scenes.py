"""One resource per verb in moto: what was changed, what would repair it, and who interferes."""

import io
import json
import os
import zipfile
from typing import Any, ClassVar

import boto3

from functions.executor.aws_actuators import AwsActuators
from functions.executor.ports import VerbActuator
from functions.executor.session import READ_CONFIG, VerbSessions
from functions.executor.tools import Place
from functions.shared.domain.catalogue import action_id
from functions.shared.domain.evidence import Candidate, Scalar
from tests.integration.executor.models import MessageMoves, Wire, model_account

INCIDENT = "ab" * 16
ACCOUNT = "123456789012"
PLACE = Place(account=ACCOUNT, region="us-east-1")
ROLES = f"arn:aws:iam::{ACCOUNT}:role/quorum-test-verb-"


def actuator(verb: str) -> VerbActuator:
    """Return the verb on moto, wired as the handler does it."""
    sts = boto3.client("sts", config=READ_CONFIG)
    return AwsActuators(VerbSessions(sts, ROLES, PLACE)).actuator(verb, INCIDENT)


class Scene:
    """A resource. `state` is what the test reads, past the actuator."""

    verb: ClassVar[str]
    resource: ClassVar[str]

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.build()

    def build(self) -> None:
        """Make the resource."""
        raise NotImplementedError

    def parameters(self) -> dict[str, Scalar]:
        """Return the candidate's."""
        raise NotImplementedError

    def observed(self) -> dict[str, Scalar]:
        """Return what the evidence saw."""
        raise NotImplementedError

    def state(self) -> Any:
        """Return what is really there."""
        raise NotImplementedError

    def interfere(self) -> None:
        """Change the resource, as somebody else would."""
        raise NotImplementedError

    def candidate(self, **parameters: Scalar) -> Candidate:
        """Return the candidate that repairs it."""
        given = {**self.parameters(), **parameters}
        return Candidate(
            id=action_id(self.verb, given),
            verb=self.verb,
            resource=self.resource,
            parameters=given,
            summary="",
            cites=(),
            observed=self.observed(),
        )


def make_function(name: str) -> None:
    """Create a function in moto."""
    iam = boto3.client("iam")
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = iam.create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return 1")
    boto3.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": code.getvalue()},
    )


class Alias(Scene):
    """checkout:live points to version 2, which fails; version 1 served before."""

    verb, resource = "lambda.rollback_alias", "lambda:checkout"

    def build(self) -> None:
        make_function("checkout")
        client = self.client = boto3.client("lambda")
        client.publish_version(FunctionName="checkout")
        client.update_function_configuration(FunctionName="checkout", Description="two")
        client.publish_version(FunctionName="checkout")
        client.update_function_configuration(FunctionName="checkout", Description="three")
        client.publish_version(FunctionName="checkout")
        client.create_alias(FunctionName="checkout", Name="live", FunctionVersion="2")

    def parameters(self) -> dict[str, Scalar]:
        return {"function": "checkout", "alias": "live", "from_version": "2", "to_version": "1"}

    def observed(self) -> dict[str, Scalar]:
        alias = self.client.get_alias(FunctionName="checkout", Name="live")
        return {
            "alias": "live",
            "alias_version": alias["FunctionVersion"],
            "alias_revision": alias["RevisionId"],
        }

    def state(self) -> Any:
        alias = self.client.get_alias(FunctionName="checkout", Name="live")
        weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        return alias["FunctionVersion"], weights

    def interfere(self) -> None:
        self.client.update_alias(FunctionName="checkout", Name="live", FunctionVersion="3")


class Concurrency(Scene):
    """checkout may run once at a time."""

    verb, resource = "lambda.raise_reserved_concurrency", "lambda:checkout"
    unreserved = 900

    def build(self) -> None:
        make_function("checkout")
        self.client = boto3.client("lambda")
        self._put(1)
        model_account(self.wire, lambda: self.unreserved)

    def parameters(self) -> dict[str, Scalar]:
        return {"function": "checkout", "from_units": 1, "to_units": 10}

    def observed(self) -> dict[str, Scalar]:
        return {"reserved_concurrency": 1}

    def state(self) -> Any:
        answer = self.client.get_function_concurrency(FunctionName="checkout")
        return answer["ReservedConcurrentExecutions"]

    def interfere(self) -> None:
        self._put(5)

    def _put(self, units: int) -> None:
        self.client.put_function_concurrency(
            FunctionName="checkout", ReservedConcurrentExecutions=units
        )


class Capacity(Scene):
    """items has five units each."""

    verb, resource = "dynamodb.raise_capacity", "dynamodb:items"

    def build(self) -> None:
        self.client = boto3.client("dynamodb")
        self.client.create_table(
            TableName="items",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
        )

    def parameters(self) -> dict[str, Scalar]:
        units: dict[str, Scalar] = {"from_read": 5, "from_write": 5, "to_read": 10, "to_write": 10}
        return {"table": "items", **units}

    def observed(self) -> dict[str, Scalar]:
        return {"billing": "PROVISIONED", "read_units": 5, "write_units": 5}

    def state(self) -> Any:
        units = self.client.describe_table(TableName="items")["Table"]["ProvisionedThroughput"]
        return units["ReadCapacityUnits"], units["WriteCapacityUnits"]

    def interfere(self) -> None:
        self.client.update_table(
            TableName="items",
            ProvisionedThroughput={"ReadCapacityUnits": 7, "WriteCapacityUnits": 7},
        )


class Parameter(Scene):
    """/shop/prices is a secret whose second version is wrong."""

    verb, resource = "ssm.restore_parameter", "ssm:/shop/prices"
    good, bad = "good-secret", "bad-secret"

    def build(self) -> None:
        self.client = boto3.client("ssm")
        self.client.put_parameter(
            Name="/shop/prices",
            Value=self.good,
            Type="SecureString",
            KeyId="alias/shop",
            Description="prices",
        )
        self.client.put_parameter(Name="/shop/prices", Value=self.bad, Overwrite=True)

    def parameters(self) -> dict[str, Scalar]:
        return {"name": "/shop/prices", "from_version": 2, "to_version": 1}

    def observed(self) -> dict[str, Scalar]:
        return {"version": 2}

    def newest(self) -> Any:
        """Return the newest version, decrypted."""
        history = self.client.get_parameter_history(Name="/shop/prices", WithDecryption=True)
        return history["Parameters"][-1]

    def state(self) -> Any:
        found = self.newest()
        return found["Value"], found["Type"], found["KeyId"], found["Description"]

    def interfere(self) -> None:
        self.client.put_parameter(Name="/shop/prices", Value="other-secret", Overwrite=True)


class Service(Scene):
    """shop/web runs revision 2 of its task definition."""

    verb, resource = "ecs.rollback_service", "ecs:shop/web"

    def build(self) -> None:
        os.environ["MOTO_ECS_SERVICE_RUNNING"] = "1"
        self.client = boto3.client("ecs")
        self.client.create_cluster(clusterName="shop")
        for image in ("web:1", "web:2", "web:3"):
            self.client.register_task_definition(
                family="web", containerDefinitions=[{"name": "web", "image": image, "memory": 64}]
            )
        self.client.create_service(
            cluster="shop", serviceName="web", taskDefinition="web:2", desiredCount=1
        )

    def parameters(self) -> dict[str, Scalar]:
        names: dict[str, Scalar] = {"cluster": "shop", "service": "web"}
        return {**names, "from_task_definition": "web:2", "to_task_definition": "web:1"}

    def observed(self) -> dict[str, Scalar]:
        return {"task_definition": "web:2"}

    def state(self) -> Any:
        found = self.client.describe_services(cluster="shop", services=["web"])["services"][0]
        return found["taskDefinition"].rpartition("/")[2]

    def interfere(self) -> None:
        self.client.update_service(cluster="shop", service="web", taskDefinition="web:3")


class Queue(Scene):
    """orders has two dead letters."""

    verb, resource = "sqs.redrive", "sqs:orders"

    def build(self) -> None:
        self.moves = MessageMoves(self.wire)
        self.client = boto3.client("sqs")
        self.dead = self.client.create_queue(QueueName="orders-dead")["QueueUrl"]
        policy = {
            "deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders-dead",
            "maxReceiveCount": 3,
        }
        self.url = self.client.create_queue(
            QueueName="orders", Attributes={"RedrivePolicy": json.dumps(policy)}
        )["QueueUrl"]
        for body in ("one", "two"):
            self.client.send_message(QueueUrl=self.dead, MessageBody=body)

    def parameters(self) -> dict[str, Scalar]:
        return {"queue": "orders", "dead_letter_queue": "orders-dead"}

    def observed(self) -> dict[str, Scalar]:
        return {"dlq": "orders-dead"}

    def state(self) -> Any:
        return self._count(self.url), self._count(self.dead)

    def interfere(self) -> None:
        self.client.start_message_move_task(
            SourceArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders-dead",
            DestinationArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders",
        )

    def _count(self, url: str) -> int:
        name = "ApproximateNumberOfMessages"
        answer = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])  # type: ignore[list-item]
        return int(answer["Attributes"][name])  # type: ignore[index]


REVERSIBLE: dict[type[Scene], Any] = {
    Alias: ("1", {}),
    Concurrency: 10,
    Capacity: (10, 10),
    Parameter: ("good-secret", "SecureString", "alias/shop", "prices"),
    Service: "web:1",
}
"""What each leaves when it worked."""
ALL: tuple[type[Scene], ...] = (*REVERSIBLE, Queue)
