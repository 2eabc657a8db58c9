"""Amazon S3: buckets, and Object Lambda access points. Request metrics must be switched on."""

from quorum.services.row import Kind, Naming, Service, Signal, errors, latency, named, requests

ROW = Service(
    "S3",
    (
        Kind(
            "s3",
            "AWS/S3",
            named("BucketName"),
            (
                requests("AllRequests"),
                errors("5xxErrors"),
                latency("FirstByteLatency"),
                Signal("4xxErrors", "other"),
            ),
            constant=(("FilterId", "EntireBucket"),),
            opt_in=True,
            arn="s3:::{name}",
            page="s3/buckets/{name}?region={region}&tab=metrics",
        ),
        Kind(
            "s3objectlambda",
            "AWS/S3ObjectLambda",
            named("AccessPointName"),
            (requests("AllRequests"), errors("5xxErrors"), latency("TotalRequestLatency")),
            given=("DataSourceARN",),
        ),
    ),
    also=(Naming("AWS/S3", named("SourceBucket"), "s3"),),
)
