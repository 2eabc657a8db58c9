"""Amazon API Gateway: REST APIs by name, HTTP and WebSocket APIs by id."""

from quorum.services.row import Describe, Kind, Service, errors, latency, named, requests

_NAMESPACE = "AWS/ApiGateway"
_GET = "apigateway:GET"
_BELOW = "apigateway:{region}::/restapis/*"

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
            describes=(
                Describe(
                    _GET,
                    operation="GetRestApis",
                    on="apigateway:{region}::/restapis",
                    items="items",
                    name="name",
                    settings=(("endpoint", "endpointConfiguration.types"),),
                ),
                Describe(
                    _GET,
                    operation="GetStages",
                    on=_BELOW,
                    request="{restApiId: item.id}",
                    items="item",
                    name="stageName",
                    part="stage",
                    settings=(
                        ("deployment", "deploymentId"),
                        ("canary", "canarySettings.percentTraffic"),
                    ),
                ),
                Describe(
                    _GET,
                    operation="GetResources",
                    on=_BELOW,
                    request="{restApiId: item.id, embed: ['methods'], limit: `500`}",
                    items="items",
                    calls=("values(resourceMethods || `{}`)[].methodIntegration.uri",),
                ),
            ),
            settings=("endpoint", "deployment", "canary", "calls"),
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
            under="/*",
            page="apigateway/main/api-detail?api={name}&region={region}",
            describes=(
                Describe(
                    _GET,
                    client="apigatewayv2",
                    operation="GetApi",
                    request="{ApiId: name}",
                    settings=(("protocol", "ProtocolType"),),
                    missing=("NotFoundException",),
                    most=1,
                ),
                Describe(
                    _GET,
                    client="apigatewayv2",
                    operation="GetStages",
                    request="{ApiId: name}",
                    items="Items",
                    name="StageName",
                    part="stage",
                    settings=(("deployment", "DeploymentId"),),
                ),
                Describe(
                    _GET,
                    client="apigatewayv2",
                    operation="GetIntegrations",
                    request="{ApiId: name}",
                    items="Items",
                    calls=("IntegrationUri",),
                ),
            ),
            settings=("deployment", "calls"),
        ),
    ),
    quota=2.5,
)
