"""What the configuration may be, in words, and the rules that span more than one value."""

from typing import Final

from pydantic_core import ErrorDetails

from functions.shared.domain.autonomy import Rule
from functions.shared.domain.catalogue import VERBS, verb
from functions.shared.domain.people import ROLES

OWN_PREFIX: Final = "quorum-"
_WILD: Final = "names with * and ?"

EXPLAINED: Final[dict[str, str]] = {
    "stage": "local, dev or prod",
    "alarm_prefixes": f"a JSON list of prefixes of alarm names, not of Quorum's own {OWN_PREFIX}…",
    "watch": "a JSON list of resources whose settings may be read, service:name with * and ?; "
    "the services are lambda, dynamodb, sqs, ssm and ecs",
    "log_groups": "a JSON list of log groups that may be read, names with *",
    "autonomy": 'a JSON list of {"verb": …, "resources": ["service:name" with * and ?], "mode": '
    "shadow | approve | autonomous}; autonomous only for a verb with an inverse; the verbs are "
    + ", ".join(row.name for row in VERBS),
    "mail_from": "a mail address that SES has verified, together with mail_to",
    "mail_to": "a JSON list of at most 50 mail addresses, together with mail_from",
    "people": 'a JSON list of {"id": …, "name": …, "roles": [' + ", ".join(ROLES) + "]} with "
    '"slack" (a member id), "email" and "subject" (of a token) for each way in that they have',
    "model_id": "an Amazon Bedrock model or inference profile id, together with model_region",
    "model_region": "the model's AWS region, such as us-east-1, together with model_id",
    "service_map_parameter": "the name of an SSM parameter, from the slash: /quorum/service-map",
    "traces": "none, xray or application-signals: where traced dependencies are",
    "audit_trail": "true or false: whether CloudTrail is asked who made a change",
    "approval_seconds": "whole seconds, 60 to 86400",
    "recovery_windows": "1 to 60 evaluation windows of the alarm to wait for its recovery",
    "recovery_cap_seconds": "60 to 3300 seconds to wait for a recovery at most",
    "provisioned_concurrency": "0 (off), or how many warm environments at least, up to 50",
}


def explain(error: ErrorDetails) -> str:
    """Return one line: the key, what is wrong with it, and what it may be."""
    path = [str(part) for part in error["loc"]]
    problem = error["msg"].removeprefix("Value error, ")
    if not path:
        return problem
    if path[0] not in EXPLAINED:
        return f"context key {path[0]!r} is unknown; the keys are {', '.join(EXPLAINED)}"
    return f"context key {'.'.join(path)!r}: {problem}. Allowed: {EXPLAINED[path[0]]}"


def check_prefixes(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """Raise ValueError when a prefix would let Quorum's own alarms in: nothing feeds on itself."""
    for prefix in prefixes:
        if OWN_PREFIX.startswith(prefix) or prefix.startswith(OWN_PREFIX):
            raise ValueError(f"{prefix!r} takes in Quorum's own alarms")
    return prefixes


def check_autonomy(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Raise ValueError for a pattern of another service, and for autonomy without an inverse."""
    for rule in rules:
        service = rule.verb.partition(".")[0]
        for pattern in rule.resources:
            kind, _, name = pattern.partition(":")
            if kind != service or not name or not set(name).isdisjoint("[]{}$ "):
                raise ValueError(f"{pattern!r} must be {service}:name, {_WILD}, for {rule.verb}")
        if rule.mode == "autonomous" and not verb(rule.verb).reversible:
            raise ValueError(f"{rule.verb} has no inverse, so it is never autonomous")
    return rules


def check_together(name: str, value: object, other: str, partner: object) -> None:
    """Raise ValueError when one of a pair is set and the other is not."""
    if bool(value) != bool(partner):
        missing, given = (other, name) if value else (name, other)
        raise ValueError(
            f"context key {missing!r} is missing while {given!r} is set. "
            f"Allowed: {EXPLAINED[missing]}"
        )
