"""The changes that a scenario makes, recorded without a shop."""

from pathlib import Path
from random import Random
from typing import cast

import pytest

from local.scenarios import Scenario, innocent, load
from local.shop.faults import Faults, InjectedChange
from local.shop.plan import Member, draw


class RecordingFaults:
    """Faults that return each change without making it."""

    def __init__(self, seed: int) -> None:
        self.plan = draw(seed)

    def release(self, member: Member, source: Path) -> InjectedChange:
        """Record the release."""
        return InjectedChange(f"lambda:{member.name}", source.name, "", "")

    def configure(self, member: Member) -> InjectedChange:
        """Record the correct value."""
        return InjectedChange(f"ssm:{member.parameter}", "right", "", "")

    def misconfigure(self, member: Member) -> InjectedChange:
        """Record the wrong value."""
        return InjectedChange(f"ssm:{member.parameter}", "wrong", "", "")


def played(scenario: Scenario, seed: int) -> list[InjectedChange]:
    return list(scenario.play(cast("Faults", RecordingFaults(seed)), Random(seed)))  # noqa: S311 - dice


@pytest.mark.parametrize("seed", range(20))
def test_a_cause_alone_makes_the_same_change_without_the_other(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(innocent, "SOON_SECONDS", (0.0, 0.0))
    ambiguous = load("ambiguous")
    *before, release, setting = played(ambiguous, seed)

    assert played(ambiguous.only("release"), seed) == [*before, release]
    assert played(ambiguous.only("setting"), seed) == [*before, setting]


def test_an_unknown_cause_is_refused_with_the_known_ones() -> None:
    with pytest.raises(LookupError, match="release, setting"):
        load("ambiguous").only("weather")
    with pytest.raises(LookupError, match="none to choose from"):
        load("bad-release").only("release")
