"""The post-mortem as Markdown, from the event log and the frozen evidence alone."""

from decimal import Decimal

from functions.postmortem import prices
from functions.postmortem.markup import bullets, section, table
from functions.postmortem.receipt import LEFT_OUT, Receipt
from functions.postmortem.report_input import ReportInput
from functions.postmortem.sections.action import action_and_undo, verification
from functions.postmortem.sections.evidence import evidence
from functions.postmortem.sections.overview import chronology, impact, summary
from functions.postmortem.sections.voting import decision, votes
from quorum.narrative import Verbatim, Words, gaps, markdown, names, outsider, plural


def report(found: ReportInput, paid: Receipt) -> str:
    """Return the whole report."""
    name = outsider(found.incident.opened.alarm.name)
    return (
        "\n\n".join(
            [
                f"# Post-mortem: {markdown((name,))}",
                summary(found),
                impact(found),
                chronology(found),
                evidence(found),
                votes(found),
                decision(found),
                action_and_undo(found),
                verification(found),
                _gaps(found, paid),
                _receipt(paid),
                _sources(found),
            ]
        )
        + "\n"
    )


def _gaps(found: ReportInput, paid: Receipt) -> str:
    lines = [*gaps(found.incident), *found.problems]
    missing = found.unresolved()
    if missing:
        lines.append(("Cited but not in the evidence: ", *names(missing), "."))
    if not paid.complete:
        lines.append(("Part of the cost is unknown, see the receipt.",))
    lines.append(("The cause is not proven: seats vote on actions, and agreement is not proof.",))
    return section("Gaps", bullets(lines))


def _receipt(paid: Receipt) -> str:
    rows = [(item.what, (dollars(item.microdollars),), (item.source,)) for item in paid.items]
    total = dollars(paid.microdollars) if paid.complete else f"{dollars(paid.microdollars)} + ?"
    lines: list[Words] = [
        (f"Known total: {total}, at the list prices of us-east-1 on {prices.CHECKED}.",),
        ("A laptop run costs nothing; this is what the same run would cost on AWS.",),
        *_rounds(paid),
        *paid.notes,
        *((f"Not included: {what}.",) for what in LEFT_OUT),
    ]
    return section("Receipt", table(("Item", "Cost", "Price source"), rows), bullets(lines))


def _rounds(paid: Receipt) -> list[Words]:
    """Return the cost of each round as one sentence; nothing for a single round."""
    if len(paid.rounds) == 1:
        return []
    parts = (f"round {n} {dollars(cost)}" for n, cost in enumerate(paid.rounds, start=1))
    return [(f"Known cost of each round: {', '.join(parts)}.",)]


def dollars(microdollars: Decimal | int | None) -> str:
    """Return the amount in US dollars, or `unknown` for None."""
    return "unknown" if microdollars is None else f"${Decimal(microdollars) / prices.MICRO:.6f}"


def _sources(found: ReportInput) -> str:
    count = plural(len(found.events), "event")
    return section(
        "Sources",
        bullets(
            [
                (f"{count} of incident ", Verbatim(found.incident.incident_id), "."),
                ("Digest of the newest event: ", Verbatim(found.incident.head), "."),
            ]
        ),
    )
