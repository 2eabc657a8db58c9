"""Amazon ECS: services and clusters, also by Container Insights."""

from quorum.services.row import SCALING, Kind, Naming, Service, cpu, level, named

_INSIGHTS = "ECS/ContainerInsights"

ROW = Service(
    "ECS",
    (
        Kind(
            "ecs",
            "AWS/ECS",
            named("ClusterName", "ServiceName"),
            (cpu(), level("MemoryUtilization")),
            arn="ecs:{region}:{account}:service/{name}",
            page="ecs/v2/clusters/{cluster}/services/{service}/health?region={region}",
            parts=("cluster", "service"),
            anywhere=True,
            reads=("ecs:DescribeServices",),
            lists=(SCALING,),
        ),
        Kind(
            "ecscluster",
            "AWS/ECS",
            named("ClusterName"),
            (
                cpu(),
                level("MemoryUtilization"),
                level("CPUReservation"),
                level("MemoryReservation"),
            ),
            arn="ecs:{region}:{account}:cluster/{name}",
            page="ecs/v2/clusters/{name}/services?region={region}",
        ),
    ),
    also=(
        Naming(_INSIGHTS, named("ClusterName", "ServiceName"), "ecs"),
        Naming(_INSIGHTS, named("InstanceId"), "ec2"),
        Naming(_INSIGHTS, named("ClusterName"), "ecscluster"),
    ),
    verbs="ecs.",
    quota=20,
)
