"""Amazon CloudFront, Route 53, WAF and ACM. Global metrics are in us-east-1 alone."""

from quorum.services.row import (
    Dimension,
    Kind,
    Service,
    Signal,
    latency,
    named,
    requests,
)

_GLOBAL = (("Region", "Global"),)

ROW = Service(
    "CloudFront, Route 53, WAF and certificates",
    (
        Kind(
            "cloudfrontfunction",
            "AWS/CloudFront",
            named("FunctionName"),
            (
                requests("FunctionInvocations"),
                Signal("FunctionExecutionErrors", "errors"),
                Signal("FunctionThrottles", "throttles"),
            ),
            given=("DistributionId",),
            constant=_GLOBAL,
        ),
        Kind(
            "cloudfront",
            "AWS/CloudFront",
            named("DistributionId"),
            (
                requests("Requests"),
                Signal("5xxErrorRate", "other", "Average", "Percent"),
                latency("OriginLatency", statistic="p90"),
            ),
            constant=_GLOBAL,
            page="cloudfront/v4/home#/distributions/{name}",
        ),
        Kind(
            "healthcheck",
            "AWS/Route53",
            named("HealthCheckId"),
            (
                Signal("HealthCheckStatus", "other", "Minimum", "None"),
                Signal("HealthCheckPercentageHealthy", "other", "Average", "Percent"),
            ),
            page="route53/healthchecks/home#/details/{name}",
        ),
        Kind(
            "hostedzone",
            "AWS/Route53",
            named("HostedZoneId"),
            (requests("DNSQueries"),),
            page="route53/v2/hostedzones#ListRecordSets/{name}",
        ),
        Kind(
            "resolverendpoint",
            "AWS/Route53Resolver",
            named("EndpointId"),
            (requests("InboundQueryVolume"),),
        ),
        Kind(
            "waf",
            "AWS/WAFV2",
            named("WebACL"),
            (requests("AllowedRequests"), Signal("BlockedRequests", "other")),
            constant=(("Rule", "ALL"), ("Region", "")),
            page="wafv2/homev2/web-acls?region={region}",
        ),
        Kind(
            "acm",
            "AWS/CertificateManager",
            (
                Dimension(
                    "CertificateArn",
                    "arn:{partition}:acm:{region}:{account}:certificate/{}",
                ),
            ),
            (Signal("DaysToExpiry", "age", "Minimum", "Count"),),
            arn="acm:{region}:{account}:certificate/{name}",
            page="acm/home?region={region}#/certificates/{name}",
            period=86_400,
        ),
    ),
)
