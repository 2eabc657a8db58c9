"""Unlikely bundles: gaps, odd values, single points, loops, no candidates."""

from datetime import UTC, datetime
from typing import Any, Final, get_args

from hypothesis import strategies as st

from quorum.domain.base import OutsiderText
from quorum.domain.catalogue import Situation, candidates
from quorum.domain.evidence import (
    Alarm,
    Bundle,
    Change,
    ChangeKind,
    Edge,
    LogTemplate,
    Measure,
    ResourceState,
    Scalar,
    Series,
    Source,
)

RESOURCES = ("lambda:a", "lambda:b", "lambda:c", "dynamodb:t", "ssm:/p", "sqs:q")
VERSIONS = ("1", "2")
ONSET = 1_000_000

EDITS: Final[tuple[tuple[str, ChangeKind, str, Scalar, Scalar], ...]] = (
    ("lambda:a", "alias", "live", "1", "2"),
    ("lambda:b", "alias", "live", "1", "2"),
    ("lambda:c", "concurrency", "reserved_concurrency", 10, 2),
    ("ssm:/p", "parameter", "/p", 1, 2),
    ("dynamodb:t", "table", "read_units", 9, 5),
)

resources = st.sampled_from(RESOURCES)
times = st.integers(ONSET - 90, ONSET + 30)
values = st.one_of(st.integers(0, 30).map(float), st.floats(0, 1e9), st.just(0.0), st.floats(-5, 0))
texts = st.text(max_size=60).map(OutsiderText.of)


@st.composite
def series(draw: st.DrawFn) -> Series:
    """Return a series with between one point and many, at any times."""
    points = draw(st.dictionaries(times, values, min_size=1, max_size=40))
    resource, measure = draw(resources), draw(st.sampled_from(get_args(Measure)))
    version = draw(st.sampled_from((None, None, *VERSIONS)))
    return Series(
        id=f"{resource}/{measure}@{version}/{draw(st.integers(0, 3))}",
        resource=resource,
        measure=measure,
        version=version,
        statistic=draw(st.sampled_from(("Sum", "Average", "p95"))),
        period_seconds=draw(st.sampled_from((1, 10, 60))),
        points=tuple(sorted(points.items())),
        alarmed=draw(st.booleans()),
    )


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Return a change of one of the settings that candidates follow from."""
    resource, kind, setting, before, after = draw(st.sampled_from(EDITS))
    first = draw(times)
    return Change(
        id=f"{resource}/{kind}/{draw(st.integers(0, 2))}",
        resource=resource,
        kind=kind,
        setting=setting,
        not_before=first,
        at=first + draw(st.integers(0, 60)),
        before=before,
        after=after,
        actor=draw(st.none() | texts),
        ours=draw(st.booleans()),
    )


@st.composite
def templates(draw: st.DrawFn) -> LogTemplate:
    """Return a template, often with words that the methods look for."""
    return LogTemplate(
        id=f"t{draw(st.integers(0, 99))}",
        resource=draw(resources),
        template=draw(texts | st.sampled_from(("a failed", "b throttled")).map(OutsiderText.of)),
        level=draw(st.sampled_from(("error", "info"))),
        before=draw(st.integers(0, 50)),
        after=draw(st.integers(0, 50)),
        first_seen=draw(times),
    )


FUNCTION: Final[dict[str, Scalar]] = {
    "alias": "live",
    "alias_version": "2",
    "reserved_concurrency": 2,
}
STATES: Final = (
    *(ResourceState(resource=resource, settings=FUNCTION) for resource in RESOURCES[:3]),
    ResourceState(
        resource="dynamodb:t",
        settings={"billing": "PROVISIONED", "read_units": 5, "write_units": 5},
    ),
    ResourceState(resource="ssm:/p", settings={"version": 2}),
    ResourceState(resource="sqs:q", settings={"dead_letters": 3, "dlq": "d"}),
)


@st.composite
def alarms(draw: st.DrawFn) -> Alarm:
    """Return an alarm that may lack all that is optional."""
    return Alarm(
        name="a",
        arn="arn:a",
        kind=draw(st.sampled_from(("metric", "math", "composite"))),
        account="0",
        region="r",
        resources=tuple(draw(st.lists(resources, max_size=2))),
        fired_at=datetime.fromtimestamp(ONSET + 5, UTC),
        reason=draw(texts),
        statistic=draw(st.none() | st.sampled_from(("Sum", "p95"))),
        threshold=draw(st.none() | st.floats(0, 100)),
        comparison=draw(st.none() | st.sampled_from(("GreaterThanThreshold", "odd"))),
        period_seconds=draw(st.sampled_from((1, 10, 60))),
    )


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    """Return any bundle that the types allow, within reason."""
    made = tuple(draw(st.lists(changes(), max_size=4, unique_by=lambda c: c.id)))
    states = tuple(draw(st.lists(st.sampled_from(STATES), unique_by=lambda s: s.resource)))
    edges = draw(st.lists(st.tuples(resources, resources), max_size=6, unique=True))
    statuses = st.sampled_from(("ok", "ok", "stale", "failed", "absent"))
    fields: dict[str, Any] = {
        "alarms": tuple(draw(st.lists(alarms(), min_size=1, max_size=2))),
        "series": tuple(draw(st.lists(series(), max_size=10, unique_by=lambda s: s.id))),
        "templates": tuple(draw(st.lists(templates(), max_size=4, unique_by=lambda t: t.id))),
        "edges": tuple(Edge(caller=a, callee=b) for a, b in edges),
        "sources": (Source(name="metrics", status=draw(statuses)),),
        "objectives": draw(st.dictionaries(resources, st.floats(0.5, 0.999), max_size=2)),
    }
    return Bundle(
        incident_id="0" * 32,
        round=1,
        taken_at=datetime.fromtimestamp(ONSET + 30, UTC),
        onset=ONSET,
        changes=made,
        states=states,
        candidates=candidates(Situation(states, made)),
        **fields,
    )
