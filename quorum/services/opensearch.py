"""Amazon OpenSearch Service: domains, Serverless collections and ingestion pipelines."""

from quorum.services.row import (
    Describe,
    Kind,
    Service,
    Signal,
    cpu,
    errors,
    latency,
    level,
    named,
    requests,
)

ROW = Service(
    "OpenSearch",
    (
        Kind(
            "es",
            "AWS/ES",
            named("DomainName"),
            (
                requests("OpenSearchRequests"),
                errors("5xx"),
                latency("SearchLatency", statistic="Average"),
                Signal("ClusterStatus.red", "errors", "Maximum"),
                cpu(),
                level("JVMMemoryPressure", statistic="Maximum"),
                level("FreeStorageSpace", "Megabytes", "Minimum"),
            ),
            constant=(("ClientId", "{account}"),),
            arn="es:{region}:{account}:domain/{name}",
            describes=(
                Describe(
                    "es:DescribeDomains",
                    client="opensearch",
                    request="{DomainNames: names}",
                    most=5,
                    items="DomainStatusList",
                    name="DomainName",
                    settings=(
                        ("deploying", "Processing"),
                        ("engine_version", "EngineVersion"),
                        ("instance_type", "ClusterConfig.InstanceType"),
                        ("instances", "ClusterConfig.InstanceCount"),
                        ("volume_size", "EBSOptions.VolumeSize"),
                    ),
                ),
            ),
            settings=("engine_version", "instance_type", "instances", "volume_size"),
            page="aos/home?region={region}#opensearch/domains/{name}",
        ),
        Kind(
            "aoss",
            "AWS/AOSS",
            named("CollectionId"),
            (
                requests("SearchRequestRate"),
                errors("SearchRequestErrors"),
                errors("5xx"),
                latency("SearchRequestLatency", statistic="Average"),
            ),
            given=("CollectionName",),
            constant=(("ClientId", "{account}"),),
            arn="aoss:{region}:{account}:collection/{name}",
        ),
        Kind(
            "osis",
            "AWS/OSIS",
            named("PipelineName"),
            arn="osis:{region}:{account}:pipeline/{name}",
            signals=(level("BlockingBuffer.bufferUsage.value"),),
        ),
    ),
)
