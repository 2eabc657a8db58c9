"""An action's description follows from its id's parameters, not from the log."""

import pytest

from quorum.domain.catalogue import CAUSES, VERBS, caused_by, safe_description
from quorum.domain.events import EvidenceFrozen
from quorum.domain.evidence import Candidate
from quorum.narrative import action, actions, likely_cause, plain
from tests.builders.api import World
from tests.builders.candidates import RAISE, ROLLBACK, candidate
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log

TRUE = "Roll back checkout:live from version 4 to 3"
MISMATCH = f"Unknown action: its id does not match its parameters: {ROLLBACK.id}"
LIE = ROLLBACK.model_copy(update={"summary": "Do nothing at all"})
SWAPPED = ROLLBACK.model_copy(
    update={"parameters": {**ROLLBACK.parameters, "function": "payments"}, "summary": TRUE}
)
SHORT = ROLLBACK.model_copy(update={"id": ROLLBACK.id[:-20]})
BARE = candidate(parameters={}, summary="Do nothing at all", cites=(), observed={})


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (ROLLBACK, TRUE),
        (LIE, TRUE),
        (SHORT, TRUE),
        (SWAPPED, MISMATCH),
        (BARE, f"Unknown action, not in the catalogue: {BARE.id}"),
    ],
)
def test_described_follows_from_the_ids_parameters(known: Candidate, text: str) -> None:
    assert safe_description(known) == text


@pytest.mark.parametrize(("forged", "shown"), [(LIE, [TRUE]), (SWAPPED, [])])
def test_console_and_messages_ignore_the_logged_summary(
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
    known = actions(log.events)
    assert plain(action(ROLLBACK.id, known)) == (TRUE if shown else ROLLBACK.id)
    assert bool(likely_cause(ROLLBACK.id, known)) == bool(shown)


@pytest.mark.parametrize(
    ("candidate", "cause"),
    [
        (ROLLBACK, "release of version 4 to checkout:live"),
        (SHORT, "release of version 4 to checkout:live"),
        (RAISE, "reserved concurrency of prices too low (2)"),
        (SWAPPED, ""),
        (BARE, ""),
    ],
)
def test_caused_by_follows_from_the_ids_parameters(candidate: Candidate, cause: str) -> None:
    assert caused_by(candidate) == cause


def test_every_verb_has_a_cause_unless_it_clears_up_after_one() -> None:
    assert set(CAUSES) == {verb.name for verb in VERBS if not verb.cause_first}
