"""Functions in moto."""

import io
import json
import zipfile
from typing import Any, ClassVar

import boto3

from quorum.domain.evidence import Scalar
from tests.builders.alarms import ACCOUNT
from tests.integration.executor.models import answer, model_account
from tests.integration.executor.scenes import Deliberate, Scene


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
    effects = ("UpdateAlias",)
    alias = "live"

    def build(self) -> None:
        make_function("checkout")
        client = self.client = boto3.client("lambda")
        client.publish_version(FunctionName="checkout")
        client.update_function_configuration(FunctionName="checkout", Description="two")
        client.publish_version(FunctionName="checkout")
        client.update_function_configuration(FunctionName="checkout", Description="three")
        client.publish_version(FunctionName="checkout")
        client.create_alias(FunctionName="checkout", Name="live", FunctionVersion="1")

    def spoil(self) -> None:
        self.client.update_alias(FunctionName="checkout", Name="live", FunctionVersion="2")

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

    def roll_back(self) -> None:
        """Have CodeDeploy or a person roll the release back."""
        self.before = self.settings()
        self.client.update_alias(FunctionName="checkout", Name="live", FunctionVersion="1")

    def update(self) -> None:
        """Have an update of the function in progress."""
        arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:checkout"
        running = {"FunctionArn": arn, "State": "Active", "LastUpdateStatus": "InProgress"}
        self.wire.on("lambda.GetFunctionConfiguration", lambda **_: answer(running))

    deliberate: ClassVar[Deliberate] = {"rolled back": roll_back, "being updated": update}


class Provisioned(Alias):
    """An alias with provisioned concurrency: Lambda itself shifts its traffic, slowly."""

    def build(self) -> None:
        super().build()
        self.warming = False
        self.wire.on("lambda.GetProvisionedConcurrencyConfig", lambda **_: answer({}))

    def warm(self, former: str) -> None:
        """Have Lambda keep the traffic at the former version, as it does after a move."""
        self._route({former: 1.0})

    def finish(self) -> None:
        """Have Lambda finish the allocation."""
        self._route({})

    def release_warms(self) -> None:
        """Have the release still wait for its provisioned concurrency."""
        self.warm("1")

    def _route(self, weights: dict[str, float]) -> None:
        self.client.update_alias(
            FunctionName="checkout",
            Name="live",
            RoutingConfig={"AdditionalVersionWeights": weights},
        )

    deliberate: ClassVar[Deliberate] = {"the release still warms": release_warms}


class Concurrency(Scene):
    """checkout may run once at a time."""

    verb, resource = "lambda.raise_reserved_concurrency", "lambda:checkout"
    effects: ClassVar[tuple[str, ...]] = ("PutFunctionConcurrency",)
    unreserved, whole = 900, 1000

    def build(self) -> None:
        make_function("checkout")
        self.client = boto3.client("lambda")
        model_account(self.wire, lambda: self.unreserved, lambda: self.whole)
        self._put(10)

    def spoil(self) -> None:
        self._put(1)

    def parameters(self) -> dict[str, Scalar]:
        return {"function": "checkout", "from_units": 1, "to_units": 10}

    def observed(self) -> dict[str, Scalar]:
        return {"reserved_concurrency": 1}

    def state(self) -> Any:
        answer = self.client.get_function_concurrency(FunctionName="checkout")
        return answer.get("ReservedConcurrentExecutions")

    def interfere(self) -> None:
        self._put(5)

    def switch_off(self) -> None:
        """Reserve nothing: no request runs."""
        self._put(0)

    def fill_account(self) -> None:
        """Leave no room in the account."""
        self.unreserved = 108

    deliberate: ClassVar[Deliberate] = {"switched off": switch_off, "no room": fill_account}

    def _put(self, units: int) -> None:
        self.client.put_function_concurrency(
            FunctionName="checkout", ReservedConcurrentExecutions=units
        )


class Unreserved(Concurrency):
    """checkout had no reservation, and may now run five times at once."""

    effects = ("DeleteFunctionConcurrency", "PutFunctionConcurrency")

    def build(self) -> None:
        super().build()
        self.client.delete_function_concurrency(FunctionName="checkout")

    def spoil(self) -> None:
        self._put(5)

    def parameters(self) -> dict[str, Scalar]:
        return {"function": "checkout", "from_units": 5, "to_units": None}

    def observed(self) -> dict[str, Scalar]:
        return {"reserved_concurrency": 5}

    def interfere(self) -> None:
        self._put(3)

    deliberate: ClassVar[Deliberate] = {"switched off": Concurrency.switch_off}
