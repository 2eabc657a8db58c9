"""An incident whose action was taken, with traffic that the test draws second by second."""

from collections.abc import Callable
from typing import Final

from functions.verification.judgement import RecoveryDeadline
from functions.verification.verify import Verification
from quorum.domain.commands import VerifyRecovery, VerifyResult
from quorum.domain.events import RecoveryChecked
from quorum.domain.topology import Metrics, Service, ServiceMap
from quorum.ports.telemetry import AlarmStatus, MetricQuery
from tests.builders.alarms import ALARM
from tests.builders.candidates import RESOURCE
from tests.builders.events import INCIDENT
from tests.builders.evidence import ONSET
from tests.builders.executor import Case
from tests.fakes import START, InMemoryMetricSource, InMemoryRollouts, InMemoryTopologySource

EFFECT: Final = ONSET + 60
WINDOW: Final = 30
"""The alarm looks at three periods of ten seconds."""
EARLIEST: Final = 6 * WINDOW
"""Seconds after the effect from which evidence of failing is a failure."""
DEADLINE: Final = 900
Rate = Callable[[int], float]
"""Requests (or errors) in the period that starts so many seconds after the effect."""


def steady(_: int) -> float:
    """Return a hundred requests a period."""
    return 100


def nothing(_: int) -> float:
    """Return none."""
    return 0


class Verified:
    """The incident after its effect; `at` moves the clock to so many seconds after it."""

    def __init__(self, case: Case | None = None, *, mode: str = "action") -> None:
        self.case = case or Case()
        self.mode = mode
        self.metrics = InMemoryMetricSource()
        self.map = ServiceMap(services=(service(RESOURCE),))
        self.rollouts = InMemoryRollouts()
        self.deadline = RecoveryDeadline()
        if mode == "action":
            self.case.clock.advance(EFFECT - self.case.clock.now.timestamp())
            assert self.case.run() == "acted"
        self.effect = self.case.clock.now.timestamp()
        self.traffic()
        self.alarm("OK")

    def alarm(self, state: str, name: str = ALARM) -> None:
        """Set the alarm's state."""
        self.case.alarms.put(AlarmStatus(name, state, START))  # type: ignore[arg-type]

    def traffic(  # noqa: PLR0913 - what tests vary, by name
        self,
        requests: Rate = steady,
        errors: Rate = nothing,
        *,
        before: float = 100,
        errors_before: float = 0,
        resource: str = RESOURCE,
        until: int = 100_000,
    ) -> None:
        """Draw the traffic: so much a period before the onset, by the rates since the effect."""
        times = range(ONSET - 600, ONSET + 6000, 10)
        for name, rate, early in (
            ("Requests", requests, before),
            ("Errors", errors, errors_before),
        ):
            points = tuple(
                (at, early if at < ONSET else rate(at - EFFECT))
                for at in times
                if at < ONSET or at - EFFECT < until
            )
            self.metrics.add(query(resource, name), tuple(p for p in points if p[1] >= 0))

    def at(self, seconds: float) -> VerifyResult:
        """Return the verdict at that time after the effect."""
        self.case.clock.advance(self.effect + seconds - self.case.clock.now.timestamp())
        return self.verification().check(
            VerifyRecovery.model_validate({"incident_id": INCIDENT, "mode": self.mode})
        )

    def verification(self) -> Verification:
        """Return it, wired."""
        return Verification(
            recorder=self.case.recorder,
            evidence=self.case.evidence,
            decisions=self.case.decisions,
            ledger=self.case.ledger,
            verdicts=self.case.verdicts,
            openings=self.case.openings,
            alarms=self.case.alarms,
            metrics=self.metrics,
            topology=InMemoryTopologySource(self.map),
            rollouts=self.rollouts,
            deadline=self.deadline,
            now=self.case.clock,
        )

    @property
    def checked(self) -> list[RecoveryChecked]:
        """Return what was recorded."""
        return self.case.facts(RecoveryChecked)


def service(resource: str, **changed: object) -> Service:
    """Return a service that counts its requests in a namespace of its own."""
    fields = {
        "resource": resource,
        "metrics": Metrics(namespace=f"Shop/{resource}", dimensions={}),
    }
    return Service.model_validate({**fields, **changed})


def query(resource: str, metric: str) -> MetricQuery:
    """Return the query of such a service."""
    return MetricQuery(
        id="any",
        namespace=f"Shop/{resource}",
        metric=metric,
        dimensions=(),
        statistic="Sum",
        period_seconds=10,
    )
