"""Functions in moto."""

import io
import json
import zipfile
from typing import Any

import boto3

from quorum.domain.evidence import Scalar
from tests.integration.executor.models import model_account
from tests.integration.executor.scenes import Scene


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
    unreserved, whole = 900, 1000

    def build(self) -> None:
        make_function("checkout")
        self.client = boto3.client("lambda")
        self._put(1)
        model_account(self.wire, lambda: self.unreserved, lambda: self.whole)

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
