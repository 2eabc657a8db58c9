"""AWS AppSync: GraphQL APIs."""

from quorum.services.row import Kind, Service, errors, latency, named, requests

ROW = Service(
    "AppSync",
    (
        Kind(
            "appsync",
            "AWS/AppSync",
            named("GraphQLAPIId"),
            (requests("Requests"), errors("5XXError"), latency("Latency")),
            arn="appsync:{region}:{account}:apis/{name}",
            page="appsync/home?region={region}#/{name}/v1/home",
        ),
    ),
)
