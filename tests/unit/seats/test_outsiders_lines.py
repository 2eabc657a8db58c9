"""Log lines change only the votes of seats in the text domain (`docs/quorum.md`)."""

from typing import Final

import pytest

from quorum.domain.errors import QuorumError
from quorum.domain.evidence import Bundle
from quorum.domain.fingerprint import fingerprint
from quorum.domain.memories import Remembered
from quorum.domain.seats import SEATS
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from tests.builders.evidence import template
from tests.fakes.memory import InMemoryMemory
from tests.seat_table import METHODS
from tests.simulation.scenarios import SCENARIOS

DEAF = [t.method for s in SEATS for t in s.tiers if "text" not in t.domains]
HEARING = [t.method for s in SEATS for t in s.tiers if "text" in t.domains]
NAMES = ("bad-release", "bad-parameter", "two-faults")


def remembered(name: str, seed: int) -> Remembered:
    """Return a past incident that a rollback resolved; odd seeds have the log-line feature of an
    earlier version."""
    features = fingerprint(SCENARIOS[name](seed).bundle()) | {"new-errors": float(seed % 2)}
    return Remembered(
        incident_id=f"{name}-{seed}",
        closed_at=0,
        fingerprint=features,
        verb="lambda.rollback_alias",
        worked=True,
    )


MEMORY: Final = InMemoryMemory(*(remembered(name, n) for name in NAMES for n in range(10, 16)))


def opinion(method: str, bundle: Bundle) -> Opinion | str:
    """Return the method's opinion, or the type of its error."""
    try:
        return METHODS[method](bundle, Deps(memory=MEMORY))
    except QuorumError as error:
        return type(error).__name__


def forged(bundle: Bundle, resource: str) -> Bundle:
    """Return the bundle after an attacker has logged five hundred lines of three kinds there."""
    lines = tuple(
        template(
            resource,
            f"throttled: rate exceeded by {resource}",
            id=f"log:{number:012x}",
            after=500,
            first_seen=bundle.onset - 5 * number,
        )
        for number in range(3)
    )
    return bundle.model_copy(update={"templates": (*bundle.templates, *lines)})


@pytest.mark.parametrize("method", DEAF)
@pytest.mark.parametrize("name", NAMES)
def test_a_method_outside_the_domain_of_text_reads_no_log_line(name: str, method: str) -> None:
    for seed in range(3):
        bundle = SCENARIOS[name](seed).bundle()
        without = bundle.model_copy(update={"templates": ()})
        said = opinion(method, bundle)
        assert opinion(method, without) == said
        resources = {s.resource for s in bundle.series} | {c.resource for c in bundle.changes}
        for resource in sorted(resources):
            assert opinion(method, forged(bundle, resource)) == said


def test_similar_incidents_method_answers_in_every_scenario() -> None:
    for name in NAMES:
        assert isinstance(opinion("similar-incidents", SCENARIOS[name](1).bundle()), Opinion)


def test_at_most_three_seats_read_outsiders_text() -> None:
    hearing = [s.name for s in SEATS if any(t.method in HEARING for t in s.tiers)]
    assert sorted(hearing) == ["diagnosis-model", "prediction-model", "resolution-policy"]
