"""The product's real parts in process: its logic as the handlers wire it, over in-memory stores."""

import random
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from benchmarks.pace.account import Account, DynamoDBClient, LambdaClient, Trail
from benchmarks.pace.alarms import ACCOUNT, REGION, AlarmBook
from benchmarks.pace.logs import LogStore
from benchmarks.pace.metrics import MetricStore
from functions.approval.approvals import Approvals
from functions.approval.authentication import Authenticator
from functions.approval.trusted_records import TrustedRecords
from functions.closing.closing import Closing
from functions.closing.proof import EvidenceSources
from functions.consensus.decide import Consensus
from functions.detection import methods as detection
from functions.diagnosis import methods as diagnosis
from functions.evidence.freezer import Freezer
from functions.evidence.parallel_calls import ParallelCalls, PendingCall
from functions.evidence.sources import Sources
from functions.executor.dependencies import ExecutorDependencies, Place
from functions.executor.operations import answer as execute
from functions.executor.ports import VerbActuator
from functions.executor.verbs.raise_capacity import RaiseCapacity
from functions.executor.verbs.raise_concurrency import RaiseReservedConcurrency
from functions.executor.verbs.rollback_alias import RollbackAlias
from functions.intake.alarm_context import AlarmContext
from functions.intake.confirmation import Confirmation
from functions.intake.correlation import Correlator
from functions.intake.gate import Gate
from functions.intake.intake import Intake
from functions.intake.open_keys import EndedIncidents, OpenKeys
from functions.prediction import methods as prediction
from functions.resolution import methods as resolution
from functions.verification.judgement import RecoveryDeadline
from functions.verification.verify import Verification
from quorum.application.equivocation import Suspensions
from quorum.application.inventory import Inventory
from quorum.application.recorder import Recorder
from quorum.application.requests import parse_command
from quorum.domain.autonomy import Mode, Rule
from quorum.domain.catalogue import VERBS as CATALOGUE
from quorum.domain.commands import Execute, VerifyRecovery
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.evidence import Bundle
from quorum.domain.grants import APPROVER
from quorum.domain.people import People
from quorum.domain.seats import SEATS
from quorum.domain.topology import ServiceMap
from quorum.seats.seat import Method, SeatVoter
from stacks.asl import substitution
from stacks.seat_stages import seat_function
from tests.fakes import (
    CountingIds,
    FakeClock,
    InMemoryApprovalStore,
    InMemoryBallotBox,
    InMemoryClosingStore,
    InMemoryControls,
    InMemoryDeadLetters,
    InMemoryDecisionStore,
    InMemoryEventStore,
    InMemoryEvidenceStore,
    InMemoryExecutionLedger,
    InMemoryExecutionStarter,
    InMemoryOpeningStore,
    InMemoryOperations,
    InMemoryRollouts,
    InMemorySigner,
    InMemorySnapshotStore,
    InMemoryStopSwitch,
    InMemoryTaskTokens,
    InMemoryTokens,
    InMemoryTopologySource,
    InMemoryVerdictStore,
    InMemoryVerifier,
)
from tests.fakes.control_log import InMemoryControlLog
from tests.fakes.tokens import OURS

T = TypeVar("T")
METHODS: Final[Mapping[str, Method]] = {
    **detection.METHODS,
    **diagnosis.METHODS,
    **prediction.METHODS,
    **resolution.METHODS,
}
VERBS: Final = frozenset(
    {"lambda.rollback_alias", "lambda.raise_reserved_concurrency", "dynamodb.raise_capacity"}
)
"""Those that have an effect on the account's model."""
PREFIX: Final = "shop-"
"""Of the alarms that are opted in."""
APPROVAL_SECONDS: Final = 1800
PEOPLE: Final = People.model_validate(
    [
        {"id": name, "name": name.title(), "subject": f"s-{name}", "roles": [ESCALATION_LEVEL]}
        for name in ("ann", "bob")
    ]
)


class SerialCalls(ParallelCalls):
    """Calls in the order in which they start, so that every run is identical."""

    def __init__(self) -> None:
        """Open no pool."""

    def start(self, call: Callable[[], T]) -> PendingCall[T]:
        """Run the call now; its error is kept for the reader of its result."""
        future: Future[T] = Future()
        try:
            future.set_result(call())
        except Exception as error:  # noqa: BLE001 - kept for the reader, as a pool keeps it
            future.set_exception(error)
        return PendingCall(future, lambda: 1.0)

    def close(self) -> None:
        """Close nothing."""


