"""The ten seats: their roles, methods, order of fallback and shared failure domains.

The canonical role weights are seat counts (0.2 / 0.4 / 0.3 / 0.1 of ten), so each seat has a weight
of one tenth, and n = 10 = 3f + 1 with f = 3. Per row, the stacks create one function, one role, one
key and one vote table, and the state machine one chain of tiers.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import lcm
from typing import Final

from quorum.domain.constants import DOMAIN_SHARE, ROLE_WEIGHTS, Role

RETRY_INTERVAL_SECONDS: Final = 1
RETRY_MAX_DELAY_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class Tier:
    """One method of a seat. A `method` belongs to one seat alone."""

    method: str
    timeout_seconds: int
    attempts: int = 2
    domains: frozenset[str] = frozenset()
    """Failure domains that this tier shares with other seats, beyond the role: `model`, `text`."""

    def longest_seconds(self) -> int:
        """Return its maximum duration in seconds: every attempt times out, every wait is full."""
        return self.attempts * self.timeout_seconds + (self.attempts - 1) * RETRY_MAX_DELAY_SECONDS


@dataclass(frozen=True, slots=True)
class Seat:
    """One voter."""

    name: str
    role: Role
    tiers: tuple[Tier, ...]

    def longest_seconds(self) -> int:
        """Return the maximum seconds until the seat has answered or abstained."""
        return sum(tier.longest_seconds() for tier in self.tiers)

    def domains(self) -> frozenset[str]:
        """Return the failure domains of all its tiers."""
        return frozenset().union(*(tier.domains for tier in self.tiers))


HISTORY_SEAT: Final = "diagnosis-history"
"""The one seat that votes on outcomes of earlier incidents."""
_TEXT: Final = frozenset({"text"})
_MODEL: Final = frozenset({"model", "text"})

SEATS: Final[tuple[Seat, ...]] = (
    Seat("detection-statistical", "detection", (Tier("robust-z", 12), Tier("threshold", 12))),
    Seat("detection-signature", "detection", (Tier("signature", 12), Tier("error-ratio", 12))),
    Seat(
        "diagnosis-topology", "diagnosis", (Tier("deepest-anomaly", 20), Tier("alarmed-node", 20))
    ),
    Seat("diagnosis-change", "diagnosis", (Tier("change-onset", 20), Tier("latest-change", 20))),
    Seat(HISTORY_SEAT, "diagnosis", (Tier("similar-incidents", 20),)),
    Seat(
        "diagnosis-model",
        "diagnosis",
        (Tier("model-diagnosis", 65, domains=_MODEL), Tier("log-templates", 20, domains=_TEXT)),
    ),
    Seat(
        "prediction-forecast", "prediction", (Tier("counterfactual", 20), Tier("persistence", 20))
    ),
    Seat("prediction-burnrate", "prediction", (Tier("burn-rate", 20), Tier("burn-total", 20))),
    Seat(
        "prediction-model",
        "prediction",
        (Tier("model-prediction", 50, domains=_MODEL), Tier("version-contrast", 20)),
    ),
    Seat(
        "resolution-policy",
        "resolution",
        (Tier("model-policy", 65, domains=_MODEL), Tier("policy-rules", 30)),
    ),
)

LAYOUTS: Final[dict[str, tuple[Seat, ...]]] = {
    "2/4/3/1": SEATS,
    "1/1/1/1": tuple(
        seat
        for seat in SEATS
        if seat.name
        in {
            "detection-statistical",
            "diagnosis-topology",
            "prediction-forecast",
            "resolution-policy",
        }
    ),
}
"""The seat tables that may vote, by their numbers of seats per role. The README shows the faults
that each one tolerates, computed from all possible votes."""


class SeatTableError(ValueError):
    """The seat table violates a rule that the proof of the quorum rests on."""


def units(seats: Iterable[Seat]) -> tuple[dict[str, int], int]:
    """Return each seat's integer weight, and their total: role weight over the role's seats.

    Raises SeatTableError when a role has no seat.
    """
    table = tuple(seats)
    count = Counter(seat.role for seat in table)
    empty = sorted(set(ROLE_WEIGHTS) - set(count))
    if empty:
        raise SeatTableError(f"no seat for role {', '.join(empty)}")
    shares = {role: ROLE_WEIGHTS[role] / count[role] for role in ROLE_WEIGHTS}
    total = lcm(*(share.denominator for share in shares.values()))
    return {seat.name: int(shares[seat.role] * total) for seat in table}, total


def check(seats: Iterable[Seat]) -> None:
    """Raise SeatTableError when names or methods repeat, or a failure domain is too heavy."""
    table = tuple(seats)
    units(table)
    _unique("seat", (seat.name for seat in table))
    _unique("method", (tier.method for seat in table for tier in seat.tiers))
    for domain in sorted(frozenset().union(*(seat.domains() for seat in table))):
        holders = [seat.name for seat in table if domain in seat.domains()]
        if too_heavy(holders, table):
            raise SeatTableError(
                f"failure domain {domain} holds {len(holders)} seats, "
                f"{DOMAIN_SHARE} of the weight or more"
            )


def too_heavy(holders: Collection[str], seats: Iterable[Seat]) -> bool:
    """Return whether these seats have too much weight to fail together: n > 3f, three of ten.

    A single seat never does: it shares nothing with others.
    """
    weight, total = units(seats)
    return len(holders) > 1 and sum(weight[name] for name in holders) >= DOMAIN_SHARE * total


def seat(name: str, seats: Iterable[Seat] = SEATS) -> Seat:
    """Return the seat with this name. Raises SeatTableError when there is none."""
    for row in seats:
        if row.name == name:
            return row
    raise SeatTableError(f"there is no seat {name!r}")


def _unique(what: str, names: Iterable[str]) -> None:
    repeated = sorted(name for name, n in Counter(names).items() if n > 1)
    if repeated:
        raise SeatTableError(f"{what} {', '.join(repeated)} is listed twice")


for _table in LAYOUTS.values():
    check(_table)
