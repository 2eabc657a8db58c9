"""The post-mortem: Markdown from the facts, and from nothing that somebody remembers."""

from decimal import Decimal

from functions.postmortem import prices
from functions.postmortem.action_section import action_section, verification
from functions.postmortem.case import Case
from functions.postmortem.evidence_section import evidence_section
from functions.postmortem.markup import bullets, section, table
from functions.postmortem.receipt import LEFT_OUT, Receipt
from functions.postmortem.sections import decision, impact, summary, votes, what_happened
from quorum.narrative import Verbatim, Words, gaps, markdown, names, outsider, plural


def report(case: Case, paid: Receipt) -> str:
    """Return the whole report."""
    name = outsider(case.incident.opened.alarm.name)
    return (
        "\n\n".join(
            [
                f"# Post-mortem: {markdown((name,))}",
                summary(case),
                impact(case),
                what_happened(case),
                evidence_section(case),
                votes(case),
                decision(case),
                action_section(case),
                verification(case),
                _gaps(case, paid),
                _receipt(paid),
                _origin(case),
            ]
        )
        + "\n"
    )


def _gaps(case: Case, paid: Receipt) -> str:
    lines = [*gaps(case.incident), *case.problems]
    missing = case.unresolved()
    if missing:
        lines.append(("Cited, and not in the evidence: ", *names(missing), "."))
    if not paid.complete:
        lines.append(("A part of the cost is not known, see the receipt.",))
    lines.append(("The cause itself: votes are about actions, and agreement is not proof.",))
    return section("What we do not know", bullets(lines))


def _receipt(paid: Receipt) -> str:
    rows = [(item.what, (dollars(item.microdollars),), (item.source,)) for item in paid.items]
    total = dollars(paid.microdollars) if paid.complete else f"{dollars(paid.microdollars)} + ?"
    lines: list[Words] = [
        (f"Known sum: {total}, at the list prices of us-east-1 as read on {prices.CHECKED}.",),
        ("On a laptop nobody bills it: it is what the same run would cost on AWS.",),
        *paid.notes,
        *((f"Left out: {what}.",) for what in LEFT_OUT),
    ]
    return section("Receipt", table(("What", "Cost", "Price from"), rows), bullets(lines))


def dollars(microdollars: Decimal | int | None) -> str:
    """Return the amount in dollars, or that it is not known."""
    return "not known" if microdollars is None else f"${Decimal(microdollars) / prices.MICRO:.6f}"


def _origin(case: Case) -> str:
    count = plural(len(case.events), "fact")
    return section(
        "How this was written",
        bullets(
            [
                (f"From {count} of incident ", Verbatim(case.incident.incident_id), "."),
                ("Digest of the newest: ", Verbatim(case.incident.head), "."),
            ]
        ),
    )
