"""The section on the evidence, under the ids that the votes cite."""

from collections.abc import Iterator, Sequence
from typing import Final

from functions.postmortem.markup import bullets, section, table
from functions.postmortem.report_input import STATE, ReportInput
from quorum.domain.events import EvidenceFrozen
from quorum.domain.evidence import Bundle, Change, LogTemplate, SeenBefore, Series, Source
from quorum.narrative import (
    Verbatim,
    Words,
    earlier_incidents,
    epoch,
    lasting,
    names,
    number,
    outsider,
    plural,
    settings,
)

Row = tuple[Words, ...]

MOST_ROWS: Final = 30
"""Per table, cited ones first; the bundle has all."""
_SOURCES = ("Source", "Status", "Age", "Detail")
_SERIES = ("Id", "Series", "Period", "Mean before", "Mean since", "Maximum since")
_CHANGES = ("Id", "Setting", "From", "To", "When", "By")
_TEMPLATES = ("Id", "Logged by", "Level", "Before", "Since", "Pattern")
_STATES = ("Id", "Settings at the time")


def evidence(report: ReportInput) -> str:
    """Return the sources, and the cited series, changes, log patterns and settings."""
    frozen, bundle = report.incident.basis, report.bundle
    if frozen is None:
        return section("Evidence", "No evidence was collected.")
    sources = table(_SOURCES, map(_source, frozen.sources))
    if bundle is None:
        return section("Evidence", sources, "The evidence itself cannot be shown, see the gaps.")
    cited = frozenset(report.cited())
    whole = bullets(_whole(report, bundle, frozen))
    seen = bullets(map(_seen, bundle.seen)) if bundle.seen else ""
    parts = (sources, *_tables(bundle, cited), *([seen] if seen else []), whole)
    return section("Evidence", *parts)


def _seen(one: SeenBefore) -> Words:
    """Return a match of the memory, with the ids of its incidents."""
    ids: Words = (" Incidents: ", *names(one.record.incidents), ".")
    return (*earlier_incidents(one), *ids)


def _tables(bundle: Bundle, cited: frozenset[str]) -> Iterator[str]:
    series = [s for s in bundle.series if s.id in cited or s.alarmed][:MOST_ROWS]
    yield table(_SERIES, (_series(s, bundle.onset) for s in series))
    changes = sorted(bundle.changes, key=lambda c: (c.id not in cited, -c.at))[:MOST_ROWS]
    yield table(_CHANGES, map(_change, changes))
    templates = [t for t in bundle.templates if t.id in cited][:MOST_ROWS]
    yield table(_TEMPLATES, map(_template, templates))
    states = [s for s in bundle.states if f"{STATE}{s.resource}" in cited][:MOST_ROWS]
    rows = (((Verbatim(f"{STATE}{s.resource}"),), settings(s.settings)) for s in states)
    yield table(_STATES, rows)


def _whole(report: ReportInput, bundle: Bundle, frozen: EvidenceFrozen) -> Iterator[Words]:
    counts = (
        f"The whole bundle ({len(bundle.series)} series, {plural(len(bundle.changes), 'change')}, "
        f"{plural(len(bundle.templates), 'log pattern')}) is in "
    )
    yield (counts, Verbatim(frozen.key), ", digest ", Verbatim(frozen.evidence), ".")
    missing = report.unresolved()
    if missing:
        yield ("Cited but not in the evidence: ", *names(missing), ".")


def _source(source: Source) -> Row:
    age = "" if source.age_seconds is None else lasting(source.age_seconds)
    detail: Words = (outsider(source.detail),) if source.detail else ("",)
    return (source.name,), (source.status,), (age,), detail


def _series(series: Series, onset: int) -> Row:
    before = [value for at, value in series.points if at < onset]
    since = [value for at, value in series.points if at >= onset]
    version = f" version {series.version}" if series.version else ""
    alarmed = " (alarmed)" if series.alarmed else ""
    if series.logged_since is not None:
        alarmed += f" (from log lines since {epoch(series.logged_since)})"
    return (
        (Verbatim(series.id),),
        (f"{series.statistic} of {series.measure} of ", Verbatim(f"{series.resource}{version}"))
        + ((alarmed,) if alarmed else ()),
        (lasting(series.period_seconds),),
        _mean(before),
        _mean(since),
        (number(max(since)) if since else "no data",),
    )


def _change(change: Change) -> Row:
    when = epoch(change.at)
    if change.not_before != change.at:
        when = f"between {epoch(change.not_before)} and {when}"
    by: Words = (outsider(change.actor),) if change.actor else ("unknown",)
    return (
        (Verbatim(change.id),),
        (Verbatim(f"{change.resource} {change.setting}"),),
        (Verbatim(str(change.before)),),
        (Verbatim(str(change.after)),),
        (when,),
        ("Quorum",) if change.ours else by,
    )


def _template(template: LogTemplate) -> Row:
    version = f" version {template.version}" if template.version else ""
    return (
        (Verbatim(template.id),),
        (Verbatim(f"{template.resource}{version}"),),
        (template.level,),
        (number(template.before),),
        (number(template.after),),
        (outsider(template.template),),
    )


def _mean(values: Sequence[float]) -> Words:
    if not values:
        return ("no data",)
    return (f"{sum(values) / len(values):.4g} over {plural(len(values), 'point')}",)
