"""Amazon EFS and FSx: file systems."""

from quorum.services.row import Kind, Service, Signal, level, named

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
        ),
        Kind(
            "fsx",
            "AWS/FSx",
            named("FileSystemId"),
            (level("FreeStorageCapacity", "Bytes", "Minimum"),),
        ),
    ),
)
