"""Amazon ElastiCache and MemoryDB: nodes, serverless caches and clusters."""

from quorum.services.row import Describe, Kind, Naming, Service, Signal, cpu, latency, level, named

_SIGNALS = (
    cpu(),
    cpu("EngineCPUUtilization"),
    level("DatabaseMemoryUsagePercentage"),
    level("CurrConnections", "Count", "Maximum"),
    Signal("Evictions", "errors"),
)

ROW = Service(
    "ElastiCache",
    (
        Kind(
            "elasticache",
            "AWS/ElastiCache",
            named("CacheClusterId"),
            _SIGNALS,
            arn="elasticache:{region}:{account}:cluster:{name}",
            describes=(
                Describe(
                    "elasticache:DescribeCacheClusters",
                    on="*",
                    items="CacheClusters",
                    name="CacheClusterId",
                    settings=(
                        ("status", "CacheClusterStatus"),
                        ("engine_version", "EngineVersion"),
                        ("node_type", "CacheNodeType"),
                        ("nodes", "NumCacheNodes"),
                        ("parameter_group", "CacheParameterGroup.CacheParameterGroupName"),
                    ),
                ),
            ),
            settings=("engine_version", "node_type", "nodes", "parameter_group"),
            page="elasticache/home?region={region}#/redis/{name}",
        ),
        Kind(
            "replicationgroup",
            "AWS/ElastiCache",
            named("ReplicationGroupId"),
            _SIGNALS,
            arn="elasticache:{region}:{account}:replicationgroup:{name}",
            describes=(
                Describe(
                    "elasticache:DescribeReplicationGroups",
                    on="*",
                    items="ReplicationGroups",
                    name="ReplicationGroupId",
                    settings=(
                        ("status", "Status"),
                        ("node_type", "CacheNodeType"),
                        ("failover", "AutomaticFailover"),
                        ("shards", "length(NodeGroups || `[]`)"),
                    ),
                    calls=("MemberClusters[].join(':', ['elasticache', @])",),
                ),
            ),
            settings=("node_type", "failover", "shards"),
        ),
        Kind(
            "serverlesscache",
            "AWS/ElastiCache",
            named("clusterId"),
            (
                Signal("TotalCmdsCount", "requests"),
                Signal("ThrottledCmds", "throttles"),
                latency("SuccessfulReadRequestLatency", "Microseconds", "Average"),
                latency("SuccessfulWriteRequestLatency", "Microseconds", "Average"),
                Signal("Evictions", "errors"),
            ),
            arn="elasticache:{region}:{account}:serverlesscache:{name}",
        ),
        Kind("memorydb", "AWS/MemoryDB", named("ClusterName"), _SIGNALS),
    ),
    also=(Naming("AWS/ElastiCache", named("CacheName"), "serverlesscache"),),
)
