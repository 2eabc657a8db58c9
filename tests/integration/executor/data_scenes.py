"""Tables, parameters and services in moto."""

import os
from typing import Any, ClassVar

import boto3

from quorum.domain.evidence import Scalar
from tests.builders.alarms import alarm
from tests.integration.executor.models import answer
from tests.integration.executor.scenes import Deliberate, Scene


class Capacity(Scene):
    """items had ten units each, and has five."""

    verb, resource = "dynamodb.raise_capacity", "dynamodb:items"
    effects = ("UpdateTable",)
    index: ClassVar[str | None] = None

    def build(self) -> None:
        self.client = boto3.client("dynamodb")
        self.client.create_table(
            TableName="items",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            ProvisionedThroughput=units(10),
        )

    def spoil(self) -> None:
        self.client.update_table(TableName="items", ProvisionedThroughput=units(5))

    def parameters(self) -> dict[str, Scalar]:
        both: dict[str, Scalar] = {"from_read": 5, "from_write": 5, "to_read": 10, "to_write": 10}
        return {"table": "items", **both}

    def observed(self) -> dict[str, Scalar]:
        return {"billing": "PROVISIONED", "read_units": 5, "write_units": 5}

    def state(self) -> Any:
        found = self.client.describe_table(TableName="items")["Table"]["ProvisionedThroughput"]
        return found["ReadCapacityUnits"], found["WriteCapacityUnits"]

    def interfere(self) -> None:
        self.client.update_table(TableName="items", ProvisionedThroughput=units(7))

    def autoscale(self) -> None:
        """Have autoscaling own the capacity."""
        boto3.client("application-autoscaling").register_scalable_target(
            ServiceNamespace="dynamodb",
            ResourceId="table/items" + (f"/index/{self.index}" if self.index else ""),
            ScalableDimension=f"dynamodb:{'index' if self.index else 'table'}:ReadCapacityUnits",
            MinCapacity=5,
            MaxCapacity=50,
        )

    def update(self) -> None:
        """Have an update of the table in progress."""
        table = {**self.client.describe_table(TableName="items")["Table"]}
        changing = {**table, "TableStatus": "UPDATING"}
        self.wire.on("dynamodb.DescribeTable", lambda **_: answer({"Table": changing}))

    deliberate: ClassVar[Deliberate] = {"autoscaled": autoscale, "being updated": update}


class OnDemand(Capacity):
    """items was charged by request, and has five units each."""

    def build(self) -> None:
        super().build()
        self.client.update_table(TableName="items", BillingMode="PAY_PER_REQUEST")

    def spoil(self) -> None:
        self._provision(5)

    def parameters(self) -> dict[str, Scalar]:
        billing: dict[str, Scalar] = {"to_billing": "PAY_PER_REQUEST"}
        return {"table": "items", "from_read": 5, "from_write": 5, **billing}

    def state(self) -> Any:
        table = self.client.describe_table(TableName="items")["Table"]
        if table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST":
            return "on demand"
        return super().state()

    def interfere(self) -> None:
        self._provision(7)

    def _provision(self, count: int) -> None:
        self.client.update_table(
            TableName="items", BillingMode="PROVISIONED", ProvisionedThroughput=units(count)
        )

    def add_index(self) -> None:
        """Give the table an index, whose capacity could not be restored."""
        create_index(self.client, 5)

    deliberate: ClassVar[Deliberate] = {**Capacity.deliberate, "with an index": add_index}


class IndexCapacity(Capacity):
    """The index by-day of items had ten units each, and has five; the table has ten."""

    index = "by-day"
    alarms = (
        alarm(
            resources=("dynamodb:items",),
            dimensions=(("GlobalSecondaryIndexName", "by-day"), ("TableName", "items")),
        ),
    )

    def build(self) -> None:
        super().build()
        create_index(self.client, 10)

    def spoil(self) -> None:
        self._set(5)

    def parameters(self) -> dict[str, Scalar]:
        return {**super().parameters(), "index": "by-day"}

    def observed(self) -> dict[str, Scalar]:
        index: dict[str, Scalar] = {f"index/by-day/{kind}_units": 5 for kind in ("read", "write")}
        return {"billing": "PROVISIONED", **index}

    def state(self) -> Any:
        table = self.client.describe_table(TableName="items")["Table"]
        found = table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]
        return found["ReadCapacityUnits"], found["WriteCapacityUnits"], super().state()

    def interfere(self) -> None:
        self._set(7)

    def _set(self, count: int) -> None:
        update: Any = {"IndexName": "by-day", "ProvisionedThroughput": units(count)}
        self.client.update_table(
            TableName="items", GlobalSecondaryIndexUpdates=[{"Update": update}]
        )


def units(count: int) -> Any:
    """Return that many read and write units."""
    return {"ReadCapacityUnits": count, "WriteCapacityUnits": count}


