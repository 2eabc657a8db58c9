"""The changes that a scenario makes, recorded without a shop."""

from pathlib import Path
from random import Random
from typing import cast

import pytest

from local.scenarios import Scenario, innocent, load, slow_dependency
from local.shop.faults import Faults, InjectedChange
from local.shop.plan import Member, draw
from local.shop.releases import SLOW


class RecordingFaults:
    """Faults that return each change without making it."""

    def __init__(self, seed: int) -> None:
        self.plan = draw(seed)
        self.seen: list[tuple[float, ...]] = [(4000, 300, 300), (300, 300), (300, 300, 300)]

    def release(self, member: Member, source: Path) -> InjectedChange:
        """Record the release."""
        return InjectedChange(f"lambda:{member.name}", source.name, "", "")

    def configure(self, member: Member) -> InjectedChange:
        """Record the correct value."""
        return InjectedChange(f"ssm:{member.parameter}", "right", "", "")

    def misconfigure(self, member: Member) -> InjectedChange:
        """Record the wrong value."""
        return InjectedChange(f"ssm:{member.parameter}", "wrong", "", "")

    def publish(self, member: Member, source: Path) -> str:
        """Return a version that is named after its source."""
        assert member == self.plan.deepest
        return source.name

    def warm(self, member: Member, version: str) -> None:
        """Serve nothing."""

    def move_alias(self, member: Member, version: str) -> InjectedChange:
        """Record the version."""
        return InjectedChange(f"lambda:{member.name}", version, "", "")

    def latencies(self, member: Member, periods: int) -> tuple[float, ...]:
        """Return the next latencies of the front, which is slow at first."""
        assert member == self.plan.front
        return self.seen.pop(0)[:periods]

    def watch_latency(self, member: Member, milliseconds: int) -> InjectedChange:
        """Record the alarm, which would fire at once on a slow shop."""
        assert not self.seen
        return InjectedChange(f"alarm:{member.name}-slow", f"{milliseconds} ms", "", "")


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


@pytest.mark.parametrize("seed", range(20))
def test_slow_code_is_released_two_calls_below_the_alarm_on_a_calm_shop(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(innocent, "SOON_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(slow_dependency, "POLL_SECONDS", 0.0)
    shop = draw(seed)

    *before, alarm, release = played(load("slow-dependency"), seed)

    assert (alarm.resource, release.resource) == (
        f"alarm:{shop.front.name}-slow",
        f"lambda:{shop.deepest.name}",
    )
    assert release.what == SLOW.name
    assert all(shop.deepest.name not in change.resource for change in before)


def test_an_unknown_cause_is_refused_with_the_known_ones() -> None:
    with pytest.raises(LookupError, match="release, setting"):
        load("ambiguous").only("weather")
    with pytest.raises(LookupError, match="none to choose from"):
        load("bad-release").only("release")
