"""Rows of the evidence tables."""

from collections.abc import Sequence

from quorum.domain.evidence import Change, LogTemplate, Series, Source
from quorum.narrative import Verbatim, Words, epoch, lasting, number, outsider, plural

Row = tuple[Words, ...]

SOURCES = ("Source", "Status", "Age", "Detail")
SERIES = ("Id", "Series", "Every", "Mean before", "Mean since", "Highest since")
CHANGES = ("Id", "Changed", "From", "To", "When", "By")
TEMPLATES = ("Id", "Logged by", "Level", "Before", "Since", "Pattern")


def source_row(source: Source) -> Row:
    """How a source did."""
    age = "" if source.age_seconds is None else lasting(source.age_seconds)
    detail: Words = (outsider(source.detail),) if source.detail else ("",)
    return (source.name,), (source.status,), (age,), detail


def series_row(series: Series, onset: int) -> Row:
    """A series before the onset and since."""
    before = [value for at, value in series.points if at < onset]
    since = [value for at, value in series.points if at >= onset]
    version = f" version {series.version}" if series.version else ""
    alarmed = " (the alarm's own)" if series.alarmed else ""
    return (
        (Verbatim(series.id),),
        (f"{series.statistic} of {series.measure} of ", Verbatim(f"{series.resource}{version}"))
        + ((alarmed,) if alarmed else ()),
        (lasting(series.period_seconds),),
        _mean(before),
        _mean(since),
        (number(max(since)) if since else "no data",),
    )


def change_row(change: Change) -> Row:
    """A change: what, from, to, when, by whom."""
    when = epoch(change.at)
    if change.not_before != change.at:
        when = f"between {epoch(change.not_before)} and {when}"
    by: Words = (outsider(change.actor),) if change.actor else ("not known",)
    return (
        (Verbatim(change.id),),
        (Verbatim(f"{change.resource} {change.setting}"),),
        (Verbatim(str(change.before)),),
        (Verbatim(str(change.after)),),
        (when,),
        ("Quorum itself",) if change.ours else by,
    )


def template_row(template: LogTemplate) -> Row:
    """A pattern of log lines, before the onset and since."""
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
