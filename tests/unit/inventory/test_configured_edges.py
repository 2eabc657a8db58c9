"""Dependencies by configuration: named in settings, stored for a day, merged with their source."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.configured_edges import (
    AGAIN_SECONDS,
    KEPT_SECONDS,
    MOST_EDGES,
    ConfiguredEdges,
    NamedEdges,
    pairs_of,
)
from quorum.domain.evidence import Edge, ResourceState, Scalar
from quorum.domain.resource_settings import MOST_NAMED, joined, named_in
from quorum.domain.topology import Pair, Service, ServiceMap, merged, of_pairs

NOW = 1_700_000_000
RESOURCES = st.sampled_from([f"lambda:{letter}" for letter in "abcde"])
PAIRS = st.lists(st.tuples(RESOURCES, RESOURCES), max_size=8)


def pairs(service_map: ServiceMap) -> Mapping[Pair, str | None]:
    """Return the source of each edge; fail where a pair stands twice."""
    edges = service_map.edges()
    found = {(edge.caller, edge.callee): edge.source for edge in edges}
    assert len(found) == len(edges)
    return found


@given(declared=PAIRS, tagged=PAIRS, configured=PAIRS)
def test_each_edge_has_its_first_source_and_no_configured_one_turns_a_known_one_round(
    declared: list[Pair], tagged: list[Pair], configured: list[Pair]
) -> None:
    own = ServiceMap(
        services=tuple(
            Service(
                resource=caller,
                depends_on=tuple(dict.fromkeys(b for a, b in declared if a == caller)),
            )
            for caller in dict.fromkeys(a for a, _ in declared)
        )
    )
    found = pairs(merged([own, of_pairs(tagged, "tags"), of_pairs(configured, "configuration")]))
    for pair in {*declared, *tagged, *configured} - {(a, a) for a, _ in (*tagged, *configured)}:
        if pair in declared:
            assert found[pair] == "declared"
        elif pair in tagged:
            assert found[pair] == "tags"
        elif pair[::-1] in declared or pair[::-1] in tagged:
            assert pair not in found
        else:
            assert found[pair] == "configuration"
    assert set(found) <= {*declared, *tagged, *configured}


def test_declared_service_keeps_what_it_declares_beside_configured_dependencies() -> None:
    own = Service(resource="lambda:a", alias="live", log_group="/a", depends_on=("lambda:b",))
    whole = merged(
        [ServiceMap(services=(own,)), of_pairs([("lambda:a", "sqs:q")], "configuration")]
    )
    service = whole.service("lambda:a")
    assert service
    assert (service.alias, service.log_group, service.source) == ("live", "/a", None)
    assert [service.source_of(callee) for callee in service.depends_on] == [
        "declared",
        "configuration",
    ]


def test_maps_and_edges_of_former_versions_are_read_and_written_as_they_were() -> None:
    stored = {"v": 1, "services": [{"resource": "lambda:a", "depends_on": ["lambda:b"]}]}
    service_map = ServiceMap.model_validate(stored)
    assert [edge.source for edge in service_map.edges()] == ["declared"]
    written = service_map.model_dump(mode="json", exclude_defaults=True)
    assert written["services"] == stored["services"]
    assert not {"source", "sources"} & set(json.loads(service_map.model_dump_json())["services"][0])
    former = {"caller": "lambda:a", "callee": "lambda:b"}
    assert Edge.model_validate(former).model_dump(mode="json") == former


@pytest.mark.parametrize(
    ("resource", "settings", "found"),
    [
        (
            "sns:orders",
            {"calls": "lambda:a,sqs:b"},
            [("sns:orders", "lambda:a"), ("sns:orders", "sqs:b")],
        ),
        ("targetgroup:web/1", {"called_by": "alb:app/x/2"}, [("alb:app/x/2", "targetgroup:web/1")]),
        ("sqs:orders", {"dlq": "dead"}, [("sqs:dead", "sqs:orders")]),
        ("sqs:orders", {"dlq": None}, []),
        ("lambda:a", {"dlq": "dead", "calls": "lambda:a"}, []),
        ("sns:orders", {"calls": "no resource,LAMBDA:a"}, []),
    ],
)
def test_settings_name_callers_and_callees(
    resource: str, settings: dict[str, Scalar], found: list[Pair]
) -> None:
    assert list(pairs_of(ResourceState(resource=resource, settings=settings))) == found


def test_at_most_so_many_resources_are_named_in_a_setting() -> None:
    resources = [f"lambda:f{number:03}" for number in range(MOST_NAMED + 5)]
    assert named_in(joined("calls", resources), "calls") == tuple(resources[:MOST_NAMED])
    assert joined("calls", ()) == {}


def test_edges_of_what_was_not_read_are_kept_for_a_day() -> None:
    a, b = ("sns:a", "lambda:x"), ("sns:b", "lambda:y")
    first = ConfiguredEdges().updated({"sns:a": [a], "sns:b": [b]}, NOW)
    later = first.updated({"sns:b": []}, NOW + KEPT_SECONDS)
    assert set(pairs(later.service_map())) == {a}
    assert not later.updated({}, NOW + KEPT_SECONDS + 1).named


def test_unchanged_edges_are_stored_again_after_an_hour() -> None:
    found = {"sns:a": [("sns:a", "lambda:x")]}
    stored = ConfiguredEdges().updated(found, NOW)
    assert stored.is_worth_storing(ConfiguredEdges())
    assert not stored.updated(found, NOW + AGAIN_SECONDS - 1).is_worth_storing(stored)
    assert stored.updated(found, NOW + AGAIN_SECONDS).is_worth_storing(stored)
    other = {"sns:a": [("sns:a", "lambda:y")]}
    assert stored.updated(other, NOW + 60).is_worth_storing(stored)
    assert stored.updated({"sns:a": []}, NOW + 60).is_worth_storing(stored)


def test_stored_edges_fit_in_one_item_and_the_newest_are_kept() -> None:
    def many(name: str) -> list[Pair]:
        longest = "x" * 200
        return [(f"sns:{name}", f"lambda:{name}{number:04}{longest[:60]}") for number in range(900)]

    old = ConfiguredEdges().updated({"sns:a": many("a"), "sns:b": many("b")}, NOW)
    edges = old.updated({"sns:c": many("c")}, NOW + 60)
    assert "sns:c" in edges.named
    assert sum(len(one.pairs) for one in edges.named.values()) <= MOST_EDGES
    assert len(edges.model_dump_json()) < 400_000
    assert ConfiguredEdges.model_validate_json(edges.model_dump_json()) == edges
    assert edges.named["sns:c"] == NamedEdges(seen=NOW + 60, pairs=tuple(many("c")))
