"""Bundles by hand, for tests about one thing."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from quorum.domain.base import OutsiderText
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
from tests.builders.evidence import AFTER, CHAIN, ONSET, A


def alarm(resource: str = A) -> Alarm:
    """Return an alarm that fired on three errors in ten seconds."""
    return Alarm(
        name="errors",
        arn="arn:aws:cloudwatch:eu-central-1:000000000000:alarm:errors",
        kind="metric",
        account="000000000000",
        region="eu-central-1",
        resources=(resource,),
        fired_at=datetime.fromtimestamp(ONSET + 5, UTC),
        reason=OutsiderText.of("threshold crossed"),
        statistic="Sum",
        threshold=3.0,
        comparison="GreaterThanThreshold",
        period_seconds=10,
    )


def bundle(
    *series: Iterable[Series],
    changes: tuple[Change, ...] = (),
    states: tuple[ResourceState, ...] = (),
    edges: Iterable[tuple[str, str]] = CHAIN,
    **fields: Any,
) -> Bundle:
    """Return a bundle with the candidates that follow from its changes and states."""
    return Bundle(
        incident_id="0" * 32,
        round=1,
        taken_at=datetime.fromtimestamp(ONSET + AFTER, UTC),
        alarms=(alarm(),),
        onset=ONSET,
        series=tuple(one for several in series for one in several),
        changes=changes,
        edges=tuple(Edge(caller=caller, callee=callee) for caller, callee in edges),
        states=states,
        candidates=candidates(Situation(states, changes)),
    ).model_copy(update={"sources": (Source(name="metrics", status="ok"),), **fields})


def on(bundle: Bundle, resource: str, verb: str = "") -> Candidate:
    """Return the one candidate on the resource (of that verb)."""
    (found,) = (c for c in bundle.candidates if c.resource == resource and verb in c.verb)
    return found
