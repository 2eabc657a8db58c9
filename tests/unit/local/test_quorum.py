"""The client of a deployed Quorum: the approvals that it sends."""

from collections.abc import Sequence
from typing import Any

import pytest

from local.quorum import Quorum
from quorum.domain.commands import AnswerApproval
from quorum.domain.errors import InvalidInputError
from quorum.domain.events import ApprovalRequested, IncidentEvent
from tests.unit.local.test_view import LOGS


class Recorded(Quorum):
    """A client that keeps the calls of functions, and reads a stored log."""

    def __init__(self, log: Sequence[IncidentEvent]) -> None:
        super().__init__("http://127.0.0.1:1")
        self._log = log
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def events(self, incident_id: str) -> Sequence[IncidentEvent]:
        """Return the stored log."""
        return [event for event in self._log if event.incident_id == incident_id]

    def incidents(self) -> list[str]:
        """Return two ids that begin alike."""
        return ["ab" + "0" * 30, "ac" + "0" * 30]

    def invoke(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Keep the call."""
        self.calls.append((name, payload))
        return {}


def test_answer_sends_the_command_that_the_approval_function_reads() -> None:
    log = LOGS["waiting"]
    (asked,) = (event for event in log if isinstance(event, ApprovalRequested))
    quorum = Recorded(log)

    quorum.answer(asked.incident_id, "denied", "token", reason="no")

    ((name, payload),) = quorum.calls
    command = AnswerApproval.model_validate(payload)
    assert (name, command.approval_id, command.answer) == ("approval", asked.approval_id, "denied")
    assert (command.proof.kind, command.reason, command.action) == ("token", "no", None)


def test_answer_refuses_an_action_that_is_no_id_and_sends_nothing() -> None:
    log = LOGS["waiting"]
    quorum = Recorded(log)

    with pytest.raises(InvalidInputError, match="action"):
        quorum.answer(log[0].incident_id, "granted", "token", action="everything")

    assert quorum.calls == []


def test_answer_needs_an_approval_request() -> None:
    log = LOGS["resolved"]

    with pytest.raises(LookupError, match="no approval request"):
        Recorded(log).answer(log[0].incident_id, "granted", "token")


@pytest.mark.parametrize(("prefix", "match"), [("a", "several"), ("b", "no incident id")])
def test_find_refuses_a_prefix_of_none_or_several(prefix: str, match: str) -> None:
    with pytest.raises(LookupError, match=match):
        Recorded(()).find(prefix)


def test_find_returns_the_id_of_a_prefix() -> None:
    assert Recorded(()).find("ab") == "ab" + "0" * 30
