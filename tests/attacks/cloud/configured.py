"""The configuration that is attacked: everything that can be opted into is, for the shop."""

from typing import Any, Final

ATTACKED: Final[dict[str, Any]] = {
    "stage": "prod",
    "alarm_prefixes": ["shop-"],
    "watch": ["lambda:*", "dynamodb:*", "sqs:*", "ecs:*", "ssm:/shop/*"],
    "alarm_tags": {"quorum": "on"},
    "mail_from": "quorum@example.com",
    "mail_to": ["on-call@example.com"],
    "channels": ["email", "slack"],
    "pages": ["email"],
    "channel_secrets": {"slack": "quorum/slack"},
    "model_id": "eu.anthropic.claude-sonnet-4-6",
    "model_region": "eu-west-1",
    "people": [
        {
            "id": "ann",
            "name": "Ann",
            "slack": "UANN000001",
            "subject": "ann",
            "roles": ["senior_sre"],
        },
    ],
    "autonomy": [
        {"verb": "lambda.rollback_alias", "resources": ["lambda:*"], "mode": "autonomous"},
        {"verb": "lambda.raise_reserved_concurrency", "resources": ["lambda:*"], "mode": "approve"},
        {"verb": "ssm.restore_parameter", "resources": ["ssm:/shop/*"], "mode": "approve"},
        {"verb": "dynamodb.raise_capacity", "resources": ["dynamodb:items"], "mode": "autonomous"},
    ],
}
