"""Possible damage by each compromised role, as docs/threat-model.md prints it.

python -m tests.attacks.threats            prints it
python -m tests.attacks.threats --write    puts it into the page, between the marks

Derived from the synthesised policies and the domain's trust table. A permission that has no
description here is an error: a new permission has to be thought about.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from quorum.domain.notification_routes import CHANNELS
from quorum.domain.trust import STORES
from stacks.config import Config
from tests.attacks.cloud.configured import ATTACKED
from tests.attacks.cloud.deployed import Deployed
from tests.attacks.cloud.policies import Identity, Statement
from tests.attacks.cloud.roles import iam
from tests.attacks.trusting import effect, misleads, reads_for_evidence, signs_grants
from tests.infrastructure.conftest import synthesise

PAGE: Final = Path(__file__).parents[2] / "docs" / "threat-model.md"
COMMAND: Final = "python -m tests.attacks.threats --write"
FIRST, LAST = f"<!-- roles: {COMMAND} -->", "<!-- end of roles -->"
LEVELS: Final = (
    "trusted for effect",
    "can make honest seats vote for harm",
    "can lift a guard",
    "one vote of ten",
    "can delay, mislead or silence",
    "no harm",
)
EFFECT, MISLEADS, KEEPS, VOTES, SILENCES, READS = range(len(LEVELS))
READING: Final = (
    "Get",
    "List",
    "Describe",
    "Query",
    "Scan",
    "BatchGet",
    "Lookup",
    "Search",
    "Filter",
)
TELEMETRY: Final = (
    "logs:",
    "xray:",
    "cloudwatch:PutMetricData",
)
CLAIMS: Final = {
    "open#*": "reserve an alarm's resources, so that new alarms join the wrong incident",
    "seen#*": "mark an alarm's state change as already handled",
    "closed#*": "change the recorded end of an alarm's last incident, for readers of that record",
    "press#*": "mark a Slack interaction as already handled",
    "coverage#*": "mislead the console's page on the coverage of alarms",
    "mention#*": "mark a question in Slack as already answered",
    "mention-quota#*": "use up a person's questions in Slack for an hour",
    "bark#*": "delay the watchdog's next alert about an incident",
    "rate#channel#*": "use up a channel's rate: notifications wait, and an own alarm fires",
    "rate#api#*": "use up an API's rate: evidence is missing, and a person decides",
    "stop": "set or lift the stop switch of an earlier version",
}
Says = Callable[[str, str], tuple[int, str]]
"""From a resource's short name, and a leading key or nothing, to a level and words."""


CALLS: Final = "call "


class Can(NamedTuple):
    """One thing that a role can cause."""

    level: int
    words: str


def _table(name: str, key: str) -> tuple[int, str]:
    store = next((s for s in STORES if s.key in {f"table:{name}", f"votes:{name[6:]}"}), None)
    if name.startswith("votes-"):
        return VOTES, "sign one vote of ten, for any candidate"
    if store is not None:
        return KEEPS, f"change {store.holds} (`{name}`)"
    if name == "operations":
        return SILENCES, _claim(key)
    return SILENCES, TABLES[name]


TABLES: Final = {
    "events": "write anything into the event log, which can hold effects back and never permit one",
    "view": "show an incident in a state that the log does not bear out",
    "memory": "make one seat (history) rely on false past incidents",
    "knowledge": "show people false earlier incidents, which no seat reads",
    "inventory": "forge the earlier state of resources, which evidence relies on",
    "notifications": "mark people as notified who were not",
}


def _claim(key: str) -> str:
    kind, _, of = key.partition("#")
    if kind == "budget":
        return "use up a model's daily budget"
    if kind == "breaker":
        named = "the memory of texts" if of == "memory" else of.replace("model-", "the model of ")
        behind = "a channel" if of in CHANNELS else named
        return f"open the circuit breaker of {behind}"
    return CLAIMS[key]


def _queue(name: str, _: str) -> tuple[int, str]:
    return SILENCES, {
        "outbox": "send people another notification about an incident",
        "dead-letters": "fill the dead-letter queue, which fires an own alarm",
        "alarms": "send alarm events that did not come from CloudWatch",
    }[name]


def _taken(name: str, _: str) -> tuple[int, str]:
    return SILENCES, {
        "outbox": "remove notifications before they are sent",
        "alarms": "remove alarm events before intake handles them",
    }[name]


def _called(name: str, _: str) -> tuple[int, str]:
    return SILENCES, f"{CALLS}{name}"


