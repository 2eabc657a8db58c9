"""A table, a parameter, a service and a queue in moto."""

import os
from typing import Any

import boto3

from quorum.domain.evidence import Scalar
from tests.integration.executor.scenes import Scene


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


class OnDemand(Capacity):
    """items has five units each, and is to be charged by request."""

    def parameters(self) -> dict[str, Scalar]:
        billing: dict[str, Scalar] = {"to_billing": "PAY_PER_REQUEST"}
        return {"table": "items", "from_read": 5, "from_write": 5, **billing}

    def state(self) -> Any:
        table = self.client.describe_table(TableName="items")["Table"]
        if table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST":
            return "on demand"
        return super().state()

    def interfere(self) -> None:
        self.client.update_table(
            TableName="items",
            BillingMode="PROVISIONED",
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
