"""Resources whose traffic is watched, and their metrics."""

from functions.verification.traffic_metrics import traffic_to_watch
from quorum.domain.evidence import Edge
from quorum.domain.topology import Metrics, Service, ServiceMap
from tests.builders.alarms import alarm
from tests.builders.bundles import bundle
from tests.builders.candidates import RESOURCE

TABLE = "dynamodb:items"


def test_a_function_without_a_declaration_is_watched_by_lambdas_own_metrics() -> None:
    (found,) = traffic_to_watch((alarm(),), bundle(), ServiceMap())

    assert found.requests[0].namespace == "AWS/Lambda"
    assert (found.requests[0].metric, found.errors[0].metric) == ("Invocations", "Errors")
    assert found.requests[0].dimensions == (("FunctionName", "checkout"),)
    assert found.period == 60, "Lambda publishes once a minute"


def test_declared_metrics_come_first_with_the_dimensions_that_name_the_resource() -> None:
    declared = Service(resource=RESOURCE, metrics=Metrics(namespace="Shop"))

    (found,) = traffic_to_watch((alarm(),), bundle(), ServiceMap(services=(declared,)))

    assert (found.requests[0].namespace, found.requests[0].metric) == ("Shop", "Requests")
    assert found.requests[0].dimensions == (("FunctionName", "checkout"),)
    assert found.period == 10


def test_service_of_a_cluster_has_both_dimensions() -> None:
    declared = Service(resource="ecs:shop/web", metrics=Metrics(namespace="Shop"))

    (found,) = traffic_to_watch(
        (alarm(resources=("ecs:shop/web",)),), bundle(), ServiceMap(services=(declared,))
    )

    assert found.requests[0].dimensions == (("ClusterName", "shop"), ("ServiceName", "web"))


def test_declared_dimensions_replace_the_resources_own() -> None:
    metrics = Metrics(namespace="Shop", dimensions={"Stage": "prod", "App": "shop"})
    declared = Service(resource=RESOURCE, metrics=metrics)

    (found,) = traffic_to_watch((alarm(),), bundle(), ServiceMap(services=(declared,)))

    assert found.errors[0].dimensions == (("App", "shop"), ("Stage", "prod"))


def test_a_resource_that_counts_no_requests_is_watched_by_its_callers() -> None:
    edges = (Edge(caller=RESOURCE, callee=TABLE), Edge(caller="sqs:orders", callee=TABLE))
    declared = Service(resource="lambda:search", depends_on=(TABLE,))

    found = traffic_to_watch(
        (alarm(resources=(TABLE,)),), bundle(edges=edges), ServiceMap(services=(declared,))
    )

    assert [one.resource for one in found] == [RESOURCE, "lambda:search"]


def test_a_caller_that_the_inventory_stored_shows_no_recovery() -> None:
    stored = Edge(caller=RESOURCE, callee=TABLE, source="configuration")
    watched = traffic_to_watch((alarm(resources=(TABLE,)),), bundle(edges=(stored,)), ServiceMap())

    assert watched == ()


def test_resource_without_a_request_metric_or_callers_is_not_watched() -> None:
    assert traffic_to_watch((alarm(resources=(TABLE,)),), bundle(), ServiceMap()) == ()


def test_a_resource_of_two_alarms_is_watched_once_in_the_longer_period() -> None:
    declared = Service(resource=RESOURCE, metrics=Metrics(namespace="Shop"))

    (found,) = traffic_to_watch(
        (alarm(), alarm("slow", period_seconds=60)), bundle(), ServiceMap(services=(declared,))
    )

    assert found.period == 60


def test_the_objective_is_the_frozen_one_then_the_declared_then_ninety_nine_percent() -> None:
    declared = ServiceMap(services=(Service(resource=RESOURCE, success_objective=0.9),))

    frozen = traffic_to_watch((alarm(),), bundle(objectives={RESOURCE: 0.95}), declared)
    mapped = traffic_to_watch((alarm(),), bundle(), declared)
    unknown = traffic_to_watch((alarm(),), bundle(), ServiceMap())

    assert [found[0].objective for found in (frozen, mapped, unknown)] == [0.95, 0.9, 0.99]
