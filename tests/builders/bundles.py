"""Evidence bundles by hand: a plain one, and one of a small shop with what follows from it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from quorum.domain.catalogue import Situation, candidates
from quorum.domain.evidence import (
    Alarm,
    Bundle,
    Candidate,
    Change,
    Edge,
    ResourceState,
    Series,
    Source,
)
from tests.builders.alarms import alarm, error_alarm
from tests.builders.events import INCIDENT
from tests.builders.evidence import AFTER, CHAIN, ONSET, A
from tests.fakes.clock import START


def bundle(*series: Series, **changed: Any) -> Bundle:
    """Return a bundle of the first round with these series; `changed` are its other fields."""
    fields = {
        "incident_id": INCIDENT,
        "round": 1,
        "taken_at": START,
        "alarms": (alarm(),),
        "onset": ONSET,
        "series": series,
    }
    return Bundle.model_validate({**fields, **changed})


def shop_alarm(resource: str = A) -> Alarm:
    """Return the alarm on the resource, which fired five seconds after the onset."""
    fired_at = datetime.fromtimestamp(ONSET + 5, UTC)
    return error_alarm("front", resources=(resource,), fired_at=fired_at)


def shop_bundle(
    *series: Iterable[Series],
    changes: tuple[Change, ...] = (),
    states: tuple[ResourceState, ...] = (),
    edges: Iterable[tuple[str, str]] = CHAIN,
    **changed: Any,
) -> Bundle:
    """Return a bundle of the shop with the candidates that follow from its changes and states."""
    made = bundle(
        *(one for several in series for one in several),
        taken_at=datetime.fromtimestamp(ONSET + AFTER, UTC),
        alarms=(shop_alarm(),),
        changes=changes,
        edges=tuple(Edge(caller=caller, callee=callee) for caller, callee in edges),
        states=states,
        candidates=candidates(Situation(states, changes)),
        sources=(Source(name="metrics", status="ok"),),
    )
    return made.model_copy(update=changed)


def on(bundle: Bundle, resource: str, verb: str = "") -> Candidate:
    """Return the one candidate on the resource (of that verb)."""
    (found,) = (c for c in bundle.candidates if c.resource == resource and verb in c.verb)
    return found
