"""One incident on a deployed Quorum, from a triggered alarm to its post-mortem."""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Final

from local.shop.faults import Faults
from local.shop.plan import Member
from local.stage import LocalStage, wait_until
from quorum.domain.events import ApprovalRequested, IncidentOpened, PostMortemWritten
from quorum.runtime.lambda_runtime import WARMING
from stacks.functions_table import ROWS

INCIDENT_SECONDS: Final = 600
EVERY_SECONDS: Final = 2.0
"""Polling uses the emulator, which the incident needs too, so it is infrequent."""
AT_ONCE: Final = 2
"""Concurrent cold starts: no more than a laptop has cores."""


def warm(stage: LocalStage) -> None:
    """Start a worker of every function with the warmer's event."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda row: stage.quorum.invoke(row.name, dict(WARMING)), ROWS))


def run_incident(stage: LocalStage, member: Member) -> IncidentOpened:
    """Trigger the member's alarm, deny all approval requests, and wait for the post-mortem.

    Returns the incident's first event. Raises TimeoutError after INCIDENT_SECONDS per wait.
    """
    quorum, before = stage.quorum, set(stage.quorum.incidents())
    wait_until(lambda: _quiet(stage), seconds=INCIDENT_SECONDS, what="the alarms to be OK")
    Faults(stage.plan, stage.emulator.client).force_alarm(member)
    answered = set[str]()

    def over() -> bool:
        found = [quorum.events(i) for i in quorum.incidents() if i not in before]
        for event in chain.from_iterable(found):
            if isinstance(event, ApprovalRequested) and event.approval_id not in answered:
                answered.add(event.approval_id)
                quorum.answer(event.incident_id, "denied", stage.console.tokens["demo"])
        return any(isinstance(event, PostMortemWritten) for event in chain.from_iterable(found))

    wait_until(over, seconds=INCIDENT_SECONDS, every=EVERY_SECONDS, what="the post-mortem")
    incident = next(i for i in quorum.incidents() if i not in before)
    return next(f for f in quorum.events(incident) if isinstance(f, IncidentOpened))


def _quiet(stage: LocalStage) -> bool:
    return "ALARM" not in stage.quorum.alarm_states("shop-").values()