class ParsedEvidence(InMemoryEvidenceStore):
    """The store, parsing each bundle once: bundles never change and are read dozens of times."""

    def __init__(self) -> None:
        super().__init__()
        self._parsed: dict[str, Bundle] = {}

    def get_bundle(self, digest: str) -> Bundle:
        """Return the bundle of this digest."""
        if digest not in self._parsed:
            self._parsed[digest] = super().get_bundle(digest)
        return self._parsed[digest]


class Actuators:
    """The real verbs over the account's clients; only those that a scenario offers."""

    def __init__(self, account: Account) -> None:
        client: Any = LambdaClient(account)
        tables: Any = DynamoDBClient(account)
        self._verbs: dict[str, VerbActuator] = {
            "lambda.rollback_alias": RollbackAlias(client, lambda _: client),
            "lambda.raise_reserved_concurrency": RaiseReservedConcurrency(client, lambda _: client),
            "dynamodb.raise_capacity": RaiseCapacity(tables, tables, lambda _: tables),
        }

    def actuator(self, verb: str, incident_id: str) -> VerbActuator:
        """Return the verb's actuator."""
        assert incident_id  # noqa: S101 - the session's name
        return self._verbs[verb]


class Product:
    """Every function of the pipeline, called by its name with the state machine's payload."""

    def __init__(  # noqa: PLR0913 - the world that it runs in, by name
        self,
        *,
        clock: FakeClock,
        rng: random.Random,
        account: Account,
        metrics: MetricStore,
        logs: LogStore,
        alarms: AlarmBook,
        service_map: ServiceMap,
        trail: Trail | None,
        mode: Mode,
    ) -> None:
        self.clock, self.alarms, self.trail = clock, alarms, trail
        self.account, self.metrics, self.logs = account, metrics, logs
        self.store, self.evidence = InMemoryEventStore(), ParsedEvidence()
        self.decisions, self.verdicts = InMemoryDecisionStore(), InMemoryVerdictStore()
        self.ledger = InMemoryExecutionLedger(clock)
        self.approvals_book, self.tokens = InMemoryApprovalStore(), InMemoryTaskTokens()
        self.starter, self.dead_letters = InMemoryExecutionStarter(), InMemoryDeadLetters()
        self._openings, self._closings = InMemoryOpeningStore(), InMemoryClosingStore()
        self._operations = InMemoryOperations(clock)
        self._box, self._verifier = InMemoryBallotBox(), InMemoryVerifier()
        self._topology = InMemoryTopologySource(service_map)
        self._control_log = InMemoryControlLog()
        self._suspensions = Suspensions(InMemoryControls(), self._control_log)
        self._ids = CountingIds()
        self._rules = tuple(Rule(verb=v.name, resources=("*",), mode=mode) for v in CATALOGUE)
        self.recorder = Recorder(
            self.store, now=clock, new_id=self._ids, jitter=lambda cap: cap / 2, sleep=clock.sleep
        )
        self.inventory = Inventory(account, InMemorySnapshotStore(), self.ledger, clock)
        self.intake = self._intake(rng)
        self._functions = self._wired()

    def call(self, placeholder: str, payload: dict[str, Any]) -> Any:
        """Run the function with the payload; return its result as the handler does.

        A function that only sends or writes messages does nothing: it has no say in the outcome.
        """
        function = self._functions.get(placeholder)
        return {} if function is None else function(payload)

    def _intake(self, rng: random.Random) -> Intake:
        ended = EndedIncidents(self._openings, self._closings)
        context = AlarmContext(self._topology, self.alarms, self.clock, lambda _: None)
        keys = OpenKeys(
            self.store,
            self._operations,
            ended,
            self.clock,
            sleep=self.clock.sleep,
            jitter=lambda cap: rng.uniform(0, cap),
        )
        correlator = Correlator(
            keys,
            context,
            self.recorder,
            self._operations,
            self._openings,
            self._closings,
            ended,
            self.starter,
            self.clock,
        )
        gate = Gate(ACCOUNT, REGION, (PREFIX,), "quorum-", {}, lambda _: {})
        return Intake(
            gate,
            Confirmation(self.alarms, self.clock),
            correlator,
            self.recorder,
            self._operations,
            self.dead_letters,
        )

    def _wired(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        executor, verification = self._executor(), self._verification()
        found: dict[str, Callable[[dict[str, Any]], Any]] = {
            "evidence": self._freeze(),
            "consensus": self._decide(),
            "approval": self._approvals().handle,
            "executor": lambda sent: dict(execute(executor, parse_command(Execute, sent))),
            "verification": lambda sent: {
                "verdict": verification.check(parse_command(VerifyRecovery, sent))
            },
            "closing": lambda sent: dict(self._closing().close(sent)),
            **{seat_function(seat): self._seat(seat.name) for seat in SEATS},
        }
        return {substitution(name): function for name, function in found.items()}

    def _seat(self, name: str) -> Callable[[dict[str, Any]], Any]:
        seating = SeatVoter(
            seat=name,
            methods=METHODS,
            store=self.store,
            evidence=self.evidence,
            box=self._box,
            signer=InMemorySigner(name),
            verifier=self._verifier,
            now=self.clock,
        )
        return lambda sent: dict(seating.answer(sent))

    def _freeze(self) -> Callable[[dict[str, Any]], Any]:
        sources = Sources(
            topology=self._topology,
            metrics=self.metrics,
            logs=self.logs,
            inventory=self.inventory,
            audit=self.trail,
            reports=self.logs.reports(),
            other_logs=self.logs.others(),
        )
        freezer = Freezer(
            self.recorder,
            self.evidence,
            self._openings,
            sources,
            self.ledger,
            self.clock,
            SerialCalls,
        )

        def freeze(sent: dict[str, Any]) -> dict[str, Any]:
            frozen = freezer.freeze(sent)
            return {"evidence": frozen.evidence, "candidates": len(frozen.candidates)}

        return freeze

    def _decide(self) -> Callable[[dict[str, Any]], Any]:
        consensus = Consensus(
            self.recorder,
            self._box,
            self.decisions,
            self.evidence,
            self._openings,
            self.approvals_book,
            self._suspensions,
            self._verifier,
            self._rules,
            self._control_log,
            self.clock,
        )
        return lambda sent: dict(consensus.decide(sent).answer)

    def _approvals(self) -> Approvals:
        records = TrustedRecords(self.decisions, self.evidence, self._closings, self.ledger)
        subjects = {person.id: person.subject for person in PEOPLE.root}
        tokens = InMemoryTokens(subjects, self.clock)
        return Approvals(
            self.recorder,
            records,
            Authenticator(PEOPLE, tokens, OURS, None, self.clock),
            self.approvals_book,
            self.tokens,
            InMemorySigner(APPROVER),
            self.clock,
            APPROVAL_SECONDS,
        )

    def _executor(self) -> ExecutorDependencies:
        return ExecutorDependencies(
            recorder=self.recorder,
            evidence=self.evidence,
            decisions=self.decisions,
            ballots=self._box,
            approvals=self.approvals_book,
            openings=self._openings,
            closings=self._closings,
            verdicts=self.verdicts,
            stop=InMemoryStopSwitch(),
            suspensions=self._suspensions,
            verifier=self._verifier,
            ledger=self.ledger,
            alarms=self.alarms,
            deployments=self.account,
            actuators=Actuators(self.account),
            rules=self._rules,
            control_log=self._control_log,
            place=Place(account=ACCOUNT, region=REGION),
            now=self.clock,
            new_id=self._ids,
            sleep=self.clock.sleep,
        )

    def _verification(self) -> Verification:
        return Verification(
            recorder=self.recorder,
            evidence=self.evidence,
            decisions=self.decisions,
            ledger=self.ledger,
            verdicts=self.verdicts,
            openings=self._openings,
            alarms=self.alarms,
            metrics=self.metrics,
            topology=self._topology,
            rollouts=InMemoryRollouts(),
            deadline=RecoveryDeadline(),
            now=self.clock,
        )

    def _closing(self) -> Closing:
        return Closing(
            recorder=self.recorder,
            sources=EvidenceSources(self.decisions, self.ledger, self.verdicts),
            openings=self._openings,
            closings=self._closings,
            approvals=self.approvals_book,
            operations=self._operations,
            now=self.clock,
        )
