"""EventBridge rules from patterns in EventBridge's own syntax."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_events as events
from constructs import Construct


def pattern_rule(
    scope: Construct,
    construct_id: str,
    *,
    pattern: Mapping[str, Any],
    target: events.IRuleTarget,
    enabled: bool = True,
) -> events.Rule:
    """Return a rule on the default bus. `pattern` has `source`, `detail-type` and `detail`."""
    return events.Rule(
        scope,
        construct_id,
        enabled=enabled,
        targets=[target],
        event_pattern=events.EventPattern(
            source=pattern["source"], detail_type=pattern["detail-type"], detail=pattern["detail"]
        ),
    )
