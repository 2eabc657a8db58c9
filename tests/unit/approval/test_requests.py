"""Requests to the function; the task token stays inside."""

import pytest

from quorum.domain.errors import InvalidInputError
from tests.builders.approvals import ApprovalCase
from tests.builders.events import INCIDENT


def test_answer_to_an_unknown_approval_request_is_refused(case: ApprovalCase) -> None:
    with pytest.raises(InvalidInputError, match="approval_id"):
        case.answer("f" * 32)


@pytest.mark.parametrize("operation", ["wait", "expire"])
def test_answer_to_another_incidents_approval_request_is_refused(
    case: ApprovalCase, operation: str
) -> None:
    fields = {"incident_id": "b" * 32, "approval_id": case.open()}
    if operation == "wait":
        fields["task_token"] = "token"  # noqa: S105

    with pytest.raises(InvalidInputError, match="approval_id"):
        case.call(operation, **fields)


def test_task_token_is_in_no_event_answer_or_error(case: ApprovalCase) -> None:
    asked = case.open()
    secret = "s3cret"  # noqa: S105
    results = [case.wait(asked, secret), case.answer(asked)]

    assert secret not in str([results, case.store.load(INCIDENT)])
    with pytest.raises(InvalidInputError) as caught:
        case.call("wait", incident_id=INCIDENT, approval_id="?", task_token=secret)
    assert secret not in f"{caught.value}{caught.value.__cause__}{caught.value.__context__}"


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"operation": "grant"}, "operation"),
        ({"operation": "answer", "approval_id": "x"}, "approval_id"),
        ({"operation": "answer", "approval_id": "a" * 32, "answer": "expired"}, "answer"),
        ({"operation": "answer", "approval_id": "a" * 32, "answer": "granted", "by": "ann"}, "by"),
        ({"operation": "answer", "approval_id": "a" * 32, "answer": "granted"}, "proof"),
        ({"operation": "open", "incident_id": INCIDENT}, "round"),
        ({"operation": "open", "incident_id": INCIDENT, "round": 1, "force": True}, "force"),
    ],
)
def test_invalid_request_error_names_the_field(
    case: ApprovalCase, event: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInputError, match=field):
        case.call(**event)
