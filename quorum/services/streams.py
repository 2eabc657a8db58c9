"""Amazon Kinesis streams, Data Firehose, Managed Flink and MSK."""

from quorum.services.row import (
    Describe,
    Dimension,
    Kind,
    Service,
    Signal,
    cpu,
    errors,
    latency,
    level,
    named,
    requests,
    throttles,
)

ROW = Service(
    "Kinesis, Firehose, Flink and MSK",
    (
        Kind(
            "kinesis",
            "AWS/Kinesis",
            named("StreamName"),
            (
                requests("IncomingRecords"),
                errors("PutRecords.FailedRecords"),
                throttles("WriteProvisionedThroughputExceeded"),
                throttles("ReadProvisionedThroughputExceeded"),
                latency("PutRecords.Latency", statistic="Average"),
                Signal("GetRecords.IteratorAgeMilliseconds", "age", "Maximum", "Milliseconds"),
            ),
            arn="kinesis:{region}:{account}:stream/{name}",
            describes=(
                Describe(
                    "kinesis:DescribeStreamSummary",
                    request="{StreamName: name}",
                    most=1,
                    items="StreamDescriptionSummary",
                    settings=(
                        ("status", "StreamStatus"),
                        ("shards", "OpenShardCount"),
                        ("mode", "StreamModeDetails.StreamMode"),
                        ("retention_hours", "RetentionPeriodHours"),
                        ("encryption", "EncryptionType"),
                    ),
                    missing=("ResourceNotFoundException",),
                ),
            ),
            settings=("shards", "mode", "retention_hours", "encryption"),
            page="kinesis/home?region={region}#/streams/details/{name}/monitoring",
        ),
        Kind(
            "firehose",
            "AWS/Firehose",
            named("DeliveryStreamName"),
            (
                requests("IncomingRecords"),
                throttles("ThrottledRecords"),
                Signal("DeliveryToS3.DataFreshness", "age", "Maximum", "Seconds"),
                Signal("DeliveryToS3.Success", "other", "Average"),
            ),
            arn="firehose:{region}:{account}:deliverystream/{name}",
            page="firehose/home?region={region}#/details/{name}/monitoring",
        ),
        Kind(
            "flink",
            "AWS/KinesisAnalytics",
            named("Application"),
            (
                Signal("downtime", "errors", "Average", "Milliseconds"),
                errors("numberOfFailedCheckpoints"),
                level("backPressuredTimeMsPerSecond", "Milliseconds"),
                cpu("cpuUtilization"),
            ),
            arn="kinesisanalytics:{region}:{account}:application/{name}",
        ),
        Kind(
            "msk",
            "AWS/Kafka",
            (Dimension("Cluster Name"),),
            (
                level("OfflinePartitionsCount", "Count", "Maximum"),
                level("ActiveControllerCount", "Count", "Maximum"),
            ),
        ),
    ),
)
