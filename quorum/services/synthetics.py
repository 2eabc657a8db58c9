"""Amazon CloudWatch Synthetics: canaries."""

from quorum.services.row import Kind, Service, Signal, errors, latency, named

ROW = Service(
    "Synthetics",
    (
        Kind(
            "synthetics",
            "CloudWatchSynthetics",
            named("CanaryName"),
            (
                Signal("SuccessPercent", "other", "Average", "Percent"),
                errors("Failed"),
                errors("5xx"),
                latency("Duration"),
            ),
            arn="synthetics:{region}:{account}:canary:{name}",
            page="cloudwatch/home?region={region}#synthetics:canary/detail/{name}",
            log_group="/aws/lambda/cwsyn-{name}",
        ),
    ),
)
