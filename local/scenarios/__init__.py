"""The scenarios: each a few lines of data, and the code of its fault.

A scenario knows the shop; no seat knows the scenario. Names, the faulty function, delays and the
innocent deployments around the fault are drawn from the seed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from random import Random
from typing import Literal

from local.scenarios.innocent import innocent_changes
from local.shop.faults import Change, Faults

NAMES = (
    "bad-release",
    "throttled-function",
    "bad-parameter",
    "false-alarm",
    "ambiguous",
    "wrong-fix",
    "partial-canary",
    "two-faults",
)

CALM_SECONDS = 2.0
LONG_CALM_SECONDS = 35.0
"""For a forced alarm: what it judged when it fired began long before."""

Play = Callable[[Faults, Random], Iterator[Change]]
"""Does what it yields: each change is made, with real calls, before it appears."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story about the shop."""

    name: str
    story: str
    expected: frozenset[str]
    """Outcomes that are right."""
    person: Literal["approve", "deny"]
    """What the person does who is asked, if anybody is."""
    play: Play
    calm_seconds: float = CALM_SECONDS
    """How long nothing happens after the deployment, so that there is a normal to compare with."""
    cure: str | None = None
    """The verb that repairs it; None when nothing in the catalogue does."""
    alone: Mapping[str, "Scenario"] = field(default_factory=dict)
    """Its causes, where it has several: each with what should come of it by itself."""

    def only(self, cause: str) -> "Scenario":
        """Return the scenario with this cause alone. Raises LookupError that names them all."""
        if cause not in self.alone:
            known = ", ".join(self.alone) or "not several"
            raise LookupError(f"{self.name} has no cause {cause!r}; its causes are {known}")
        return self.alone[cause]


def load(name: str) -> Scenario:
    """Return the scenario of that name. Raises LookupError that names them all."""
    if name not in NAMES:
        raise LookupError(f"no scenario is called {name!r}; there are {', '.join(NAMES)}")
    module = import_module(f"local.scenarios.{name.replace('-', '_')}")
    found: Scenario = module.SCENARIO
    return found


def twin(shop: Faults, dice: Random) -> Iterator[Change]:
    """Make the innocent changes that go with every scenario, and force an alarm: no fault."""
    yield from innocent_changes(shop, dice)
    yield shop.force_alarm(dice.choice(shop.plan.members))
