"""Fingerprints of incidents, without names."""

from quorum.domain.fingerprint import fingerprint
from quorum.domain.memories import Remembered
from tests.fakes.memory import InMemoryMemory
from tests.simulation.scenarios import SCENARIOS
from tests.simulation.timing import cloud


def test_features_are_shares_without_names() -> None:
    for scenario in SCENARIOS.values():
        bundle = scenario(1).bundle()
        found = fingerprint(bundle)
        assert all(0 <= value <= 1 for value in found.values())
        assert not any(
            c.resource.partition(":")[2] in name for c in bundle.candidates for name in found
        )


def remembered(scenario: str, seed: int) -> Remembered:
    bundle = SCENARIOS[scenario](seed).bundle()
    return Remembered(
        incident_id=f"{scenario}-{seed}",
        closed_at=0,
        fingerprint=fingerprint(bundle),
        verb=None,
        worked=None,
    )


def test_most_similar_incident_has_the_same_kind_of_fault_in_another_shop() -> None:
    kinds = ("bad-release", "throttled-function")
    memory = InMemoryMemory(*(remembered(kind, seed) for kind in kinds for seed in range(8)))
    for kind in kinds:
        alike = memory.similar(fingerprint(SCENARIOS[kind](77).bundle()), 3)
        assert all(one.incident_id.startswith(kind) for one in alike)


def test_fingerprint_does_not_depend_on_the_pace() -> None:
    fast = fingerprint(SCENARIOS["throttled-function"](3).bundle())
    slow = fingerprint(SCENARIOS["throttled-function"](3, cloud).bundle())
    assert fast["throttled"] == slow["throttled"] == 1.0
