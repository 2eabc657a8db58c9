"""Amazon RDS and Aurora: instances and clusters."""

from quorum.services.row import Describe, Kind, Naming, Service, Signal, cpu, latency, level, named

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
            describes=(
                Describe(
                    "rds:DescribeDBInstances",
                    on="*",
                    request="{Filters: [{Name: 'db-instance-id', Values: names}]}",
                    most=50,
                    items="DBInstances",
                    name="DBInstanceIdentifier",
                    settings=(
                        ("status", "DBInstanceStatus"),
                        ("engine_version", "EngineVersion"),
                        ("instance_class", "DBInstanceClass"),
                        ("storage", "AllocatedStorage"),
                        ("iops", "Iops"),
                        ("multi_az", "MultiAZ"),
                        ("parameter_group", "DBParameterGroups[].DBParameterGroupName"),
                    ),
                ),
            ),
            settings=(
                "engine_version",
                "instance_class",
                "storage",
                "iops",
                "multi_az",
                "parameter_group",
            ),
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
            describes=(
                Describe(
                    "rds:DescribeDBClusters",
                    on="*",
                    request="{Filters: [{Name: 'db-cluster-id', Values: names}]}",
                    most=50,
                    items="DBClusters",
                    name="DBClusterIdentifier",
                    settings=(
                        ("status", "Status"),
                        ("engine_version", "EngineVersion"),
                        ("parameter_group", "DBClusterParameterGroup"),
                        ("writer", "DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier"),
                        ("capacity", "ServerlessV2ScalingConfiguration"),
                    ),
                    calls=("DBClusterMembers[].join(':', ['rds', DBInstanceIdentifier])",),
                ),
            ),
            settings=("engine_version", "parameter_group", "writer", "capacity"),
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
