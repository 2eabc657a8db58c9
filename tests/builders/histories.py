"""Histories for property tests: every kind of event, chained as recorders chain them."""

from collections.abc import Sequence
from typing import Any, get_args

from hypothesis import strategies as st

from quorum.domain.events import (
    GENESIS,
    INCIDENT_EVENT,
    IncidentEvent,
    event_digest,
)
from tests.builders.event_contents import DRAWN, FIXED, OPENED
from tests.builders.events import INCIDENT
from tests.fakes.clock import START


def bodies() -> st.SearchStrategy[dict[str, Any]]:
    """Return any event but the first, without the fields that every event has."""
    drawn = [
        st.fixed_dictionaries({"type": st.just(kind)}).flatmap(
            lambda named: DRAWN[named["type"]].map(lambda fields: {**named, **fields})
        )
        for kind in DRAWN
    ]
    fixed = [st.just({"type": kind, **fields}) for kind, fields in FIXED.items()]
    return st.one_of(*drawn, *fixed)


def chain(contents: Sequence[dict[str, Any]]) -> list[IncidentEvent]:
    """Return the events with versions from 1, each with the digest of the one before."""
    facts: list[IncidentEvent] = []
    for version, content in enumerate(contents, start=1):
        header = {
            "incident_id": INCIDENT,
            "version": version,
            "event_id": f"event-{version}",
            "occurred_at": START,
            "previous": event_digest(facts[-1]) if facts else GENESIS,
        }
        facts.append(INCIDENT_EVENT.validate_python({**header, **content}))
    return facts


def histories(least: int = 0) -> st.SearchStrategy[list[IncidentEvent]]:
    """Return whole histories with at least so many events after the first."""
    return st.lists(bodies(), min_size=least, max_size=12).map(
        lambda contents: chain([OPENED, *contents])
    )


def kinds() -> set[str]:
    """Return the stored type of every event."""
    union = get_args(IncidentEvent)[0]
    return {kind.model_fields["type"].default for kind in get_args(union)}
