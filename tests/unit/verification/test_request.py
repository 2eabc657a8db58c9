"""Requests of the state machine."""

import pytest

from quorum.application.requests import parse_command
from quorum.domain.commands import VerifyRecovery
from quorum.domain.errors import InvalidInputError
from tests.builders.events import INCIDENT


@pytest.mark.parametrize("mode", ["action", "dismissal"])
def test_requests_of_both_modes_parse_as_they_are_sent(mode: str) -> None:
    assert parse_command(VerifyRecovery, {"incident_id": INCIDENT, "mode": mode}).mode == mode


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"mode": "hope"}, "mode"), ({"incident_id": "x"}, "incident_id"), ({"round": 1}, "round")],
)
def test_invalid_request_error_names_the_field(changed: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputError, match=field):
        parse_command(VerifyRecovery, {"incident_id": INCIDENT, "mode": "action", **changed})
