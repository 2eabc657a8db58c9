"""The sections on the incident as a whole: summary, impact, timeline."""

from collections.abc import Iterator

from functions.postmortem.markup import bullets, section, table
from functions.postmortem.report_input import ReportInput
from quorum.domain.events import affected
from quorum.domain.evidence import Bundle, Series
from quorum.domain.incident import Incident
from quorum.narrative import (
    OUTCOMES,
    Verbatim,
    Words,
    action,
    decision_words,
    instant,
    lasting,
    likely_cause,
    names,
    number,
    outsider,
    timeline,
    tried,
)


def summary(report: ReportInput) -> str:
    """Return the outcome, the alarm, the likely cause, the decision, the action and the times."""
    return section("Summary", bullets(_summary(report)))


def _summary(report: ReportInput) -> Iterator[Words]:
    incident = report.incident
    closed, decision, taken = incident.closed, incident.decision, incident.taken
    yield (f"Outcome: {OUTCOMES[closed.outcome]}." if closed else "Not closed yet.",)
    alarm, since = incident.opened.alarm, instant(incident.opened.alarm.fired_at)
    yield ("Alarm: ", outsider(alarm.name), " on ", *_resources(report), f", since {since}.")
    cause = likely_cause(decision.action, report.known) if decision else ()
    if cause:
        yield ("Most likely cause: ", *cause, ".")
    yield from tried(incident, report.known)
    if decision:
        yield decision_words(decision, report.known)
    if taken:
        what = action(taken.action, report.known)
        yield ("Action taken ", *_authority(incident), ": ", *what, ".")
    if incident.undone:
        yield ("The action was undone.",)
    yield (" ".join(_times(report)),)


def _authority(incident: Incident) -> Words:
    if incident.captured is None or incident.captured.approval_id is None:
        return ("automatically",)
    by = incident.answer.by if incident.answer else None
    return ("with the approval of ", outsider(by or "a person"))


def _times(report: ReportInput) -> Iterator[str]:
    incident, fired = report.incident, report.incident.opened.alarm.fired_at
    steps = (
        ("opened", incident.opened),
        ("decided", incident.decision),
        ("acted", incident.taken),
        ("checked", incident.checked),
        ("closed", incident.closed),
    )
    yield "After the alarm:"
    times = [(name, event.occurred_at - fired) for name, event in steps if event is not None]
    yield ", ".join(f"{name} {lasting(after.total_seconds())}" for name, after in times) + "."


def _resources(report: ReportInput) -> Words:
    found = affected(report.alarms)
    return names(found) if found else ("no known resource",)


def impact(report: ReportInput) -> str:
    """Return the measured damage to the alarmed resources, and the time it covers."""
    lines = [*_measured(report)] or [("The impact was not measured.",)]
    scope: Words = ("Impact on users beyond these numbers was not measured.",)
    return section("Impact", bullets([*lines, scope]))


def _measured(report: ReportInput) -> Iterator[Words]:
    bundle = report.bundle
    if bundle is None:
        return
    for series in bundle.series:
        counts = series.measure in {"requests", "errors"} and series.statistic == "Sum"
        if counts and series.version is None and series.resource in affected(report.alarms):
            yield _count(series, bundle)


def _count(series: Series, bundle: Bundle) -> Words:
    since = [value for at, value in series.points if at >= bundle.onset]
    counted = f"{number(sum(since))} {series.measure}" if since else f"no data on {series.measure}"
    return (
        Verbatim(series.resource),
        f": {counted} from the onset until {instant(bundle.taken_at)}, in series ",
        Verbatim(series.id),
        ".",
    )


def chronology(report: ReportInput) -> str:
    """Return the timeline, one row per event."""
    start = report.incident.opened.alarm.fired_at
    rows = (
        (
            (instant(line.at),),
            (f"{(line.at - start).total_seconds():+.1f} s",),
            line.words,
            (Verbatim(str(line.version)),),
        )
        for line in timeline(report.events)
    )
    return section("Timeline", table(("Time", "After the alarm", "Event", "No."), rows))
