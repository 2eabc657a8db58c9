"""Amazon RDS and Aurora: instances and clusters."""

from quorum.services.row import Kind, Naming, Service, Signal, cpu, latency, level, named

_CONNECTIONS = level("DatabaseConnections", "Count", "Maximum")

ROW = Service(
    "RDS and Aurora",
    (
        Kind(
            "rds",
            "AWS/RDS",
            named("DBInstanceIdentifier"),
            (
                cpu(),
                _CONNECTIONS,
                latency("ReadLatency", "Seconds", "Average"),
                latency("WriteLatency", "Seconds", "Average"),
            ),
            arn="rds:{region}:{account}:db:{name}",
            page="rds/home?region={region}#database:id={name};is-cluster=false",
            anywhere=True,
        ),
        Kind(
            "rdscluster",
            "AWS/RDS",
            named("DBClusterIdentifier"),
            (
                cpu(),
                _CONNECTIONS,
                latency("CommitLatency", statistic="Average"),
                latency("SelectLatency", statistic="Average"),
                Signal("Queries", "requests", "Average", "Count/Second"),
                Signal("Deadlocks", "errors", "Average", "Count/Second"),
            ),
            arn="rds:{region}:{account}:cluster:{name}",
            page="rds/home?region={region}#database:id={name};is-cluster=true",
        ),
        Kind(
            "rdsproxy",
            "AWS/RDS",
            named("ProxyName"),
            (
                Signal("QueryRequests", "requests"),
                level("DatabaseConnections", "Count", "Sum"),
                latency("QueryDatabaseResponseLatency", "Microseconds", "Average"),
            ),
            page="rds/home?region={region}#proxy:id={name}",
        ),
    ),
    also=(Naming("AWS/RDS", named("DbClusterIdentifier"), "rdscluster"),),
)
