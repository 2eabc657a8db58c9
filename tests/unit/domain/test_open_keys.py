"""Alarms meet in a key when they share a resource, or an edge of the topology, and only then."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.evidence import Alarm, Edge
from quorum.domain.open_keys import edge_keys, own_keys
from quorum.domain.topology import neighbours
from tests.builders import alarms

RESOURCES = [f"lambda:{letter}" for letter in "abcde"]
EDGES = st.lists(
    st.sampled_from([Edge(caller=a, callee=b) for a, b in combinations(RESOURCES, 2)]),
    unique=True,
)
SOME = st.lists(st.sampled_from(RESOURCES), unique=True, max_size=3)


def alarm(name: str, resources: list[str]) -> Alarm:
    return alarms.alarm(arn=name, resources=tuple(resources))


def keys(one: Alarm, edges: list[Edge]) -> set[str]:
    return {*own_keys([one]), *edge_keys(one, edges)}


@given(SOME, SOME, EDGES)
def test_alarms_share_an_open_key_exactly_when_they_are_related(
    first: list[str], second: list[str], edges: list[Edge]
) -> None:
    near = {resource for one in first for resource in neighbours(edges, one)}
    related = set(second) & ({*first} | near)

    shared = keys(alarm("one", first), edges) & keys(alarm("other", second), edges)

    assert bool(shared) == bool(related)


@given(EDGES)
def test_an_alarm_without_a_resource_is_related_to_itself_alone(edges: list[Edge]) -> None:
    assert keys(alarm("one", []), edges) == {"alarm:one"}


@given(st.lists(SOME))
def test_the_keys_of_an_incident_are_those_of_its_alarms_in_one_order(
    several: list[list[str]],
) -> None:
    alarms = [alarm(f"a{n}", resources) for n, resources in enumerate(several)]

    together = own_keys(alarms)

    assert list(together) == sorted(together)
    assert set(together) == {key for one in alarms for key in own_keys([one])}
