"""Requests of the state machine."""

import pytest

from quorum.application.requests import parse_command
from quorum.domain.commands import Execute
from quorum.domain.errors import InvalidInputError
from tests.builders.events import INCIDENT


def test_request_parses_as_it_is_sent() -> None:
    event = {"operation": "act", "incident_id": INCIDENT, "round": 1, "approval_id": None}

    assert parse_command(Execute, event).operation == "act"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"operation": "destroy"}, "operation"),
        ({"incident_id": "x"}, "incident_id"),
        ({"round": 0}, "round"),
        ({"candidate": {}}, "candidate"),
    ],
)
def test_invalid_request_error_names_the_field(changed: dict[str, object], field: str) -> None:
    event = {"operation": "act", "incident_id": INCIDENT, "round": 1}

    with pytest.raises(InvalidInputError, match=field):
        parse_command(Execute, {**event, **changed})
