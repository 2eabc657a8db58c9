"""The scenarios: each a few lines of data, and the code of its fault.

No seat has access to the scenario. Names, the faulty function, delays and the innocent deployments
around the fault are drawn from the seed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from random import Random
from typing import Literal

from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange

NAMES = (
    "bad-release",
    "throttled-function",
    "bad-parameter",
    "false-alarm",
    "ambiguous",
    "wrong-fix",
    "partial-canary",
    "two-faults",
    "second-cause",
    "late-metrics",
    "poisoned-queue",
    "slow-dependency",
)

CALM_SECONDS = 2.0
LONG_CALM_SECONDS = 35.0
"""For a forced alarm, whose evaluation period begins long before it fires."""

Play = Callable[[Faults, Random], Iterator[InjectedChange]]
"""Makes changes with real API calls; yields each one after it was made."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One fault of the shop, and its expected outcome."""

    name: str
    story: str
    expected: frozenset[str]
    """The correct outcomes."""
    person: Literal["approve", "deny", "wait"]
    """The answer to an approval request, if there is one. `wait`: none while another look follows.
    """
    play: Play
    calm_seconds: float = CALM_SECONDS
    """Least time between the deployment and the fault, for the traffic baseline."""
    suspect: str | None = None
    """The verb of the cause that the person suspects: the first approval is of its candidate."""
    cure: str | None = None
    """The verb that repairs the fault; None when no action of the catalogue does."""
    alone: Mapping[str, "Scenario"] = field(default_factory=dict)
    """A scenario for each cause alone, by cause, if there are several."""

    def only(self, cause: str) -> "Scenario":
        """Return the scenario with this cause alone. Raises LookupError with the known causes."""
        if cause not in self.alone:
            known = ", ".join(self.alone) or "none to choose from"
            raise LookupError(f"{self.name} has no cause {cause!r}; causes: {known}")
        return self.alone[cause]


def load(name: str) -> Scenario:
    """Return the scenario. Raises LookupError with the known names."""
    if name not in NAMES:
        raise LookupError(f"unknown scenario {name!r}; choose one of {', '.join(NAMES)}")
    module = import_module(f"local.scenarios.{name.replace('-', '_')}")
    found: Scenario = module.SCENARIO
    return found


def twin(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Make the innocent changes of every scenario and force an alarm, without a fault."""
    yield from innocent_changes(shop, dice)
    yield shop.force_alarm(dice.choice(shop.plan.members))
