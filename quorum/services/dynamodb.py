"""Amazon DynamoDB: tables, with the metrics of an index among those of its table."""

from quorum.services.row import SCALING, Kind, Service, Signal, named, throttles

ROW = Service(
    "DynamoDB",
    (
        Kind(
            "dynamodb",
            "AWS/DynamoDB",
            named("TableName"),
            (
                throttles("ReadThrottleEvents", sparse=True),
                throttles("WriteThrottleEvents", sparse=True),
                Signal("ConsumedReadCapacityUnits", "capacity"),
                Signal("ConsumedWriteCapacityUnits", "capacity"),
            ),
            arn="dynamodb:{region}:{account}:table/{name}",
            page="dynamodbv2/home?region={region}#table?name={name}&tab=monitoring",
            anywhere=True,
            reads=("dynamodb:DescribeTable",),
            lists=(SCALING,),
        ),
    ),
    verbs="dynamodb.",
)
