"""Intake: 2,000 deliveries of alarm events, 20 % of them duplicates, for 25 resources.

The events go, in batches of ten, to four processes that import intake's handler like four Lambda
environments, each with its own wiring; tables, state machine, queue and parameter are an
emulator's. Messages that raise a transient error are delivered again, as by the queue. Afterwards
the event log is read: every transition must be one of its events or have been answered as
superseded by a newer one of the same alarm, and each incident must have one execution.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from statistics import median
from typing import Any, Final

from benchmarks.alarm_storm import RESOURCES, AlarmTransition, Delivery, definitions, storm
from benchmarks.emulator_resources import create_role, create_tables
from benchmarks.intake_worker import Taken, take, wire
from benchmarks.result import Goal, Measured, ResultTable, main
from local.clients import REGION
from local.emulator import ACCOUNT, Emulator
from local.quorum import PREFIX, Quorum
from quorum.domain.events import (
    AlarmJoined,
    AlarmRecovered,
    IncidentEvent,
    IncidentOpened,
)

ENVIRONMENTS: Final = 4
BATCH: Final = 10
DELIVERIES: Final = 5
SUPERSEDED: Final = {"older", "stray_recovery"}
Answers = list[tuple[Delivery, Taken]]


def measure() -> Measured:
    """Deliver the storm, and account for every event."""
    deliveries = storm(datetime.now(UTC))
    with Emulator() as emulator:
        variables = _stand_up(emulator)
        context = get_context("spawn")
        with ProcessPoolExecutor(ENVIRONMENTS, context, wire, (variables,)) as environments:
            answers = _deliver(environments, deliveries)
        quorum = Quorum(emulator.endpoint)
        incidents = [quorum.events(incident) for incident in quorum.incidents()]
        executions = emulator.client("stepfunctions").list_executions(
            stateMachineArn=variables["STATE_MACHINE_ARN"]
        )["executions"]
    recorded = {t for log in incidents for t in transitions(log)}
    lost = unaccounted(answers, recorded)
    return Measured(
        benchmark="intake",
        about=__doc__ or "",
        goals=[
            _exactly("incidents opened", RESOURCES, len(incidents)),
            _exactly("executions started", RESOURCES, len(executions)),
            _exactly("events unaccounted for", 0, len(lost)),
        ],
        tables=[
            ResultTable(title="Rate", rows=[_rate(answers)]),
            ResultTable(title="Transitions", rows=[_places(answers, recorded, lost)]),
            _verdicts(answers),
        ],
    )


def transitions(events: Iterable[IncidentEvent]) -> set[AlarmTransition]:
    """Return the transitions in an incident's events."""
    found = set[AlarmTransition]()
    for event in events:
        if isinstance(event, IncidentOpened | AlarmJoined):
            found.add(AlarmTransition(event.alarm.name, firing=True, at=event.alarm.fired_at))
        if isinstance(event, AlarmRecovered):
            found.add(AlarmTransition(event.alarm_name, firing=False, at=event.recovered_at))
    return found


def unaccounted(answers: Answers, recorded: set[AlarmTransition]) -> set[AlarmTransition]:
    """Return the transitions that are neither in the log nor answered as superseded."""
    superseded = {d.transition for d, taken in answers if taken.verdict in SUPERSEDED}
    known = {_to_milliseconds(transition) for transition in recorded | superseded}
    return {d.transition for d, _ in answers if _to_milliseconds(d.transition) not in known}


def _to_milliseconds(transition: AlarmTransition) -> AlarmTransition:
    at = transition.at
    return transition._replace(at=at.replace(microsecond=at.microsecond // 1000 * 1000))


def _deliver(environments: ProcessPoolExecutor, deliveries: list[Delivery]) -> Answers:
    """Return the answer to each delivery, the last one if it was delivered again."""
    answers: Answers = []
    for _ in range(DELIVERIES):
        batches = [deliveries[i : i + BATCH] for i in range(0, len(deliveries), BATCH)]
        taken = environments.map(take, [[d.body for d in batch] for batch in batches])
        found = list(zip(deliveries, (one for batch in taken for one in batch), strict=True))
        answers += [(delivery, one) for delivery, one in found if one.verdict]
        deliveries = [delivery for delivery, one in found if one.verdict is None]
    return answers + [(delivery, Taken("given up", 0, 0)) for delivery in deliveries]


def _stand_up(emulator: Emulator) -> dict[str, str]:
    """Create intake's dependencies; return its environment variables."""
    create_tables(emulator, "events", "operations", "openings", "closings")
    for definition in definitions():
        emulator.client("cloudwatch").put_metric_alarm(**definition)
    dead_letters = emulator.client("sqs").create_queue(QueueName=f"{PREFIX}dead-letters")[
        "QueueUrl"
    ]
    machine = emulator.client("stepfunctions").create_state_machine(
        name=f"{PREFIX}incident",
        definition=json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
        roleArn=create_role(emulator, f"{PREFIX}incident", "states.amazonaws.com"),
    )
    return {
        **emulator.environment(),
        "EVENTS_TABLE": f"{PREFIX}events",
        "OPERATIONS_TABLE": f"{PREFIX}operations",
        "OPENINGS_TABLE": f"{PREFIX}openings",
        "CLOSINGS_TABLE": f"{PREFIX}closings",
        "STATE_MACHINE_ARN": machine["stateMachineArn"],
        "SERVICE_MAP_PARAMETER": "/quorum/service-map",
        "DEAD_LETTER_QUEUE_URL": dead_letters,
        "ALARM_PREFIXES": '["shop-"]',
        "ALARM_TAGS": "{}",
        "OWN_PREFIX": "quorum-",
        "ACCOUNT": ACCOUNT,
        "REGION": REGION,
        "POWERTOOLS_SERVICE_NAME": "intake",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }


def _rate(answers: Answers) -> dict[str, Any]:
    taken = [one for _, one in answers if one.ended]
    seconds = max(one.ended for one in taken) - min(one.began for one in taken)
    each = median(one.ended - one.began for one in taken)
    return {
        "events": len(taken),
        "environments": ENVIRONMENTS,
        "seconds": round(seconds, 1),
        "events per second": round(len(taken) / seconds, 1),
        "median ms per event": round(each * 1000, 1),
    }


def _places(
    answers: Answers, recorded: set[AlarmTransition], lost: set[AlarmTransition]
) -> dict[str, str | int | float | None]:
    sent = len({delivery.transition for delivery, _ in answers})
    superseded = sent - len(recorded) - len(lost)
    return {"sent": sent, "in the log": len(recorded), "superseded": superseded, "lost": len(lost)}


def _verdicts(answers: Answers) -> ResultTable:
    counted = Counter(str(one.verdict) for _, one in answers).most_common()
    return ResultTable(title="Answers", rows=[{"answer": name, "events": n} for name, n in counted])


def _exactly(what: str, limit: int, measured: int) -> Goal:
    return Goal(what=what, rule="exactly", limit=limit, measured=measured)


if __name__ == "__main__":
    sys.exit(main("intake", measure))
