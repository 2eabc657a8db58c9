"""The coverage as a report for people, in Markdown."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from stacks.doctor.coverage import Covered


def report(found: Sequence[Covered], account: str, region: str, at: datetime) -> str:
    """Return the report; text from alarms and resources is escaped."""
    whole = sum(not one.missing for one in found)
    lines = [
        "# Coverage",
        "",
        f"Account {account}, {region}, {at:%Y-%m-%d %H:%M} UTC: {len(found)} alarms are opted in, "
        f"{whole} of them with nothing missing.",
        "",
        "| alarm | resources | could propose | missing |",
        "| --- | --- | --- | --- |",
        *(_row(one) for one in found),
        "",
        *(line for one in found for line in _section(one)),
    ]
    return "\n".join(lines)


def _row(one: Covered) -> str:
    verbs = dict.fromkeys(f"{p.verb} ({p.mode})" for p in one.possible)
    cells = (one.alarm, ", ".join(one.resources), ", ".join(verbs), str(len(one.missing)))
    return f"| {' | '.join(escaped(cell) or 'none' for cell in cells)} |"


def _section(one: Covered) -> Iterator[str]:
    yield f"## {escaped(one.alarm)}"
    yield ""
    yield f"- **Resources**: {_list(one.resources)}"
    yield f"- **In scope**: {_list(one.scope)}"
    yield f"- **Signals**: {_list(one.signals)}"
    yield f"- **Logs**: {_list(one.logs)}"
    changes = (f"{t.at:%Y-%m-%d %H:%M} UTC {t.summary}" for t in one.transitions)
    yield f"- **Last transitions**: {_list(changes)}"
    for action in one.possible:
        yield f"- **Possible**: {escaped(action.verb)} on {escaped(action.resource)}, {action.mode}"
    for missing in one.missing:
        yield f"- **Missing**: {escaped(missing)}"
    yield ""


def _list(texts: Iterable[str]) -> str:
    return ", ".join(map(escaped, texts)) or "none"


def escaped(text: str) -> str:
    """Return the text without effect as Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", " ".join(text.split()))
