"""A team's own namespaces: the `service` dimension that Powertools writes."""

from quorum.services.row import Kind, Service, named

ROW = Service(
    "Own namespaces (EMF, Powertools, CloudWatch agent)",
    (Kind("service", "", named("service")),),
)
