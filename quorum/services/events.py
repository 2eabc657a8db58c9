"""Amazon EventBridge: rules, Scheduler and Pipes."""

from quorum.services.row import (
    Describe,
    Dimension,
    Kind,
    Service,
    errors,
    named,
    requests,
    throttles,
)

ROW = Service(
    "EventBridge",
    (
        Kind(
            "events",
            "AWS/Events",
            named("RuleName"),
            (
                requests("TriggeredRules"),
                errors("FailedInvocations", sparse=True),
                throttles("ThrottledRules", sparse=True),
            ),
            arn="events:{region}:{account}:rule/{name}",
            describes=(
                Describe(
                    "events:DescribeRule",
                    request="{Name: parts[-1], EventBusName: parts[-2]}",
                    most=1,
                    settings=(
                        ("state", "State"),
                        ("schedule", "ScheduleExpression"),
                        ("pattern", "EventPattern"),
                    ),
                    missing=("ResourceNotFoundException",),
                ),
                Describe(
                    "events:ListTargetsByRule",
                    request="{Rule: parts[-1], EventBusName: parts[-2]}",
                    items="Targets",
                    calls=("Arn",),
                    called_by=("DeadLetterConfig.Arn",),
                ),
            ),
            settings=("state", "schedule", "pattern", "calls"),
            page="events/home?region={region}#/eventbus/default/rules/{name}",
        ),
        Kind(
            "scheduler",
            "AWS/Scheduler",
            (Dimension("ScheduleGroup"),),
            (
                requests("InvocationAttemptCount"),
                errors("TargetErrorCount", sparse=True),
                errors("InvocationDroppedCount", sparse=True),
                throttles("InvocationThrottleCount", sparse=True),
            ),
            arn="scheduler:{region}:{account}:schedule-group/{name}",
        ),
        Kind(
            "pipes",
            "AWS/EventBridge/Pipes",
            named("PipeName"),
            (
                requests("Invocations"),
                errors("ExecutionFailed"),
                throttles("ExecutionThrottled"),
            ),
            arn="pipes:{region}:{account}:pipe/{name}",
        ),
        Kind(
            "eventbus",
            "AWS/Events",
            named("EventBusName"),
            (requests("MatchedEvents"), errors("FailedInvocations", sparse=True)),
            arn="events:{region}:{account}:event-bus/{name}",
        ),
    ),
)
