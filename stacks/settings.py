"""Values of all settings that a row may list; other values than text are JSON.

Lambda limits a function's environment variables to 4 KB in all. Lists that an operator may make
long are therefore in a file of the function's package; the other settings are variables.
"""

import json
from collections.abc import Mapping

from aws_cdk import Aws

from quorum.domain.seats import SEATS
from stacks.config import Config
from stacks.config_rules import OWN_PREFIX
from stacks.functions_table import ROWS, attempt_seconds
from stacks.naming import Names, role_arn
from stacks.resource_arns import ResourceArns
from stacks.rows.row import Row
from stacks.state_machine import Times, definition

TABLES = (
    "events",
    "decisions",
    "executions",
    "approvals",
    "controls",
    "overrides",
    "operations",
    "inventory",
    "view",
    "memory",
    "knowledge",
    "openings",
    "closings",
    "verifications",
    "stop",
    "notifications",
)


PACKAGED = frozenset(
    {
        "ALARM_PREFIXES",
        "ALARM_TAGS",
        "AUTONOMY",
        "CHANNEL_SECRETS",
        "LOG_GROUPS",
        "MAIL_TO",
        "PEOPLE",
        "WATCH",
    }
)
"""The settings in the package. None of them refers to a resource, so synth knows their values."""


def packaged(row: Row, config: Config) -> dict[str, str]:
    """Return the row's settings that its package holds."""
    values = _values(config)
    return {name: values[name] for name in row.settings if name in PACKAGED}


def environment(row: Row, arns: ResourceArns) -> dict[str, str]:
    """Return the row's environment variables: its other settings, and those of Powertools."""
    config = arns.config
    values = {
        **_values(config),
        **_seat_values(row, config),
        **_key_values(row, arns.keys),
        "MEMORY_ENDPOINT": arns.memory.endpoint,
        "TOKEN_ISSUER": arns.sign_in.issuer,
        "TOKEN_CLIENT": arns.sign_in.client,
        "CONSOLE_URL": arns.console_url,
    }
    return {
        **{name: values[name] for name in row.settings if name not in PACKAGED},
        "POWERTOOLS_SERVICE_NAME": Names(config.stage).of(row.name),
        "LOG_LEVEL": "INFO",
        "POWERTOOLS_TRACER_CAPTURE_RESPONSE": "false",
        "POWERTOOLS_TRACER_CAPTURE_ERROR": "false",
        **({} if config.machinery.traced else {"POWERTOOLS_TRACE_DISABLED": "true"}),
    }


def _longest_run(config: Config) -> int:
    """Return the longest run of the state machine, in seconds."""
    times = Times(config.approval, config.machinery.poll)
    return int(definition(SEATS, attempt_seconds(), times)["TimeoutSeconds"])


def _values(config: Config) -> Mapping[str, str]:
    names = Names(config.stage)
    return {
        **{f"{table.upper()}_TABLE": names.of(table) for table in TABLES},
        "VOTES_TABLE_PREFIX": names.of("votes-"),
        "EVIDENCE_BUCKET": names.bucket,
        "STATE_MACHINE_ARN": names.machine_arn,
        "APPROVAL_ARN": names.function_arn("approval"),
        "EXECUTOR_ARN": names.function_arn("executor"),
        "STREAM_NAME": names.of("events"),
        "SERVICE_MAP_PARAMETER": config.service_map_parameter,
        "DEAD_LETTER_QUEUE_URL": _queue_url(names.of("dead-letters")),
        "OUTBOX_QUEUE_URL": _queue_url(names.of("outbox")),
        "ROUTES": config.routes.model_dump_json(),
        "CHANNEL_SECRETS": json.dumps(config.channel_secrets),
        "CLOSING_ARN": names.function_arn("closing"),
        "SLACK_ARN": names.function_arn("slack"),
        "ALARM_PREFIXES": json.dumps(config.alarm_prefixes),
        "ALARM_TAGS": json.dumps(config.alarm_tags),
        "OWN_PREFIX": OWN_PREFIX,
        "AUTONOMY": json.dumps([rule.model_dump(mode="json") for rule in config.autonomy]),
        "ACCOUNT": Aws.ACCOUNT_ID,
        "REGION": Aws.REGION,
        "PARTITION": Aws.PARTITION,
        "STAGE": config.stage,
        "MAIL_FROM": config.mail_from or "",
        "MAIL_TO": json.dumps(config.mail_to),
        "PEOPLE": config.people.compact(),
        "MODEL_ID": config.model_id or "",
        "MODEL_REGION": config.model_region or "",
        "MODEL_DAILY_TOKENS": str(config.model_daily_tokens),
        "MEMORY": config.memory,
        "EMBEDDING_MODEL": config.embedding.id,
        "EMBEDDING_DIMENSIONS": str(config.embedding.dimensions),
        "EMBEDDING_REGION": config.model_region or "",
        "VERB_ROLE_PREFIX": role_arn(names.of("verb-")),
        "APPROVAL_SECONDS": str(config.approval),
        "RECOVERY_WINDOWS": str(config.recovery_windows),
        "RECOVERY_CAP_SECONDS": str(config.recovery_cap_seconds),
        "LONGEST_RUN_SECONDS": str(_longest_run(config)),
        "WATCH": json.dumps(config.watch),
        "LOG_GROUPS": json.dumps(config.log_groups),
        "TRACES": "" if config.traces == "none" else config.traces,
        "AUDIT_TRAIL": json.dumps(config.audited),
        "FUNCTION_MEMORY": json.dumps({names.of(other.name): other.memory for other in ROWS}),
        "WARM_ARNS": json.dumps([names.function_arn(other.name) for other in ROWS if other.warm]),
    }


def _queue_url(name: str) -> str:
    return f"https://sqs.{Aws.REGION}.{Aws.URL_SUFFIX}/{Aws.ACCOUNT_ID}/{name}"


def _seat_values(row: Row, config: Config) -> Mapping[str, str]:
    if row.seat is None:
        return {}
    return {"SEAT": row.seat.name, "VOTES_TABLE": Names(config.stage).votes(row.seat)}


def _key_values(row: Row, keys: Mapping[str, str]) -> Mapping[str, str]:
    """Return each signer's key by ARN, not by alias: an alias can be pointed at another key."""
    seats = {r.seat.name: keys.get(r.name, "") for r in ROWS if r.seat}
    return {
        "SIGNING_KEY": keys.get(row.name, ""),
        "SEAT_KEYS": json.dumps(seats),
        "APPROVAL_KEY": keys.get("approval", ""),
    }
