"""Elastic Load Balancing: application, network, gateway and classic, and target groups."""

from quorum.services.row import (
    Describe,
    Dimension,
    Kind,
    Service,
    errors,
    latency,
    level,
    named,
    requests,
)

_DESCRIBE = "elasticloadbalancing:Describe"
_BALANCER = named("LoadBalancer")
_GROUP = (Dimension("TargetGroup", "targetgroup/{}"),)
_PAGE = "ec2/home?region={region}#LoadBalancers:search={name}"
_GROUP_PAGE = "ec2/home?region={region}#TargetGroups:search={name}"
_ARN = "elasticloadbalancing:{region}:{account}:loadbalancer/{name}"
_UNHEALTHY = level("UnHealthyHostCount", "Count", "Maximum")
_HEALTHY = level("HealthyHostCount", "Count", "Minimum")

ROW = Service(
    "Elastic Load Balancing",
    (
        Kind(
            "targetgroup",
            "AWS/ApplicationELB",
            _GROUP,
            (
                requests("RequestCount"),
                errors("HTTPCode_Target_5XX_Count", sparse=True),
                latency("TargetResponseTime", "Seconds"),
                _UNHEALTHY,
                _HEALTHY,
            ),
            given=("LoadBalancer",),
            arn="elasticloadbalancing:{region}:{account}:targetgroup/{name}",
            page=_GROUP_PAGE,
            describes=(
                Describe(
                    _DESCRIBE + "TargetGroups",
                    client="elbv2",
                    on="*",
                    items="TargetGroups",
                    name="TargetGroupArn",
                    settings=(
                        ("port", "Port"),
                        ("protocol", "Protocol"),
                        ("health_path", "HealthCheckPath"),
                        ("health_port", "HealthCheckPort"),
                        ("health_seconds", "HealthCheckTimeoutSeconds"),
                        ("healthy_codes", "Matcher.HttpCode"),
                    ),
                    called_by=("LoadBalancerArns",),
                ),
                Describe(
                    _DESCRIBE + "TargetHealth",
                    client="elbv2",
                    on="*",
                    request="{TargetGroupArn: item.TargetGroupArn}",
                    items="TargetHealthDescriptions",
                    calls=("Target.Id", "[Target][?starts_with(Id, 'i-')].join(':', ['ec2', Id])"),
                ),
            ),
            settings=(
                "port",
                "protocol",
                "health_path",
                "health_port",
                "health_seconds",
                "healthy_codes",
            ),
        ),
        Kind(
            "nlbtargetgroup",
            "AWS/NetworkELB",
            _GROUP,
            (_UNHEALTHY, _HEALTHY),
            given=("LoadBalancer",),
            page=_GROUP_PAGE,
        ),
        Kind(
            "gwlbtargetgroup",
            "AWS/GatewayELB",
            _GROUP,
            (_UNHEALTHY, _HEALTHY),
            given=("LoadBalancer",),
            page=_GROUP_PAGE,
        ),
        Kind(
            "alb",
            "AWS/ApplicationELB",
            _BALANCER,
            (
                requests("RequestCount"),
                errors("HTTPCode_ELB_5XX_Count", sparse=True),
                errors("HTTPCode_Target_5XX_Count", sparse=True),
                latency("TargetResponseTime", "Seconds"),
            ),
            arn=_ARN,
            page=_PAGE,
            describes=(
                Describe(
                    _DESCRIBE + "LoadBalancers",
                    client="elbv2",
                    on="*",
                    items="LoadBalancers[?Type == 'application']",
                    name="LoadBalancerArn",
                    settings=(
                        ("status", "State.Code"),
                        ("scheme", "Scheme"),
                        ("security_groups", "SecurityGroups"),
                    ),
                ),
                Describe(
                    _DESCRIBE + "Listeners",
                    client="elbv2",
                    on="*",
                    request="{LoadBalancerArn: item.LoadBalancerArn}",
                    items="Listeners",
                    name="to_string(Port)",
                    part="listener",
                    settings=(
                        ("action", "DefaultActions"),
                        ("tls", "SslPolicy"),
                        ("certificate", "Certificates[].CertificateArn"),
                    ),
                    calls=("DefaultActions",),
                ),
            ),
            settings=("scheme", "security_groups", "action", "tls", "certificate", "calls"),
        ),
        Kind(
            "nlb",
            "AWS/NetworkELB",
            _BALANCER,
            (requests("NewFlowCount"), errors("TCP_ELB_Reset_Count")),
            page=_PAGE,
        ),
        Kind("gwlb", "AWS/GatewayELB", _BALANCER, (requests("NewFlowCount"),), page=_PAGE),
        Kind(
            "elb",
            "AWS/ELB",
            named("LoadBalancerName"),
            (
                requests("RequestCount"),
                errors("HTTPCode_ELB_5XX", sparse=True),
                errors("HTTPCode_Backend_5XX", sparse=True),
                latency("Latency", "Seconds"),
                _UNHEALTHY,
                level("SurgeQueueLength", "Count", "Maximum"),
            ),
            page=_PAGE,
        ),
    ),
)
