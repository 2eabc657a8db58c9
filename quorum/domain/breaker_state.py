"""The state of one circuit breaker."""

from typing import Literal

from quorum.domain.base import Record


class BreakerState(Record):
    """One circuit breaker, shared by all environments of a function. Times: seconds since 1970."""

    phase: Literal["closed", "open", "half_open"] = "closed"
    failures: int = 0
    """Consecutive failures while closed."""
    successes: int = 0
    """Successful probes while half open."""
    epoch: int = 0
    """Incremented with every change of phase and every probe; older results are void."""
    opened_at: float = 0.0
    probe_until: float = 0.0
    """The end of the running probe's lease while half open; 0 when none runs."""
    revision: int = 0
    """Incremented with every write."""