ACTIONS: Final[Mapping[str, Says]] = {
    "dynamodb:PutItem": _table,
    "dynamodb:UpdateItem": _table,
    "dynamodb:DeleteItem": _table,
    "sqs:SendMessage": _queue,
    "sqs:DeleteMessage": _taken,
    "sqs:ReceiveMessage": _taken,
    "lambda:InvokeFunction": _called,
    "s3:PutObject": lambda name, _: {
        "bundles": (MISLEADS, "freeze false evidence"),
        "post-mortems": (SILENCES, "replace a post-mortem"),
    }[name],
    "states:StartExecution": lambda *_: (SILENCES, "start another run for an incident"),
    "states:SendTaskSuccess": lambda *_: (
        SILENCES,
        "end the wait for an answer; the executor reads the grants itself",
    ),
    "kinesis:PutRecords": lambda *_: (SILENCES, "publish false events to the read model"),
    "ses:SendEmail": lambda *_: (SILENCES, "send e-mail in Quorum's name"),
    "secretsmanager:GetSecretValue": lambda *_: (
        SILENCES,
        "post to a channel in Quorum's name, with its secret",
    ),
    "bedrock:InvokeModel": lambda *_: (SILENCES, "spend money on the model"),
    "sts:AssumeRole": lambda *_: (EFFECT, "assume any verb's role"),
}


@cache
def could_cause(deployed: Deployed) -> Mapping[str, tuple[Can, ...]]:
    """Return what every role can cause, the worst first."""
    special: dict[str, list[Can]] = {}
    for name in effect(deployed):
        if name.startswith("verb-"):
            special.setdefault(name, []).append(
                Can(EFFECT, "run its verb on the allowed resources")
            )
    for name in signs_grants(deployed):
        special.setdefault(name, []).append(
            Can(EFFECT, "sign grants and undo orders in people's names")
        )
    for name in misleads(deployed) | reads_for_evidence(deployed):
        special.setdefault(name, []).append(
            Can(MISLEADS, "choose the evidence of ten honest seats")
        )
    found = iam(deployed).identities
    return {
        name: tuple(sorted({*special.get(name, ()), *_own(deployed, identity)}))
        for name, identity in found.items()
    }


def level(deployed: Deployed, role: str) -> int:
    """Return the worst that the role can do."""
    return min((can.level for can in could_cause(deployed)[role]), default=READS)


def _own(deployed: Deployed, identity: Identity) -> Iterator[Can]:
    if identity.boundary is not None:
        if not any(statement.allows for statement in identity.own):
            yield Can(READS, "do nothing: the configuration allows its verb no resource")
        return
    if any("AWSBackupServiceRolePolicyForBackup" in policy for policy in identity.managed):
        yield Can(SILENCES, "read the tables, or not back them up")
    for statement in identity.own:
        yield from _of_statement(deployed, statement)


def _of_statement(deployed: Deployed, statement: Statement) -> Iterator[Can]:
    keys = next((w for _, key, w in statement.conditions if key == "dynamodb:leadingkeys"), ())
    for action in statement.actions:
        service, _, operation = action.partition(":")
        reads = operation.startswith(READING) and action not in ACTIONS
        if reads or action.startswith(TELEMETRY):
            continue
        for resource in statement.resources:
            for key in keys or ("",):
                yield Can(*ACTIONS[action](_short(deployed, service, resource), key))


def _short(deployed: Deployed, service: str, resource: str) -> str:
    prefix = deployed.synth.named("")
    last = resource.rpartition(prefix)[2].removesuffix(":live")
    return resource.split("/")[-2] if service == "s3" else last


def table(deployed: Deployed) -> str:
    """Return the roles, the most trusted first."""
    lines = ["| role | if it is compromised | it can |", "|---|---|---|"]
    for place, words in enumerate(LEVELS):
        for roles, causes in _alike(deployed, place).items():
            lines.append(f"| {', '.join(roles)} | {words} | {_sentence(causes)} |")
    return "\n".join(lines)


def _alike(deployed: Deployed, place: int) -> Mapping[tuple[str, ...], tuple[Can, ...]]:
    """Return the roles of a level; those that can cause the same stand together."""
    found: dict[tuple[Can, ...], list[str]] = {}
    for role, causes in sorted(could_cause(deployed).items()):
        if level(deployed, role) == place:
            found.setdefault(causes, []).append(f"`{_named(role)}`")
    return {tuple(roles): causes for causes, roles in found.items()}


def _named(role: str) -> str:
    return "backups" if role.startswith("BackupRole") else role


def _sentence(causes: Iterable[Can]) -> str:
    words = [can.words for can in causes]
    called = [one.removeprefix(CALLS) for one in words if one.startswith(CALLS)]
    others = [one for one in words if not one.startswith(CALLS)]
    if called:
        others.append(f"call {', '.join(called)}, each of which verifies its own input")
    return "; ".join(others)


def written(page: str, block: str) -> str:
    """Return the page with the block between its marks."""
    before, _, rest = page.partition(f"{FIRST}\n")
    return f"{before}{FIRST}\n\n{block}\n\n{rest[rest.index(LAST) :]}"


def main() -> None:
    """Print it, or write it."""
    os.environ["CDK_VALIDATION"] = "false"
    with tempfile.TemporaryDirectory() as out:
        deployed = Deployed(synthesise(Config.from_context(ATTACKED), Path(out)))
    if "--write" in sys.argv[1:]:
        PAGE.write_text(written(PAGE.read_text(), table(deployed)))
    else:
        print(table(deployed))


if __name__ == "__main__":
    main()
