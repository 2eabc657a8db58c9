"""Amazon CloudWatch Logs: groups, log metric filters; billing and usage, which name nothing."""

from quorum.services.row import Kind, Service, Signal, errors, named, requests

ROW = Service(
    "CloudWatch Logs, filters, usage and billing",
    (
        Kind(
            "loggroup",
            "AWS/Logs",
            named("LogGroupName"),
            (
                requests("IncomingLogEvents"),
                Signal("IncomingBytes", "other", unit="Bytes"),
                errors("DeliveryErrors", sparse=True),
            ),
            arn="logs:{region}:{account}:log-group:{name}",
            page="cloudwatch/home?region={region}#logsV2:log-groups",
            log_group="{name}",
        ),
    ),
    unnamed=("AWS/Billing", "AWS/Usage", "AWS/TrustedAdvisor", "CISBenchmark", "LogMetrics"),
)
