"""The coverage as a report for people, in Markdown."""

import re
from collections.abc import Iterable, Iterator, Sequence

from quorum.domain.autonomy import Mode, Rule, mode
from quorum.domain.coverage import Covered, Possible
from stacks.doctor.coverage import day_and_time
from stacks.doctor.subject import Subject


def report(found: Sequence[Covered], subject: Subject) -> str:
    """Return the report; text from alarms and resources is escaped."""
    at, rules = subject.now(), subject.config.autonomy
    whole = sum(not one.missing for one in found)
    lines = [
        "# Coverage",
        "",
        f"Account {subject.account}, {subject.region}, {at:%Y-%m-%d %H:%M} UTC: "
        f"{len(found)} alarms are opted in, {whole} of them with nothing missing.",
        "",
        "| alarm | resources | could propose | missing |",
        "| --- | --- | --- | --- |",
        *(_row(one, rules) for one in found),
        "",
        *(line for one in found for line in _section(one, rules)),
    ]
    return "\n".join(lines)


def _row(one: Covered, rules: Sequence[Rule]) -> str:
    verbs = dict.fromkeys(f"{p.verb} ({_mode(p, rules)})" for p in one.possible)
    cells = (one.alarm, ", ".join(one.resources), ", ".join(verbs), str(len(one.missing)))
    return f"| {' | '.join(escaped(cell) or 'none' for cell in cells)} |"


def _section(one: Covered, rules: Sequence[Rule]) -> Iterator[str]:
    yield f"## {escaped(one.alarm)}"
    yield ""
    yield f"- **Resources**: {_list(one.resources)}"
    yield f"- **In scope**: {_list(one.scope)}"
    yield f"- **Signals**: {_list(one.signals)}"
    yield f"- **Logs**: {_list(one.logs)}"
    changes = (f"{day_and_time(t)} {t.summary}" for t in one.transitions)
    yield f"- **Last transitions**: {_list(changes)}"
    for action in one.possible:
        what = f"{escaped(action.verb)} on {escaped(action.resource)}"
        yield f"- **Possible**: {what}, {_mode(action, rules)}"
    for missing in one.missing:
        yield f"- **Missing**: {escaped(missing)}"
    yield ""


def _mode(one: Possible, rules: Sequence[Rule]) -> Mode:
    return mode(rules, one.verb, one.resource)


def _list(texts: Iterable[str]) -> str:
    return ", ".join(map(escaped, texts)) or "none"


def escaped(text: str) -> str:
    """Return the text without effect as Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", " ".join(text.split()))
