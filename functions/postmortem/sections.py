"""Summary, impact, timeline, decision and what was done, each from the facts."""

from collections.abc import Iterator

from functions.postmortem.case import Case
from functions.postmortem.markup import bullets, section, table
from quorum.domain.events import affected
from quorum.domain.evidence import Bundle, Series
from quorum.domain.incident import Incident
from quorum.narrative import (
    OUTCOMES,
    THRESHOLD_BP,
    SeatRow,
    Verbatim,
    Words,
    action,
    beside_the_quorum,
    decision_words,
    instant,
    join,
    lasting,
    names,
    number,
    outsider,
    seat_rows,
    share,
    timeline,
)


def summary(case: Case) -> str:
    """The outcome, what fired, what was decided and done, and how long it took."""
    return section("Summary", bullets(_summary(case)))


def _summary(case: Case) -> Iterator[Words]:
    incident = case.incident
    closed, decision, taken = incident.closed, incident.decision, incident.taken
    yield (f"Outcome: {OUTCOMES[closed.outcome]}." if closed else "Not closed yet.",)
    yield ("Alarm: ", outsider(incident.opened.alarm.name), " on ", *_resources(case), ".")
    if decision:
        yield decision_words(decision, case.known)
    if taken:
        yield ("Done ", *_on_whose_word(incident), ": ", *action(taken.action, case.known), ".")
    if incident.undone:
        yield ("It was undone.",)
    yield (" ".join(_times(case)),)


def _on_whose_word(incident: Incident) -> Words:
    if incident.captured is None or incident.captured.approval_id is None:
        return ("autonomously",)
    by = incident.answer.by if incident.answer else None
    return ("after the approval of ", outsider(by or "a person"))


def _times(case: Case) -> Iterator[str]:
    incident, fired = case.incident, case.incident.opened.alarm.fired_at
    moments = (
        ("opened", incident.opened),
        ("decided", incident.decision),
        ("done", incident.taken),
        ("checked", incident.checked),
        ("closed", incident.closed),
    )
    yield "After the alarm:"
    told = [(name, fact.occurred_at - fired) for name, fact in moments if fact is not None]
    yield ", ".join(f"{name} {lasting(after.total_seconds())}" for name, after in told) + "."


def _resources(case: Case) -> Words:
    found = affected(case.alarms)
    return names(found) if found else ("no known resource",)


def impact(case: Case) -> str:
    """What was measured of the damage, and over which time."""
    lines = [*_measured(case)] or [("Nothing of the impact was measured.",)]
    scope: Words = ("What users saw beyond these numbers was not measured.",)
    return section("Impact", bullets([*lines, scope]))


def _measured(case: Case) -> Iterator[Words]:
    bundle = case.bundle
    if bundle is None:
        return
    for series in bundle.series:
        counts = series.measure in {"requests", "errors"} and series.statistic == "Sum"
        if counts and series.version is None and series.resource in affected(case.alarms):
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


def what_happened(case: Case) -> str:
    """One line per fact."""
    start = case.incident.opened.alarm.fired_at
    rows = (
        (
            (instant(line.at),),
            (f"{(line.at - start).total_seconds():+.1f} s",),
            line.words,
            (Verbatim(str(line.version)),),
        )
        for line in timeline(case.events)
    )
    return section("Timeline", table(("Time", "After the alarm", "What", "Fact"), rows))


def votes(case: Case) -> str:
    """Who voted what and why, and the best single voter beside the quorum."""
    decision = case.incident.decision
    if decision is None:
        return section("Votes", "Nobody voted.")
    rows = map(_vote, seat_rows(decision, case.known))
    head = ("Seat", "Method", "Vote", "Confidence", "Why", "Rests on", "Better methods that failed")
    beside = bullets([beside_the_quorum(decision, case.known)])
    return section("Votes", table(head, rows), "The best single voter:", beside)


def _vote(row: SeatRow) -> tuple[Words, ...]:
    return (
        (Verbatim(row.seat),),
        (Verbatim(row.tier),) if row.tier else ("none",),
        row.action,
        ("" if row.conf_bp is None else share(row.conf_bp),),
        (row.reason,),
        names(row.cites),
        join([(outsider(why),) for why in row.skipped]),
    )


def decision(case: Case) -> str:
    """The decision against the threshold, and the ranking for people."""
    made = case.incident.decision
    if made is None:
        return section("Decision", "No decision was recorded.")
    rows = ((action(which, case.known), (share(score),)) for which, score in made.ranking)
    threshold: Words = (f"Threshold to act without a person: {share(THRESHOLD_BP)}, inclusive.",)
    ranking = table(("Action", "Score"), rows)
    return section("Decision", bullets([decision_words(made, case.known), threshold]), ranking)
