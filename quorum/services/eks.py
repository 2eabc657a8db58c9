"""Amazon EKS: clusters, and the services and pods in them, by Container Insights."""

from quorum.services.row import Kind, Naming, Service, Signal, errors, level, named

_NAMESPACE = "ContainerInsights"
_PODS = (
    level("pod_cpu_utilization"),
    level("pod_memory_utilization"),
    Signal("pod_number_of_container_restarts", "errors"),
)

ROW = Service(
    "EKS Container Insights",
    (
        Kind(
            "eksservice",
            _NAMESPACE,
            named("ClusterName", "Namespace", "Service"),
            (
                level("pod_cpu_utilization"),
                level("pod_memory_utilization"),
                level("service_number_of_running_pods", "Count"),
            ),
        ),
        Kind(
            "ekspod",
            _NAMESPACE,
            named("ClusterName", "Namespace", "PodName"),
            _PODS,
        ),
        Kind(
            "eksnode",
            _NAMESPACE,
            named("ClusterName", "NodeName"),
            (level("node_cpu_utilization"), level("node_memory_utilization")),
            given=("InstanceId",),
        ),
        Kind(
            "eks",
            _NAMESPACE,
            named("ClusterName"),
            (
                errors("cluster_failed_node_count"),
                level("node_cpu_utilization"),
                level("node_memory_utilization"),
                level("node_filesystem_utilization"),
            ),
            arn="eks:{region}:{account}:cluster/{name}",
            page="eks/home?region={region}#/clusters/{name}",
            log_group="/aws/containerinsights/{name}/application",
        ),
    ),
    also=(
        Naming("AWS/EKS", named("ClusterName"), "eks"),
        Naming("ContainerInsights/Prometheus", named("ClusterName"), "eks"),
    ),
)
