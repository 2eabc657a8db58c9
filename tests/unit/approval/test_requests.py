"""Requests to the function; the task token stays inside."""

import pytest

from quorum.domain.errors import InvalidInputError
from tests.unit.approval.approval_case import INCIDENT, ApprovalCase


def test_an_approval_that_was_never_asked_is_refused(case: ApprovalCase) -> None:
    with pytest.raises(InvalidInputError, match="approval_id"):
        case.answer("f" * 32)


@pytest.mark.parametrize("operation", ["wait", "expire"])
def test_an_approval_of_another_incident_is_refused(case: ApprovalCase, operation: str) -> None:
    fields = {"incident_id": "b" * 32, "approval_id": case.open()}
    if operation == "wait":
        fields["task_token"] = "token"  # noqa: S105

    with pytest.raises(InvalidInputError, match="approval_id"):
        case.call(operation, **fields)


def test_the_token_shows_in_no_fact_no_answer_and_no_error(case: ApprovalCase) -> None:
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
def test_a_request_that_does_not_fit_names_the_field(
    case: ApprovalCase, event: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInputError, match=field):
        case.call(**event)
