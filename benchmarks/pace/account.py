"""The shop's resources in the account: settings, versions, and the calls that change them."""

import random
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from benchmarks.pace.facts import AUDIT_DELIVERY, STALE_SECONDS
from benchmarks.pace.limits import Bucket, ThrottledError
from benchmarks.pace.metrics import ALIAS
from benchmarks.pace.traffic import Traffic
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import Change, ResourceState, Scalar
from quorum.ports.clock import Clock
from quorum.ports.telemetry import AuditEntry
from tests.fakes import OneByOne

Settings = dict[str, Scalar]
POOL: Final = 1000
"""Concurrency of the account."""
NEEDED_UNITS: Final = 30
"""Read units that the table's traffic takes."""
ENOUGH: Final = "enough"
TOO_LOW: Final = "low"
UPDATE_SECONDS: Final = 45.0
"""Until a table has its new capacity; AWS states no bound, 45 is assumed."""


@dataclass
class Account(OneByOne):
    """Settings by resource, each with its history; reads may be seconds old after a write."""

    clock: Clock
    traffic: Traffic
    rng: random.Random
    history: dict[str, list[tuple[float, Settings]]] = field(default_factory=dict)
    writes: list[tuple[float, str, str]] = field(default_factory=list)
    """(time, function, version) of every change of an alias by the pipeline under test."""

    def put(self, resource: str, at: float, **settings: Scalar) -> None:
        """Change settings of the resource from `at` on."""
        known = self.history.setdefault(resource, [])
        before = known[-1][1] if known else {}
        known.append((at, {**before, **settings}))
        if "alias_version" in settings:
            version = str(settings["alias_version"])
            self.traffic.route(resource.partition(":")[2], at, version)
        if "read_units" in settings:
            enough = int(str(settings["read_units"])) >= NEEDED_UNITS
            self.traffic.route(resource.partition(":")[2], at, ENOUGH if enough else TOO_LOW)

    def settings(self, resource: str, *, consistent: bool = False) -> Settings | None:
        """Return the settings at the clock's time; reads may miss the writes of the last seconds.

        A conditional write sees the newest settings: `consistent`.
        """
        now = self.clock().timestamp()
        written = [(at, one) for at, one in self.history.get(resource, ()) if at <= now]
        if not written:
            return None
        stale = not consistent and len(written) > 1 and now - written[-1][0] < STALE_SECONDS
        if stale and self.rng.random() < 0.5:  # noqa: PLR2004 - one replica of two
            return dict(written[-2][1])
        return dict(written[-1][1])

    def state(self, resource: str, alias: str | None = None) -> ResourceState | None:
        """Return the settings as a `StateSource` does."""
        found = self.settings(resource)
        if found is None:
            return None
        if alias not in {None, found.get("alias")}:
            found = {name: v for name, v in found.items() if not name.startswith("alias")}
        return ResourceState(resource=resource, settings=found)

    def running(self, resource: str) -> str | None:
        """Return the deployment in progress, as `Deployments` does: there is none."""
        assert resource in self.history, resource  # noqa: S101 - the scenario's resources only
        return None


