"""Allowed values of the configuration, as texts for error messages, and cross-field rules."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from pydantic_core import ErrorDetails

from quorum.domain.autonomy import Rule
from quorum.domain.catalogue import VERBS, verb
from quorum.domain.embedding_models import DIMENSIONS, embedding_model
from quorum.domain.errors import InvalidInputError
from quorum.domain.notification_routes import CHANNELS, ChannelName, Routes
from quorum.domain.people import ROLES
from quorum.domain.resource_patterns import canonical, is_parameter, missing_prefix
from quorum.domain.vector_engines import Engine, require_dimensions
from quorum.services.rows import KINDS, is_readable

OWN_PREFIX: Final = "quorum-"
MemoryChoice = Literal["dynamodb", "opensearch-serverless", "opensearch-domain", "off"]
ENGINES: Final[Mapping[MemoryChoice, Engine]] = {
    "dynamodb": "dynamodb",
    "opensearch-serverless": "faiss",
    "opensearch-domain": "lucene",
}
"""The engine of the vector index of each choice."""
SECRETS_HOLD: Final = {
    "slack": '{"token": "xoxb-…", "channel": "C…", "signing_secret": …, "team": "T…", "app": "A…"}',
    "pagerduty": '{"routing_key": …}',
    "webhook": '{"url": "https://…", "secret": "whsec_…"}',
}
_WILD: Final = "names with * and ?"

EXPLAINED: Final[dict[str, str]] = {
    "stage": "local, dev or prod",
    "alarm_prefixes": "a JSON list of alarm name prefixes, none of which matches Quorum's own "
    f"alarms ({OWN_PREFIX}…)",
    "alarm_tags": 'a JSON object of at most 10 tags with their values, such as {"quorum": "on"}; '
    "an alarm with any of them is opted in",
    "watch": "a JSON list of resources whose settings may be read, service:name with * and ?; "
    f"services: {', '.join(k.name for k in KINDS.values() if is_readable(k))}; default: all "
    "functions, tables, queues and services of ECS; not parameters, because reading a parameter's "
    "settings also reads its value",
    "log_groups": "a JSON list of names of log groups that may be read, with *",
    "autonomy": 'a JSON list of {"verb": …, "resources": ["service:name" with * and ?], "mode": '
    "shadow | approve | autonomous}; autonomous only for a verb with an inverse; the verbs are "
    + ", ".join(row.name for row in VERBS),
    "encryption_keys": "a JSON list of at most 20 ARNs of KMS keys, not of aliases: "
    "arn:aws:kms:REGION:ACCOUNT:key/ID",
    "mail_from": "a mail address that is verified in SES, together with mail_to",
    "mail_to": "a JSON list of at most 50 mail addresses, together with mail_from",
    "channels": "a JSON list of " + ", ".join(CHANNELS) + ", in order of preference: a message "
    "goes to the first one that is neither down nor over its rate; default: email if mail_to is "
    "set",
    "pages": "a JSON list like channels; messages that need a person go there in addition",
    "channel_secrets": "a JSON object that maps channels to names of their secrets in Secrets "
    "Manager: " + ", ".join(f"{name} holds {holds}" for name, holds in SECRETS_HOLD.items()),
    "console_url": "the console's URL, for links in messages: https://…",
    "people": 'a JSON list of {"id": …, "name": …, "roles": [' + ", ".join(ROLES) + "]}, each with "
    'any of "slack" (a member id), "email" and "subject" (of a token), by which they sign in or '
    "answer",
    "token_issuer": "in stage local only, the URL of its token issuer: http://127.0.0.1:PORT",
    "model_id": "an Amazon Bedrock model or inference profile id, together with model_region",
    "model_region": "the model's AWS region, such as us-east-1, together with model_id",
    "model_daily_tokens": "10000 to 1000000000 tokens per day (UTC) for each of the three seats "
    "that use the model; over budget, a seat falls back to its second method",
    "memory": "dynamodb, opensearch-serverless, opensearch-domain or off",
    "memory_endpoint": "in stage local only, the URL of its OpenSearch: http://127.0.0.1:PORT",
    "embedding_model": " or ".join(DIMENSIONS),
    "embedding_dimensions": "; ".join(
        f"{' or '.join(map(str, offered))} of {name}" for name, offered in DIMENSIONS.items()
    ),
    "service_map_parameter": "the name of an SSM parameter with its leading slash, such as "
    "/quorum/service-map",
    "traces": "none, xray or application-signals: the source of traced dependencies",
    "audit_trail": "true or false: query CloudTrail for the author of a change",
    "approval_seconds": "60 to 86400 whole seconds to answer an approval request",
    "recovery_windows": "1 to 60 evaluation windows of the alarm to wait for its recovery",
    "recovery_cap_seconds": "60 to 3300 seconds to wait for a recovery at most",
    "provisioned_concurrency": "0 (off) to 50 warm environments per function on the critical path",
    "door_concurrency": "0 (off) to 50: reserved concurrency of the function behind Slack's "
    "request URL; AWS requires 100 concurrent executions of the account to stay unreserved",
    "concurrency_quota": "1 to 1000000: the account's quota of concurrent executions in the "
    "region, which `aws lambda get-account-settings` shows",
}


def check_channels(routes: Routes, secrets: Mapping[ChannelName, str], *, mail: bool) -> None:
    """Raise ValueError for a channel without address or secret, listed twice, or unused."""
    for name in dict.fromkeys((*routes.channels, *routes.pages)):
        if name == "email" and not mail:
            _missing("mail_to", name)
        if name != "email" and name not in secrets:
            _missing("channel_secrets", name)
    for key, leg in (("channels", routes.channels), ("pages", routes.pages)):
        if len(set(leg)) < len(leg):
            raise ValueError(f"context key {key!r} lists a channel twice")
    unused = set(secrets) - {*routes.channels, *routes.pages}
    if unused:
        raise ValueError(
            f"context key 'channel_secrets' has {', '.join(sorted(unused))}, which is in neither "
            "'channels' nor 'pages'"
        )


def _missing(key: str, channel: str) -> None:
    raise ValueError(
        f"context key {key!r} has no entry for {channel}, which 'channels' or 'pages' lists. "
        f"Allowed: {EXPLAINED[key]}"
    )


def explain(error: ErrorDetails) -> str:
    """Return one line with the key, the problem and the allowed values."""
    path = [str(part) for part in error["loc"]]
    problem = error["msg"].removeprefix("Value error, ")
    if not path:
        return problem
    if path[0] not in EXPLAINED:
        return f"context key {path[0]!r} is unknown; the keys are {', '.join(EXPLAINED)}"
    return f"context key {'.'.join(path)!r}: {problem}. Allowed: {EXPLAINED[path[0]]}"


def check_prefixes(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """Raise ValueError for a prefix that matches Quorum's own alarms, which open no incident."""
    for prefix in prefixes:
        if OWN_PREFIX.startswith(prefix) or prefix.startswith(OWN_PREFIX):
            raise ValueError(f"{prefix!r} matches Quorum's own alarms")
    return prefixes


