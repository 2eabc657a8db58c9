"""The canonical constants. No other module defines them; the documents quote them.

Times are in seconds unless a name says otherwise. A role's weight is a fraction of 1.
"""

from fractions import Fraction
from typing import Final, Literal, NamedTuple

Role = Literal["detection", "diagnosis", "prediction", "resolution"]


class RoleTime(NamedTuple):
    """The target and the maximum duration of a role, in seconds."""

    target: int
    maximum: int


class Rate(NamedTuple):
    """A rate limit of `sends` per `per_seconds`, over the whole fleet."""

    sends: int
    per_seconds: int


ROLE_WEIGHTS: Final[dict[Role, Fraction]] = {
    "detection": Fraction(2, 10),
    "diagnosis": Fraction(4, 10),
    "prediction": Fraction(3, 10),
    "resolution": Fraction(1, 10),
}
AUTONOMOUS_THRESHOLD: Final = Fraction(7, 10)
PROPOSAL_SHARE: Final = Fraction(15, 100)
"""The score from which an action is proposed to a person. Below it 4 of 81 best actions would have
helped in the 2,000 simulated incidents it was chosen on (`python -m tests.calibration 2000`), and
3 of 90 in 2,000 others (`python -m tests.calibration 2000 500000`)."""
ESCALATION_LEVEL: Final = "senior_sre"

BREAKER_FAILURES: Final = 5
BREAKER_COOLDOWN_SECONDS: Final = 30
BREAKER_SUCCESSES: Final = 2
CALL_TIMEOUT_SECONDS: Final = 30

ROLE_TIMES: Final[dict[Role | Literal["communication"], RoleTime]] = {
    "detection": RoleTime(30, 60),
    "diagnosis": RoleTime(120, 180),
    "prediction": RoleTime(90, 150),
    "resolution": RoleTime(180, 300),
    "communication": RoleTime(10, 30),
}
ROLE_LEVELS: Final[dict[Role, int]] = {
    "detection": 0,
    "diagnosis": 1,
    "prediction": 1,
    "resolution": 2,
}

CHANNEL_RATES: Final[dict[str, Rate]] = {
    "slack": Rate(1, 1),
    "pagerduty": Rate(2, 60),
    "email": Rate(10, 1),
}
WEBHOOK_RATE: Final = Rate(10, 1)
"""The rate of webhooks, which the canonical table does not fix."""
API_RATES: Final[dict[str, Rate]] = {
    "FilterLogEvents": Rate(5, 1),
    "GetMetricData": Rate(50, 1),
    "LookupEvents": Rate(2, 1),
}
"""AWS's own limits of APIs per account and region, as far as a few incidents at once reach them."""
CONNECTION_POOLS: Final[dict[str, int]] = {"datadog": 20, "pagerduty": 10, "aws": 50}

CONFIDENCE_PENALTIES_BP: Final[dict[str, int]] = {
    "logs": 2000,
    "metrics": 1500,
    "traces": 1000,
    "stale": 500,
    "other": 1000,
}
PARTIAL_DATA_START_BP: Final = 8000
PARTIAL_DATA_FLOOR_BP: Final = 6000

TARGET_UTILISATION_PERCENT: Final = 70
SCALE_OUT: Final[dict[str, tuple[Role, int]]] = {
    "cascade_failure": ("resolution", 5),
    "ddos": ("resolution", 5),
    "database_slowdown": ("diagnosis", 3),
}

# Operating limits that the design fixes (its sections 2 and 7).
BASIS_POINTS: Final = 10_000
VOTE_LIFETIME_SECONDS: Final = 900
CLOCK_SKEW_SECONDS: Final = 5
"""Maximum clock difference between two functions."""
FLAPPING_WINDOW_SECONDS: Final = 1800
RELATED_WINDOW_SECONDS: Final = 600
STORM_INCIDENTS: Final = 5
STORM_WINDOW_SECONDS: Final = 600
EFFECTS_PER_HOUR: Final = 3
MOST_LOOKS: Final = 3
"""Rounds of an incident before its first action: votes on young evidence are taken again."""
MOST_ACTIONS: Final = 3
"""Actions of one incident, each in a round of its own."""
RECOVERY_SECONDS: Final = 3600
"""Upper bound of one verification, which ends earlier: at most 3,000 seconds after the effect."""
MOST_ROUNDS: Final = MOST_LOOKS + MOST_ACTIONS - 1
UNDECIDED_AFTER_SECONDS: Final = 300
DOMAIN_SHARE: Final = Fraction(1, 3)
"""Exclusive limit of the weight of seats in one failure domain: n = 3f + 1, f = 3 of ten."""
