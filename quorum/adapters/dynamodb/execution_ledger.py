"""Fences and leases in the executions table: written before an effect, never after."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from quorum.adapters.aws.aws_errors import is_failed_condition, raising
from quorum.adapters.dynamodb.items import (
    Item,
    days,
    get,
    ignore_failed_condition,
    micros,
    put_if,
    query,
)
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.constants import MOST_ACTIONS
from quorum.domain.errors import InvalidHistoryError, StoreUnavailableError
from quorum.domain.executions import Execution, FencedPair, Operation
from quorum.ports.clock import Clock

BY_DAY: Final = "by-day"


class DynamoDBExecutionLedger:
    """An `ExecutionLedger`. `effects_since` reads an index and may lag by a second."""

    def __init__(self, table: DynamoDBTable, now: Clock) -> None:
        self._table, self._now = table, now

    def fence(self, execution: Execution) -> Execution | None:
        """Write the fence if there is none and return None; otherwise return the existing one."""
        stored = put_if(self._table, _item(execution), Attr("id").not_exists())
        return None if stored is None else _execution(stored)

    def find(self, incident_id: str, operation: Operation, number: int = 1) -> Execution | None:
        """Return the fence of the incident's action with this number, read consistently."""
        item = get(self._table, {"id": _fence_id(incident_id, operation, number)})
        return None if item is None else _execution(item)

    def actions(self, incident_id: str) -> tuple[FencedPair, ...]:
        """Return the incident's actions, oldest first. Numbers have no gaps."""
        found: list[FencedPair] = []
        for number in range(1, MOST_ACTIONS + 1):
            act = self.find(incident_id, "act", number)
            if act is None:
                break
            found.append(FencedPair(act, self.find(incident_id, "undo", number)))
        return tuple(found)

    def finish(self, execution: Execution) -> None:
        """Record the fenced effect's result. Raises InvalidHistoryError without a fence."""
        with raising(StoreUnavailableError, f"finish {execution.operation}"):
            try:
                self._table.put_item(Item=_item(execution), ConditionExpression=Attr("id").exists())
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                raise InvalidHistoryError(f"{execution.operation} has no fence") from error

    def lease(self, resource: str, incident_id: str, until: datetime) -> str:
        """Lease the resource if free or expired; return the incident that holds it."""
        free = Attr("id").not_exists() | Attr("until").lte(micros(self._now()))
        holding = put_if(
            self._table,
            _lease(resource, incident_id, until),
            free | Attr("holder").eq(incident_id),
        )
        return incident_id if holding is None else str(holding["holder"])

    def release(self, resource: str, incident_id: str, cooldown_until: datetime) -> None:
        """End the lease; no other incident gets it until the cooldown is over."""
        with ignore_failed_condition(self._table):
            self._table.put_item(
                Item=_lease(resource, incident_id, cooldown_until),
                ConditionExpression=Attr("holder").eq(incident_id),
            )

    def effects_since(self, since: datetime) -> Sequence[Execution]:
        """Return the effects started since then, oldest first."""
        start = Decimal(str(since.timestamp()))
        return [
            _execution(item)
            for day in days(since, self._now())
            for item in query(
                self._table,
                IndexName=BY_DAY,
                KeyConditionExpression=Key("day").eq(day) & Key("started_at").gte(start),
            )
        ]


def _item(execution: Execution) -> Item:
    started = datetime.fromtimestamp(execution.started_at, UTC)
    return {
        "id": _fence_id(execution.incident_id, execution.operation, execution.number),
        "day": started.date().isoformat(),
        "started_at": Decimal(str(execution.started_at)),
        "execution": execution.model_dump_json(),
    }


def _fence_id(incident_id: str, operation: Operation, number: int) -> str:
    """Return the key, which for the first action is that of earlier versions."""
    key = f"fence#{incident_id}#{operation}"
    return key if number == 1 else f"{key}#{number}"


def _execution(item: Item) -> Execution:
    return Execution.model_validate_json(item["execution"])


def _lease(resource: str, incident_id: str, until: datetime) -> Item:
    return {"id": f"lease#{resource}", "holder": incident_id, "until": micros(until)}
