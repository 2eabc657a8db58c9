"""Approval requests in DynamoDB. The task token never leaves the server."""

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

from quorum.adapters.aws.aws_errors import is_failed_condition, raising
from quorum.adapters.dynamodb.items import (
    Item,
    get,
    ignore_failed_condition,
    put_if,
    stored_item,
)
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.approvals import Answer, Approval
from quorum.domain.errors import RefusedError, StoreUnavailableError
from quorum.domain.incident_records import TakenOver

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

MOST_TASKS: Final = 50
"""Maximum waiting tasks per request: normally one, and one more for each retry."""


class DynamoDBApprovalStore:
    """An `ApprovalStore`: one item per request, answered by one conditional update.

    Statements about a whole incident have items of their own: `taken#…`, `undo#…`, and the ids of
    its requests in `requests#…`.
    """

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def ask(self, approval: Approval) -> Approval:
        """Store the approval request unless its id exists; return the stored one."""
        self._list(approval)
        item = {**approval.model_dump(), "expires_at": Decimal(str(approval.expires_at))}
        stored = put_if(self._table, item, Attr("approval_id").not_exists())
        return approval if stored is None else _approval(stored)

    def of_incident(self, incident_id: str) -> tuple[Approval, ...]:
        """Return the incident's approval requests, oldest first.

        Requests of earlier versions, whose incidents had one round, are not listed.
        """
        item = get(self._table, {"approval_id": _list_id(incident_id)})
        found = (self.find(str(one)) for one in (item or {}).get("requests", ()))
        return tuple(approval for approval in found if approval is not None)

    def find(self, approval_id: str) -> Approval | None:
        """Return the approval request, or None."""
        item = get(self._table, {"approval_id": approval_id})
        return None if item is None else _approval(item)

    def attach(self, approval_id: str, task_token: str) -> Approval:
        """Add the token of a waiting task; return the approval request as it is then."""
        room = Attr("task_tokens").not_exists() | Attr("task_tokens").size().lt(MOST_TASKS)
        exists = Attr("approval_id").exists()
        return self._set(approval_id, {"task_tokens": [task_token]}, exists & room)

    def grant(self, approval_id: str, person: str, action: str, signed_grant: str) -> Approval:
        """Add one person's signed grant to a waiting approval request; return it."""
        same_action = Attr("chosen").eq("") | Attr("chosen").eq(action)
        first_grant = Attr("state").eq("waiting") & ~Attr("people").contains(person) & same_action
        fields = {"chosen": action, "people": [person], "grants": [signed_grant]}
        return self._set(approval_id, fields, first_grant)

    def answer(
        self, approval_id: str, state: Answer, by: str, via: str = "", reason: str = ""
    ) -> Approval:
        """Answer a waiting approval request; return it. Raises RefusedError when answered."""
        fields = {"state": state, "by": by, "via": via, "reason": reason}
        return self._set(approval_id, fields, Attr("state").eq("waiting"))

    def take_over(self, take_over: TakenOver) -> TakenOver:
        """Assign the incident to the person unless it is assigned; return the stored take-over."""
        item = {
            "approval_id": f"taken#{take_over.incident_id}",
            "taken": take_over.model_dump_json(),
        }
        stored = put_if(self._table, item, Attr("approval_id").not_exists())
        return take_over if stored is None else TakenOver.model_validate_json(stored["taken"])

    def taken_over(self, incident_id: str) -> TakenOver | None:
        """Return the incident's take-over, or None."""
        item = get(self._table, {"approval_id": f"taken#{incident_id}"})
        return None if item is None else TakenOver.model_validate_json(item["taken"])

    def order_undo(self, incident_id: str, signed_order: str) -> None:
        """Store a person's signed order to undo, in place of an earlier one."""
        with raising(StoreUnavailableError, f"order to undo {incident_id}"):
            self._table.put_item(Item={"approval_id": f"undo#{incident_id}", "order": signed_order})

    def undo_order(self, incident_id: str) -> str | None:
        """Return the newest signed order to undo, or None."""
        item = get(self._table, {"approval_id": f"undo#{incident_id}"})
        return None if item is None else str(item["order"])

    def _list(self, approval: Approval) -> None:
        """Add the request's id to its incident's list, once."""
        with ignore_failed_condition(self._table):
            self._table.update_item(
                Key={"approval_id": _list_id(approval.incident_id)},
                UpdateExpression="SET #requests = "
                "list_append(if_not_exists(#requests, :nothing), :one)",
                ExpressionAttributeNames={"#requests": "requests"},
                ExpressionAttributeValues={":nothing": [], ":one": [approval.approval_id]},
                ConditionExpression=Attr("requests").not_exists()
                | ~Attr("requests").contains(approval.approval_id),
            )

    def _set(self, approval_id: str, fields: Item, condition: "ConditionBase") -> Approval:
        """Set the fields if the condition holds; append lists to the stored ones."""
        with raising(StoreUnavailableError, f"approval {approval_id}"):
            try:
                response = self._table.update_item(
                    Key={"approval_id": approval_id},
                    UpdateExpression="SET "
                    + ", ".join(_clause(*field) for field in fields.items()),
                    ExpressionAttributeNames={f"#{name}": name for name in fields},
                    ExpressionAttributeValues=_values(fields),
                    ConditionExpression=condition,
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                state = stored_item(error).get("state", "unknown")
                raise RefusedError(f"approval {approval_id} is already {state}") from error
        return _approval(response["Attributes"])


def _list_id(incident_id: str) -> str:
    return f"requests#{incident_id}"


def _clause(name: str, value: object) -> str:
    """Return the update clause of a field; an earlier version's item may lack the list."""
    stored = f"if_not_exists(#{name}, :nothing)"
    appends = isinstance(value, list)
    return f"#{name} = " + (f"list_append({stored}, :{name})" if appends else f":{name}")


def _values(fields: Item) -> Item:
    nothing: Item = {":nothing": []} if any(isinstance(v, list) for v in fields.values()) else {}
    return {**{f":{name}": value for name, value in fields.items()}, **nothing}


def _approval(item: Item) -> Approval:
    fields = Approval.model_fields
    return Approval.model_validate({name: item[name] for name in fields if name in item})
