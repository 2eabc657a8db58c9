"""What people are shown of an action is what its id binds, whatever the log says beside it."""

import pytest

from quorum.domain.catalogue import safe_description
from quorum.domain.events import EvidenceFrozen
from quorum.domain.evidence import Candidate
from quorum.narrative import action, actions, plain
from tests.unit.api.worlds import World
from tests.unit.narrative.stories import INCIDENT, ROLLBACK, Log

TRUE = "Point checkout:live back from version 4 to 3"
NOT_ITS_ID = f"Not shown, its id does not match its parameters: {ROLLBACK.id}"
LIE = ROLLBACK.model_copy(update={"summary": "Do nothing at all"})
SWAPPED = ROLLBACK.model_copy(
    update={"parameters": {**ROLLBACK.parameters, "function": "payments"}, "summary": TRUE}
)
SHORT = ROLLBACK.model_copy(update={"id": ROLLBACK.id[:-20]})
BARE = Candidate(
    id="lambda.rollback_alias:44136fa355b3678a1146ad16f7e8649e",
    verb="lambda.rollback_alias",
    resource="lambda:checkout",
    parameters={},
    summary="Do nothing at all",
    cites=(),
    observed={},
)


@pytest.mark.parametrize(
    ("candidate", "told"),
    [
        (ROLLBACK, TRUE),
        (LIE, TRUE),
        (SHORT, TRUE),
        (SWAPPED, NOT_ITS_ID),
        (BARE, f"Not shown, it is not in the catalogue: {BARE.id}"),
    ],
)
def test_what_an_action_does_is_said_from_what_its_id_binds(
    candidate: Candidate, told: str
) -> None:
    assert safe_description(candidate) == told


@pytest.mark.parametrize(("forged", "shown"), [(LIE, [TRUE]), (SWAPPED, [])])
def test_the_console_and_messages_show_no_summary_of_the_logs(
    forged: Candidate, shown: list[str]
) -> None:
    log = Log().open()
    log.add(
        EvidenceFrozen,
        round=1,
        evidence="e" * 64,
        key="bundles/e.json",
        sources=(),
        candidates=(forged,),
    )
    world = World(log)

    options = world.get(f"/v1/incidents/{INCIDENT}").json()["options"]
    assert [option["summary"] for option in options] == shown
    told = plain(action(ROLLBACK.id, actions(log.events)))
    assert told == (TRUE if shown else ROLLBACK.id)
