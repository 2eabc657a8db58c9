"""AWS Step Functions: state machines, activities and service integrations."""

from quorum.services.row import (
    Describe,
    Dimension,
    Kind,
    Service,
    errors,
    latency,
    requests,
    throttles,
)

_ARN = "arn:{partition}:states:{region}:{account}:"

ROW = Service(
    "Step Functions",
    (
        Kind(
            "states",
            "AWS/States",
            (Dimension("StateMachineArn", _ARN + "stateMachine:{}"),),
            (
                requests("ExecutionsStarted"),
                errors("ExecutionsFailed"),
                errors("ExecutionsTimedOut"),
                latency("ExecutionTime"),
                throttles("ExecutionThrottled"),
            ),
            arn="states:{region}:{account}:stateMachine:{name}",
            describes=(
                Describe(
                    "states:ListStateMachines",
                    client="stepfunctions",
                    on="*",
                    items="stateMachines",
                    name="stateMachineArn",
                ),
                Describe(
                    "states:DescribeStateMachine",
                    client="stepfunctions",
                    request="{stateMachineArn: item.stateMachineArn}",
                    settings=(
                        ("status", "status"),
                        ("revision", "revisionId"),
                        ("definition", "{text: definition}"),
                        ("role", "roleArn"),
                    ),
                    calls=("definition",),
                ),
            ),
            settings=("definition", "role", "calls"),
            page="states/home?region={region}#/statemachines?search={name}",
            ended=("ExecutionsSucceeded",),
        ),
        Kind(
            "activity",
            "AWS/States",
            (Dimension("ActivityArn", _ARN + "activity:{}"),),
            (
                requests("ActivitiesScheduled"),
                errors("ActivitiesFailed"),
                errors("ActivitiesTimedOut"),
                latency("ActivityRunTime"),
            ),
            arn="states:{region}:{account}:activity:{name}",
            ended=("ActivitiesSucceeded",),
        ),
        Kind(
            "integration",
            "AWS/States",
            (Dimension("ServiceIntegrationResourceArn", "arn:{partition}:states:::{}"),),
            (
                requests("ServiceIntegrationsScheduled"),
                errors("ServiceIntegrationsFailed"),
                errors("ServiceIntegrationsTimedOut"),
                latency("ServiceIntegrationRunTime"),
            ),
            ended=("ServiceIntegrationsSucceeded",),
        ),
    ),
    quota=5,
)