class LambdaClient:
    """The calls of the Lambda client that the executor's verbs make, on the account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def get_function_configuration(self, **request: str) -> dict[str, Any]:
        """Return the function's configuration, which never changes."""
        name = request["FunctionName"]
        arn = f"arn:aws:lambda:eu-west-1:000000000000:function:{name}"
        return {"FunctionArn": arn, "State": "Active", "LastUpdateStatus": "Successful"}

    def list_tags(self, **request: str) -> dict[str, Any]:
        """Return no tags."""
        assert request["Resource"]  # noqa: S101 - as the service requires
        return {"Tags": {}}

    def get_alias(self, **request: str) -> dict[str, Any]:
        """Return the alias, which may be seconds old."""
        found = self._account.settings(f"lambda:{request['FunctionName']}")
        if found is None or request["Name"] != found["alias"]:
            raise _error("ResourceNotFoundException", 404)
        return {
            "Name": found["alias"],
            "FunctionVersion": found["alias_version"],
            "RevisionId": found["alias_revision"],
        }

    def update_alias(self, **request: Any) -> dict[str, Any]:
        """Point the alias to another version, if the revision is still the one given."""
        resource = f"lambda:{request['FunctionName']}"
        newest = self._account.settings(resource, consistent=True)
        if newest is None or newest["alias_revision"] != request["RevisionId"]:
            raise _error("PreconditionFailedException", 412)
        at, version = self._account.clock().timestamp(), str(request["FunctionVersion"])
        revision = f"r{len(self._account.history[resource])}-{version}"
        self._account.put(resource, at, alias_version=version, alias_revision=revision)
        self._account.writes.append((at, resource, version))
        return {"RevisionId": revision, "ResponseMetadata": {"RequestId": revision}}

    def get_function_concurrency(self, **request: str) -> dict[str, Any]:
        """Return the reserved concurrency, if any."""
        found = self._account.settings(f"lambda:{request['FunctionName']}") or {}
        units = found.get("reserved_concurrency")
        return {} if units is None else {"ReservedConcurrentExecutions": units}

    def put_function_concurrency(self, **request: Any) -> dict[str, Any]:
        """Reserve concurrency; it limits nothing in this shop."""
        at, resource = self._account.clock().timestamp(), f"lambda:{request['FunctionName']}"
        units = request["ReservedConcurrentExecutions"]
        self._account.put(resource, at, reserved_concurrency=units)
        self._account.writes.append((at, resource, f"{units} units"))
        return {"ResponseMetadata": {"RequestId": f"u{units}"}}

    def get_account_settings(self) -> dict[str, Any]:
        """Return the account's concurrency."""
        limits = {"ConcurrentExecutions": POOL, "UnreservedConcurrentExecutions": POOL - 100}
        return {"AccountLimit": limits}


class DynamoDBClient:
    """The calls of the DynamoDB and scaling clients that the executor's verb makes."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def describe_scalable_targets(self, **request: Any) -> dict[str, Any]:
        """Return no scaling."""
        assert request["ResourceIds"]  # noqa: S101 - as the service requires
        return {"ScalableTargets": []}

    def describe_table(self, **request: str) -> dict[str, Any]:
        """Return the table's status and capacity."""
        found = self._account.settings(f"dynamodb:{request['TableName']}", consistent=True)
        if found is None:
            raise _error("ResourceNotFoundException", 404)
        units = {
            "ReadCapacityUnits": found["read_units"],
            "WriteCapacityUnits": found["write_units"],
        }
        return {
            "Table": {
                "TableStatus": found["status"],
                "BillingModeSummary": {"BillingMode": found["billing"]},
                "ProvisionedThroughput": units,
            }
        }

    def update_table(self, **request: Any) -> dict[str, Any]:
        """Change the capacity; it holds once the table is active again."""
        resource, now = f"dynamodb:{request['TableName']}", self._account.clock().timestamp()
        units = request["ProvisionedThroughput"]
        self._account.put(resource, now, status="UPDATING", deploying=True)
        self._account.put(
            resource,
            now + UPDATE_SECONDS,
            status="ACTIVE",
            deploying=False,
            read_units=units["ReadCapacityUnits"],
            write_units=units["WriteCapacityUnits"],
        )
        return {"ResponseMetadata": {"RequestId": f"t{units['ReadCapacityUnits']}"}}


class Trail:
    """An `AuditTrail` that has a call minutes after it was made."""

    def __init__(self, clock: Clock, rng: random.Random, bucket: Bucket | None) -> None:
        self._clock, self._bucket = clock, bucket
        self._delay = rng.uniform(*AUDIT_DELIVERY)

    def author_of(self, change: Change) -> AuditEntry | None:
        """Return the call once it is delivered. Raises SourceUnavailableError when throttled."""
        try:
            _ = self._bucket and self._bucket.call()
        except ThrottledError as error:
            raise SourceUnavailableError(f"audit trail: ThrottlingException: {error}") from error
        if self._clock().timestamp() - change.at < self._delay:
            return None
        return AuditEntry(float(change.at), "arn:aws:iam::000000000000:role/deployer")


def new_function(version: str, **more: Scalar) -> Settings:
    """Return a function's settings as the inventory reads them."""
    return {
        "alias": ALIAS,
        "alias_version": version,
        "alias_revision": f"r-{version}",
        "alias_weighted": False,
        "reserved_concurrency": None,
        "deploying": False,
        "autoscaled": False,
        **more,
    }


def _error(code: str, status: int) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": code},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Lambda")
