"""Allowed values of the configuration in words, and the rules that span more than one value."""

from collections.abc import Iterable, Mapping
from typing import Final

from pydantic_core import ErrorDetails

from quorum.domain.autonomy import Rule
from quorum.domain.catalogue import VERBS, verb
from quorum.domain.notification_routes import CHANNELS, ChannelName, Routes
from quorum.domain.people import ROLES
from quorum.domain.resource_patterns import canonical, is_parameter, missing_prefix

OWN_PREFIX: Final = "quorum-"
SECRETS_HOLD: Final = {
    "slack": '{"token": "xoxb-…", "channel": "C…", "signing_secret": …, "team": "T…", "app": "A…"}',
    "pagerduty": '{"routing_key": …}',
    "webhook": '{"url": "https://…", "secret": "whsec_…"}',
}
_WILD: Final = "names with * and ?"

EXPLAINED: Final[dict[str, str]] = {
    "stage": "local, dev or prod",
    "alarm_prefixes": f"a JSON list of prefixes of alarm names, not of Quorum's own {OWN_PREFIX}…",
    "alarm_tags": "a JSON object of at most 10 tags with their values, as in "
    '{"quorum": "on"}: an alarm with any of them is opted in',
    "watch": "a JSON list of resources whose settings may be read, service:name with * and ?; "
    "the services are lambda, dynamodb, sqs, ssm and ecs; if absent, all of them but ssm, whose "
    "values could be read",
    "log_groups": "a JSON list of log groups that may be read, names with *",
    "autonomy": 'a JSON list of {"verb": …, "resources": ["service:name" with * and ?], "mode": '
    "shadow | approve | autonomous}; autonomous only for a verb with an inverse; the verbs are "
    + ", ".join(row.name for row in VERBS),
    "mail_from": "a mail address that SES has verified, together with mail_to",
    "mail_to": "a JSON list of at most 50 mail addresses, together with mail_from",
    "channels": "a JSON list of " + ", ".join(CHANNELS) + ": the first that takes a message is "
    "used, the next one when it is down or over its rate; if absent, mail where mail_to is set",
    "pages": "a JSON list like channels, for messages that need a person, beside channels",
    "channel_secrets": "a JSON object of each channel's secret in Secrets Manager, by its name: "
    + ", ".join(f"{name} holds {holds}" for name, holds in SECRETS_HOLD.items()),
    "console_url": "the console's address, for links in messages: https://…; if absent, the API's",
    "people": 'a JSON list of {"id": …, "name": …, "roles": [' + ", ".join(ROLES) + "]} with "
    '"slack" (a member id), "email" and "subject" (of a token) for each way in which they sign in',
    "token_issuer": "in stage local, the address of its stand-in for a user pool: "
    "http://127.0.0.1:PORT",
    "model_id": "an Amazon Bedrock model or inference profile id, together with model_region",
    "model_region": "the model's AWS region, such as us-east-1, together with model_id",
    "model_daily_tokens": "10000 to 1000000000 tokens that each of the three seats which use the "
    "model may take a day (UTC); beyond it their second methods answer",
    "service_map_parameter": "the name of an SSM parameter, from the slash: /quorum/service-map",
    "traces": "none, xray or application-signals: the source of traced dependencies",
    "audit_trail": "true or false: query CloudTrail for the actor of a change, or not",
    "approval_seconds": "whole seconds, 60 to 86400",
    "recovery_windows": "1 to 60 evaluation windows of the alarm to wait for its recovery",
    "recovery_cap_seconds": "60 to 3300 seconds to wait for a recovery at most",
    "provisioned_concurrency": "0 (off), or the least number of warm environments, up to 50",
    "door_concurrency": "0 (off), or the concurrent executions reserved for Slack's requests, "
    "which they cannot exceed, up to 50; AWS requires 100 of the account's to stay unreserved",
}


def check_channels(routes: Routes, secrets: Mapping[ChannelName, str], *, mail: bool) -> None:
    """Raise ValueError for a channel that lacks what it is reached by, or is named for nothing."""
    for name in dict.fromkeys((*routes.channels, *routes.pages)):
        if name == "email" and not mail:
            _missing("mail_to", name)
        if name != "email" and name not in secrets:
            _missing("channel_secrets", name)
    for key, leg in (("channels", routes.channels), ("pages", routes.pages)):
        if len(set(leg)) < len(leg):
            raise ValueError(f"context key {key!r} names a channel twice")
    idle = set(secrets) - {*routes.channels, *routes.pages}
    if idle:
        raise ValueError(
            f"context key 'channel_secrets' names {', '.join(sorted(idle))}, which neither "
            "'channels' nor 'pages' does"
        )


def _missing(key: str, channel: str) -> None:
    raise ValueError(
        f"context key {key!r} says nothing of {channel}, which 'channels' or 'pages' names. "
        f"Allowed: {EXPLAINED[key]}"
    )


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


def check_issuer(issuer: str | None, *, on_aws: bool) -> None:
    """Raise ValueError where the stage has a pool of its own: nobody else signs people in."""
    if issuer and on_aws:
        raise ValueError(
            f"context key 'token_issuer' is for no account. Allowed: {EXPLAINED['token_issuer']}"
        )


def check_autonomy(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Raise ValueError for a pattern of another service, and for autonomy without an inverse."""
    for rule in rules:
        service = rule.verb.partition(".")[0]
        for pattern in rule.resources:
            name = pattern.partition(":")[2]
            if missing_prefix(rule.verb, pattern) or not name or not set(name).isdisjoint("[]{}$ "):
                raise ValueError(f"{pattern!r} must be {service}:name, {_WILD}, for {rule.verb}")
        if rule.mode == "autonomous" and not verb(rule.verb).reversible:
            raise ValueError(f"{rule.verb} has no inverse, so it is never autonomous")
    return tuple(
        rule.model_copy(update={"resources": tuple(map(canonical, rule.resources))})
        for rule in rules
    )


def check_parameters(watch: Iterable[str], rules: Iterable[Rule]) -> None:
    """Raise ValueError when parameters are to be restored that nothing may read."""
    wanted = any(
        is_parameter(pattern) for r in rules if r.mode != "shadow" for pattern in r.resources
    )
    if wanted and not any(map(is_parameter, watch)):
        raise ValueError(
            "context key 'watch' names no parameters, which 'autonomy' lets be restored: their "
            f"values are read only where it does. Allowed: {EXPLAINED['watch']}"
        )


def check_together(name: str, value: object, other: str, partner: object) -> None:
    """Raise ValueError when one of a pair is set and the other is not."""
    if bool(value) != bool(partner):
        missing, given = (other, name) if value else (name, other)
        raise ValueError(
            f"context key {missing!r} is missing while {given!r} is set. "
            f"Allowed: {EXPLAINED[missing]}"
        )