def check_watch(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Raise ValueError for a pattern of a kind whose settings are not read."""
    for pattern in patterns:
        row = KINDS.get(pattern.partition(":")[0])
        if row is None or not is_readable(row):
            raise ValueError(f"{pattern!r} is of no service whose settings are read")
    return patterns


def check_issuer(issuer: str | None, *, on_aws: bool) -> None:
    """Raise ValueError for an issuer on AWS, where the user pool is the only one."""
    if issuer and on_aws:
        raise ValueError(
            f"context key 'token_issuer' is for stage local. Allowed: {EXPLAINED['token_issuer']}"
        )


def check_memory(memory: MemoryChoice, endpoint: str | None, *, on_aws: bool) -> None:
    """Raise ValueError for a laptop's OpenSearch on AWS, or a laptop's choice without one."""
    searches = memory.startswith("opensearch")
    if endpoint and (on_aws or not searches):
        raise ValueError(
            "context key 'memory_endpoint' is for stage local with an opensearch memory. "
            f"Allowed: {EXPLAINED['memory_endpoint']}"
        )
    if searches and not on_aws and not endpoint:
        raise ValueError(
            f"context key 'memory' is {memory}, and the emulator has no OpenSearch. Set "
            f"'memory_endpoint': {EXPLAINED['memory_endpoint']}"
        )


def check_embedding(memory: MemoryChoice, model_id: str, dimensions: int | None) -> None:
    """Raise ValueError for vectors that the model does not have or the engine does not take."""
    try:
        model = embedding_model(model_id, dimensions)
        if memory in ENGINES:
            require_dimensions(ENGINES[memory], model)
    except InvalidInputError as error:
        raise ValueError(
            f"context keys 'embedding_model' and 'embedding_dimensions': {error}. "
            f"Allowed: {EXPLAINED['embedding_dimensions']}"
        ) from error


def check_autonomy(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Raise ValueError for another service's resources, and for autonomy without an inverse."""
    for rule in rules:
        service = rule.verb.partition(".")[0]
        for pattern in rule.resources:
            name = pattern.partition(":")[2]
            if missing_prefix(rule.verb, pattern) or not name or not set(name).isdisjoint("[]{}$ "):
                raise ValueError(f"{pattern!r} must be {service}:name, {_WILD}, for {rule.verb}")
        if rule.mode == "autonomous" and not verb(rule.verb).reversible:
            raise ValueError(f"{rule.verb} has no inverse, so it cannot be autonomous")
    return tuple(
        rule.model_copy(update={"resources": tuple(map(canonical, rule.resources))})
        for rule in rules
    )


def lone_queues(rules: Iterable[Rule]) -> list[str]:
    """Return the queues that may be redriven while no rule names a second queue beside them."""
    patterns = [
        pattern
        for rule in rules
        if rule.verb == "sqs.redrive" and rule.mode != "shadow"
        for pattern in rule.resources
    ]
    return patterns if len(patterns) == 1 and set(patterns[0]).isdisjoint("*?") else []


def check_parameters(watch: Iterable[str], rules: Iterable[Rule]) -> None:
    """Raise ValueError when `autonomy` has parameters to restore but `watch` has none to read."""
    wanted = any(
        is_parameter(pattern) for r in rules if r.mode != "shadow" for pattern in r.resources
    )
    if wanted and not any(map(is_parameter, watch)):
        raise ValueError(
            "context key 'watch' lists no parameters, but 'autonomy' restores some, and only "
            f"watched ones can be read. Allowed: {EXPLAINED['watch']}"
        )


def check_together(name: str, value: object, other: str, partner: object) -> None:
    """Raise ValueError when only one of two keys is set."""
    if bool(value) != bool(partner):
        missing, given = (other, name) if value else (name, other)
        raise ValueError(
            f"context key {missing!r} is missing while {given!r} is set. "
            f"Allowed: {EXPLAINED[missing]}"
        )
