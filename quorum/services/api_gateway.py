"""Amazon API Gateway: REST APIs by name, HTTP and WebSocket APIs by id."""

from quorum.services.row import Kind, Service, errors, latency, named, requests

_NAMESPACE = "AWS/ApiGateway"

ROW = Service(
    "API Gateway",
    (
        Kind(
            "restapi",
            _NAMESPACE,
            named("ApiName"),
            (
                requests("Count"),
                errors("5XXError"),
                latency("Latency"),
                latency("IntegrationLatency"),
            ),
            page="apigateway/main/apis?region={region}&search={name}",
        ),
        Kind(
            "httpapi",
            _NAMESPACE,
            named("ApiId"),
            (
                requests("Count"),
                errors("5xx"),
                latency("Latency"),
                latency("IntegrationLatency"),
                requests("MessageCount"),
                errors("ExecutionError"),
                errors("IntegrationError"),
            ),
            arn="apigateway:{region}::/apis/{name}",
            page="apigateway/main/api-detail?api={name}&region={region}",
        ),
    ),
)
