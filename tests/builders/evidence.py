"""Parts of an evidence bundle: series that step at the onset, changes, settings, log templates."""

from typing import Any, Final

from quorum.domain.base import OutsiderText
from quorum.domain.evidence import (
    Change,
    ChangeKind,
    LogTemplate,
    Measure,
    ResourceState,
    Scalar,
    Series,
)
from tests.builders.candidates import RESOURCE
from tests.fakes.clock import START

ONSET: Final = int(START.timestamp())
BEFORE: Final = 30
AFTER: Final = 15
A, B, C = "lambda:front", "lambda:middle", "lambda:back"
TABLE, PARAMETER, QUEUE = "dynamodb:goods", "ssm:/limit", "sqs:parcels"
CHAIN: Final = ((A, B), (B, C), (C, TABLE), (B, PARAMETER))


def line(  # noqa: PLR0913 - a series' fields
    resource: str,
    measure: Measure,
    before: float | None,
    after: float | None,
    *,
    version: str | None = None,
    alarmed: bool = False,
    start: int = ONSET - BEFORE,
    end: int = ONSET + AFTER,
) -> Series:
    """Return a series of seconds with one value before the onset and another from it on."""
    levels = ((at, before if at < ONSET else after) for at in range(start, end))
    return Series(
        id=f"{resource}/{measure}" + (f"@{version}" if version else ""),
        resource=resource,
        measure=measure,
        version=version,
        period_seconds=1,
        points=tuple((at, value) for at, value in levels if value is not None),
        alarmed=alarmed,
    )


def series(measure: Measure, total: float, **changed: Any) -> Series:
    """Return ten periods of `lambda:checkout` before the onset that add up to the total."""
    fields = {
        "id": f"{measure}-{changed.get('version')}",
        "resource": RESOURCE,
        "measure": measure,
        "period_seconds": 10,
        "points": tuple((ONSET - 100 + 10 * n, total / 10) for n in range(10)),
    }
    return Series.model_validate({**fields, **changed})


def service(
    resource: str, errors: float, *, throttles: float = 0.0, alarmed: bool = False
) -> tuple[Series, ...]:
    """Return ten requests a second, no errors before the onset, and that many from it on."""
    found = (
        line(resource, "requests", 10.0, 10.0 - throttles),
        line(resource, "errors", 0.0, errors, alarmed=alarmed),
        line(resource, "latency", 50.0, 50.0),
    )
    return (*found, line(resource, "throttles", 0.0, throttles)) if throttles else found


def change(
    resource: str,
    kind: ChangeKind,
    at: int,
    *,
    values: tuple[Scalar, Scalar] = ("1", "2"),
    width: int = 0,
    **changed: Any,
) -> Change:
    """Return a change so many seconds after (or before) the onset, known to within `width`."""
    fields = {
        "id": f"{resource}/{kind}/{at}",
        "resource": resource,
        "kind": kind,
        "setting": {"alias": "live", "concurrency": "reserved_concurrency"}.get(kind, resource),
        "not_before": ONSET + at,
        "at": ONSET + at + width,
        "before": values[0],
        "after": values[1],
    }
    return Change.model_validate({**fields, **changed})


def deployed(resource: str, at: int, **fields: Any) -> Change:
    """Return a deployment of version 2."""
    return change(resource, "alias", at, **fields)


def limited(resource: str, before: int | None, after: int, at: int = -3000) -> Change:
    """Return a change that lowered a function's reserved concurrency, long before the onset."""
    return change(resource, "concurrency", at, values=(before, after))


def state(resource: str, **settings: Scalar) -> ResourceState:
    """Return a resource's settings; a function's alias points to version 2."""
    alias = {"alias": "live", "alias_version": "2", "alias_revision": "r"}
    return ResourceState(
        resource=resource,
        settings={**(alias if resource.startswith("lambda:") else {}), **settings},
    )


def template(
    resource: str, text: str, before: int = 0, after: int = 30, **changed: Any
) -> LogTemplate:
    """Return an error template; new since the onset unless it came before."""
    fields = {
        "id": f"{resource}: {text}",
        "resource": resource,
        "template": OutsiderText.of(text),
        "level": "error",
        "before": before,
        "after": after,
        "first_seen": ONSET - BEFORE if before else ONSET,
    }
    return LogTemplate.model_validate({**fields, **changed})


HEALTHY_RECORD: Final = (
    series("requests", 100, version="3"),
    series("errors", 0, version="3"),
)
"""Traffic of version 3 without an error."""
