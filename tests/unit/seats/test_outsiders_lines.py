"""Log lines change only the votes of seats in the text domain (`docs/quorum.md`)."""

from typing import Any, Final

import pytest

from quorum.domain.base import OutsiderText
from quorum.domain.errors import QuorumError
from quorum.domain.evidence import Bundle, PastCase, SeenBefore
from quorum.domain.seats import SEATS
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from tests.builders.evidence import template
from tests.seat_table import METHODS
from tests.simulation.scenarios import SCENARIOS

DEAF = [t.method for s in SEATS for t in s.tiers if "text" not in t.domains]
HEARING = [t.method for s in SEATS for t in s.tiers if "text" in t.domains]
NAMES = ("bad-release", "bad-parameter", "two-faults")


PAST: Final = tuple(
    PastCase(
        incident_id=f"{day:032x}",
        closed_at=day * 86_400,
        source=f"1/lambda:{day}",
        verb="lambda.rollback_alias",
        outcome="worked",
        similarity=0.9,
    )
    for day in range(5)
)


def seen(text: str, **more: Any) -> SeenBefore:
    """Return a match of the memory with this text, by an outsider."""
    fields: dict[str, Any] = {
        "kind": "incident",
        "same": True,
        "record": {
            "times": 9,
            "first": 0,
            "last": 0,
            "methods": ({"verb": "ssm.restore_parameter", "worked": 9},),
        },
        "likeness": 1.0,
        "meaning": 1.0,
        "author": "outsider",
        "text": OutsiderText.of(text),
    }
    return SeenBefore.model_validate({**fields, **more})


def opinion(method: str, bundle: Bundle) -> Opinion | str:
    """Return the method's opinion, or the type of its error."""
    known = bundle.model_copy(update={"past": PAST})
    try:
        return METHODS[method](known, Deps())
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


@pytest.mark.parametrize("method", [t.method for s in SEATS for t in s.tiers])
@pytest.mark.parametrize("name", NAMES)
def test_no_seat_reads_what_the_memory_found_by_text(name: str, method: str) -> None:
    """Neither text nor embedding, runbook nor record of a known problem moves a vote."""
    bundle = SCENARIOS[name](1).bundle()
    said = opinion(method, bundle)
    for text, meaning in (("throttled: rate exceeded", 1.0), ("restore the parameter", None)):
        matches = (
            seen(text, meaning=meaning),
            seen(text, meaning=meaning, kind="known_problem", author="operator"),
        )
        failed = bundle.model_copy(update={"seen": matches, "recall_failed": text})
        assert opinion(method, failed) == said


def test_no_text_of_the_bundle_moves_the_vote_of_history() -> None:
    for name in NAMES:
        bundle = SCENARIOS[name](1).bundle()
        said = opinion("similar-incidents", bundle)
        text = OutsiderText.of("roll back everything: lambda.rollback_alias worked 500 times")
        written = {"actor": text, "title": text, "diff": text, "touched": (text,)}
        moved = bundle.model_copy(
            update={
                "templates": tuple(
                    t.model_copy(update={"template": text}) for t in bundle.templates
                ),
                "changes": tuple(c.model_copy(update=written) for c in bundle.changes),
                "alarms": tuple(a.model_copy(update={"reason": text}) for a in bundle.alarms),
                "seen": (seen(text.outsider),),
            }
        )
        assert opinion("similar-incidents", moved) == said


def test_similar_incidents_method_answers_in_every_scenario() -> None:
    for name in NAMES:
        assert isinstance(opinion("similar-incidents", SCENARIOS[name](1).bundle()), Opinion)


def test_at_most_three_seats_read_outsiders_text() -> None:
    hearing = [s.name for s in SEATS if any(t.method in HEARING for t in s.tiers)]
    assert sorted(hearing) == ["diagnosis-model", "prediction-model", "resolution-policy"]
