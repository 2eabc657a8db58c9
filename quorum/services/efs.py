"""Amazon EFS and FSx: file systems."""

from quorum.services.row import Describe, Kind, Service, Signal, level, named

ROW = Service(
    "EFS and FSx",
    (
        Kind(
            "efs",
            "AWS/EFS",
            named("FileSystemId"),
            (
                level("PercentIOLimit"),
                Signal("BurstCreditBalance", "capacity", "Minimum", "Bytes"),
                Signal("ClientConnections", "capacity"),
            ),
            arn="elasticfilesystem:{region}:{account}:file-system/{name}",
            page="efs/home?region={region}#/file-systems/{name}",
            describes=(
                Describe(
                    "elasticfilesystem:DescribeFileSystems",
                    client="efs",
                    request="{FileSystemId: name}",
                    most=1,
                    items="FileSystems",
                    settings=(
                        ("status", "LifeCycleState"),
                        ("throughput_mode", "ThroughputMode"),
                        ("throughput", "ProvisionedThroughputInMibps"),
                    ),
                    missing=("FileSystemNotFound",),
                ),
            ),
            settings=("throughput_mode", "throughput"),
        ),
        Kind(
            "fsx",
            "AWS/FSx",
            named("FileSystemId"),
            (level("FreeStorageCapacity", "Bytes", "Minimum"),),
        ),
    ),
)