def create_index(client: Any, count: int) -> None:
    """Create the index by-day of items."""
    create = {
        "IndexName": "by-day",
        "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": units(count),
    }
    client.update_table(
        TableName="items",
        AttributeDefinitions=[{"AttributeName": "day", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": create}],
    )


class Parameter(Scene):
    """/shop/prices is a secret whose second version is wrong."""

    verb, resource = "ssm.restore_parameter", "ssm:/shop/prices"
    effects = ("PutParameter",)
    good, bad = "good-secret", "bad-secret"

    def build(self) -> None:
        self.client = boto3.client("ssm")
        self.client.put_parameter(
            Name="/shop/prices",
            Value=self.good,
            Type="SecureString",
            KeyId="alias/shop",
            Description="prices",
            Tier="Advanced",
        )

    def spoil(self) -> None:
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
        return tuple(found[k] for k in ("Value", "Type", "KeyId", "Description", "Tier"))

    def interfere(self) -> None:
        self.client.put_parameter(Name="/shop/prices", Value="other-secret", Overwrite=True)

    def label(self) -> None:
        """Have readers ask for the version by a label."""
        self.client.label_parameter_version(Name="/shop/prices", Labels=["prod"])

    deliberate: ClassVar[Deliberate] = {"read by label": label}


class PlainParameter(Parameter):
    """/shop/prices is no secret."""

    def build(self) -> None:
        self.client = boto3.client("ssm")
        self.client.put_parameter(Name="/shop/prices", Value=self.good, Type="String")

    def state(self) -> Any:
        found = self.newest()
        return found["Value"], found["Type"]

    def roll_back(self) -> None:
        """Have a person write the former value again."""
        self.before = self.settings()
        self.client.put_parameter(Name="/shop/prices", Value=self.good, Overwrite=True)

    deliberate: ClassVar[Deliberate] = {**Parameter.deliberate, "rolled back": roll_back}


class Service(Scene):
    """shop/web runs revision 2 of its task definition."""

    verb, resource = "ecs.rollback_service", "ecs:shop/web"
    effects = ("UpdateService",)
    controller = "ECS"

    def build(self) -> None:
        os.environ["MOTO_ECS_SERVICE_RUNNING"] = "1"
        self.client = boto3.client("ecs")
        self.client.create_cluster(clusterName="shop")
        for image in ("web:1", "web:2", "web:3"):
            self.client.register_task_definition(
                family="web", containerDefinitions=[{"name": "web", "image": image, "memory": 64}]
            )
        self.client.create_service(
            cluster="shop", serviceName="web", taskDefinition="web:1", desiredCount=1
        )

    def spoil(self) -> None:
        self._run("web:2")

    def parameters(self) -> dict[str, Scalar]:
        names: dict[str, Scalar] = {"cluster": "shop", "service": "web"}
        return {**names, "from_task_definition": "web:2", "to_task_definition": "web:1"}

    def observed(self) -> dict[str, Scalar]:
        return {"task_definition": "web:2"}

    def state(self) -> Any:
        found = self.client.describe_services(cluster="shop", services=["web"])["services"][0]
        return found["taskDefinition"].rpartition("/")[2]

    def interfere(self) -> None:
        self._run("web:3")

    def _run(self, definition: str) -> None:
        self.client.update_service(cluster="shop", service="web", taskDefinition=definition)

    def roll_back(self) -> None:
        """Have the circuit breaker roll the release back."""
        self.before = self.settings()
        self._run("web:1")

    def scale_to_zero(self) -> None:
        """Have people switch the service off."""
        self.client.update_service(cluster="shop", service="web", desiredCount=0)

    def described(self, **changed: Any) -> None:
        """Have the service described with these fields."""
        found = self.client.describe_services(cluster="shop", services=["web"])["services"][0]
        changed_service = {**found, **changed}
        self.wire.on("ecs.DescribeServices", lambda **_: answer({"services": [changed_service]}))

    def codedeploy(self) -> None:
        """Have CodeDeploy deploy the service, blue/green."""
        sets = [{"id": f"set-{status}", "status": status} for status in ("PRIMARY", "ACTIVE")]
        self.described(deploymentController={"type": "CODE_DEPLOY"}, deployments=[], taskSets=sets)

    def external(self) -> None:
        """Have another controller deploy the service."""
        self.described(deploymentController={"type": "EXTERNAL"}, deployments=[], taskSets=[])

    def roll(self) -> None:
        """Have a deployment in progress."""
        self.described(
            deployments=[{"id": "d", "status": "PRIMARY", "rolloutState": "IN_PROGRESS"}]
        )

    deliberate: ClassVar[Deliberate] = {
        "rolled back": roll_back,
        "scaled to zero": scale_to_zero,
        "deployed by CodeDeploy": codedeploy,
        "deployed by another controller": external,
        "being deployed": roll,
    }
