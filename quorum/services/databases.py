"""Amazon DocumentDB, Neptune and Redshift."""

from quorum.services.row import Kind, Service, Signal, cpu, errors, latency, level, named

_CONNECTIONS = level("DatabaseConnections", "Count", "Maximum")

ROW = Service(
    "DocumentDB, Neptune and Redshift",
    (
        Kind(
            "docdbinstance",
            "AWS/DocDB",
            named("DBInstanceIdentifier"),
            (
                cpu(),
                _CONNECTIONS,
                latency("ReadLatency", statistic="Average"),
                latency("WriteLatency", statistic="Average"),
            ),
            page="docdb/home?region={region}#instance-details/{name}",
        ),
        Kind(
            "docdb",
            "AWS/DocDB",
            named("DBClusterIdentifier"),
            (
                cpu(),
                _CONNECTIONS,
                latency("ReadLatency", statistic="Average"),
                latency("WriteLatency", statistic="Average"),
            ),
            page="docdb/home?region={region}#cluster-details/{name}",
        ),
        Kind(
            "neptune",
            "AWS/Neptune",
            named("DBClusterIdentifier"),
            (
                cpu(),
                Signal("TotalRequestsPerSec", "requests", "Average", "Count/Second"),
                Signal("TotalServerErrorsPerSec", "errors", "Average", "Count/Second"),
                level("MainRequestQueuePendingRequests", "Count", "Maximum"),
            ),
        ),
        Kind(
            "redshift",
            "AWS/Redshift",
            named("ClusterIdentifier"),
            (
                cpu(),
                _CONNECTIONS,
                level("PercentageDiskSpaceUsed"),
                latency("ReadLatency", "Seconds", "Average"),
                latency("WriteLatency", "Seconds", "Average"),
                Signal("HealthStatus", "other", "Minimum"),
            ),
            page="redshiftv2/home?region={region}#cluster-details?cluster={name}",
        ),
        Kind(
            "redshiftserverless",
            "AWS/Redshift-Serverless",
            named("Workgroup"),
            (level("ComputeCapacity", "Count"), errors("QueriesFailed")),
        ),
    ),
)
