"""The closed catalogue of actions, with their preconditions and inverses.

A verb is one row of `VERBS`. The stacks create one role per row (with its `permissions` and no
others), the executor has one implementation per row, and `candidates` lists the actions that are
possible in a situation. Seats choose among candidate ids; no text ever becomes part of an action.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from quorum.domain.canonical import digest
from quorum.domain.evidence import Candidate, Change, ResourceState, Scalar
from quorum.domain.rollback_pins import FLOOR, is_below

Risk = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Situation:
    """The input for candidates: the current settings and the recent changes."""

    states: tuple[ResourceState, ...]
    changes: tuple[Change, ...]

    def latest(self, resource: str, kind: str, setting: str | None = None) -> Change | None:
        """Return the newest such change of the resource that Quorum did not make, or None."""
        matching = [
            c
            for c in self.changes
            if c.resource == resource
            and c.kind == kind
            and not c.ours
            and setting in {None, c.setting}
        ]
        return max(matching, key=lambda c: (c.at, c.id), default=None)


Propose = Callable[[Situation], Iterator[Candidate]]
Describe = Callable[[Mapping[str, Scalar]], str]
"""From an action's parameters to a sentence. Raises KeyError when a parameter is missing."""

ON_DEMAND: Final = "PAY_PER_REQUEST"
ID_DIGITS: Final = 32
"""Hexadecimal digits of an action's id after its verb."""
MOST_TIMES: Final = 4
"""Maximum factor between Quorum's own raises within a day and the value that people had set."""
CACHED_SECONDS: Final = 300
"""Time for which readers keep a parameter: AWS's Lambda extension and Powertools by default."""
TABLE_UPDATE_SECONDS: Final = 300
"""Time in which a table usually is ACTIVE again after its capacity was raised."""
TABLE_UNITS: Final = 40_000
"""Maximum read or write units of a table without a quota increase (DynamoDB's default quota)."""


class Precondition(NamedTuple):
    """A condition that is checked before the effect, with or without approval, and its check.

    `check` is the name of the executor's guard, which no approval overrides, or `capture`, the
    reads of the verb itself right before the effect.
    """

    text: str
    check: str


@dataclass(frozen=True, slots=True)
class Verb:
    """One kind of action."""

    name: str
    permissions: tuple[str, ...]
    """IAM actions of the effect and its inverse: the only ones in the verb's role."""
    arn: str
    """The resource of those permissions; `{parameter}` stands for the action's parameter."""
    preconditions: tuple[Precondition, ...]
    """The preconditions that approval requests list. Tests prove that each one is checked."""
    inverse: str | None
    """The way to undo it; None when there is no true inverse: then the verb is never autonomous."""
    risk: Risk
    blast_radius: str
    check: str
    propose: Propose
    settles_seconds: int = 0
    """Seconds after the effect in which requests may still meet the former value."""
    cause_first: bool = False
    """True for a verb that clears the consequences of a fault: only after the fault has ended."""
    key_permissions: tuple[str, ...] = ()
    """Actions on a KMS key that encrypts the resource, through the verb's own service alone."""

    @property
    def reversible(self) -> bool:
        """Return whether the verb has a true inverse."""
        return self.inverse is not None


def action_id(verb: str, parameters: Mapping[str, Scalar]) -> str:
    """Return the action's id: its verb and 128 bits of the digest of its parameters."""
    return f"{verb}:{digest(dict(parameters))[:ID_DIGITS]}"


def id_matches_parameters(candidate: Candidate) -> bool:
    """Return whether the candidate's id matches its verb and parameters."""
    return candidate.id == action_id(candidate.verb, candidate.parameters)


def has_former_id(candidate: Candidate) -> bool:
    """Return whether the id is the shorter one of earlier evidence for these parameters.

    Its 48 bits bind nothing by themselves: it is only valid where the whole parameters are signed.
    """
    return candidate.id == action_id(candidate.verb, candidate.parameters)[: -ID_DIGITS + 12]


def describe(candidate: Candidate) -> str:
    """Return a sentence that describes the candidate, from its verb and parameters alone.

    So it describes what the id binds, regardless of `summary`. Raises CatalogueError for an unknown
    verb or a missing parameter.
    """
    say = SENTENCES[verb(candidate.verb).name]
    try:
        return say(candidate.parameters)
    except KeyError as error:
        raise CatalogueError(f"{candidate.verb} has no parameter {error}") from error


def safe_description(candidate: Candidate) -> str:
    """Return the description that people see, or a warning when the id does not match.

    An action whose id does not match its parameters is not described: it could be any other action.
    """
    if not (id_matches_parameters(candidate) or has_former_id(candidate)):
        return f"Unknown action: its id does not match its parameters: {candidate.id}"
    try:
        return describe(candidate)
    except CatalogueError:
        return f"Unknown action, not in the catalogue: {candidate.id}"


def caused_by(candidate: Candidate) -> str:
    """Return the fault that the candidate addresses, from what its id binds; empty if unknown."""
    describe_cause = CAUSES.get(candidate.verb)
    matches = id_matches_parameters(candidate) or has_former_id(candidate)
    if describe_cause is None or not matches:
        return ""
    try:
        return describe_cause(candidate.parameters)
    except KeyError:
        return ""


def _candidate(
    verb: str,
    state: ResourceState,
    *,
    parameters: dict[str, Scalar],
    cites: tuple[str, ...],
    observed: tuple[str, ...],
) -> Candidate:
    return Candidate(
        id=action_id(verb, parameters),
        verb=verb,
        resource=state.resource,
        parameters=parameters,
        summary=SENTENCES[verb](parameters),
        cites=cites,
        observed={name: state.settings.get(name) for name in observed},
    )


def _describe_rollback_alias(p: Mapping[str, Scalar]) -> str:
    alias = f"{p['function']}:{p['alias']}"
    return f"Roll back {alias} from version {p['from_version']} to {p['to_version']}"


def _describe_raise_concurrency(p: Mapping[str, Scalar]) -> str:
    of = f"Raise the reserved concurrency of {p['function']}"
    return f"{of} from {p['from_units']} to {p['to_units']}"


def _describe_restore_parameter(p: Mapping[str, Scalar]) -> str:
    return f"Restore parameter {p['name']} from version {p['from_version']} to {p['to_version']}"


def _describe_raise_capacity(p: Mapping[str, Scalar]) -> str:
    if "to_billing" in p:
        return f"Switch table {p['table']} to on-demand capacity"
    to = f"{p['to_read']} read, {p['to_write']} write units"
    return f"Raise the capacity of table {p['table']} to {to}"


def _describe_rollback_service(p: Mapping[str, Scalar]) -> str:
    to, now = p["to_task_definition"], p["from_task_definition"]
    return f"Roll back service {p['service']} from {now} to {to}"


def _describe_redrive(p: Mapping[str, Scalar]) -> str:
    return f"Redrive the dead letters of {p['dead_letter_queue']} to {p['queue']}"


SENTENCES: Final[Mapping[str, Describe]] = {
    "lambda.rollback_alias": _describe_rollback_alias,
    "lambda.raise_reserved_concurrency": _describe_raise_concurrency,
    "ssm.restore_parameter": _describe_restore_parameter,
    "dynamodb.raise_capacity": _describe_raise_capacity,
    "ecs.rollback_service": _describe_rollback_service,
    "sqs.redrive": _describe_redrive,
}


def _cause_release(p: Mapping[str, Scalar]) -> str:
    return f"release of version {p['from_version']} to {p['function']}:{p['alias']}"


def _cause_concurrency(p: Mapping[str, Scalar]) -> str:
    return f"reserved concurrency of {p['function']} too low ({p['from_units']})"


def _cause_parameter(p: Mapping[str, Scalar]) -> str:
    return f"new value of parameter {p['name']} (version {p['from_version']})"


def _cause_capacity(p: Mapping[str, Scalar]) -> str:
    units = f"{p['from_read']} read, {p['from_write']} write units"
    return f"capacity of table {p['table']} too low ({units})"


def _cause_task_definition(p: Mapping[str, Scalar]) -> str:
    return f"release of {p['from_task_definition']} to service {p['service']}"


CAUSES: Final[Mapping[str, Describe]] = {
    "lambda.rollback_alias": _cause_release,
    "lambda.raise_reserved_concurrency": _cause_concurrency,
    "ssm.restore_parameter": _cause_parameter,
    "dynamodb.raise_capacity": _cause_capacity,
    "ecs.rollback_service": _cause_task_definition,
}
"""Per verb, the fault that the action addresses; a redrive only clears up after one."""


def _states_of(situation: Situation, service: str) -> Iterator[tuple[ResourceState, str]]:
    for state in situation.states:
        kind, _, name = state.resource.partition(":")
        if kind == service:
            yield state, name


def _rollback_alias(situation: Situation) -> Iterator[Candidate]:
    for state, function in _states_of(situation, "lambda"):
        alias, version = state.settings.get("alias"), state.settings.get("alias_version")
        change = situation.latest(state.resource, "alias", str(alias))
        if change is None or version != change.after or not change.before:
            continue
        if is_below(change.before, state.settings.get(FLOOR)):
            continue
        yield _candidate(
            "lambda.rollback_alias",
            state,
            parameters={
                "function": function,
                "alias": alias,
                "from_version": version,
                "to_version": change.before,
            },
            cites=(change.id,),
            observed=("alias", "alias_version", "alias_revision"),
        )


def _raise_concurrency(situation: Situation) -> Iterator[Candidate]:
    for state, function in _states_of(situation, "lambda"):
        now = state.settings.get("reserved_concurrency")
        if not isinstance(now, int) or isinstance(now, bool):
            continue
        change = situation.latest(state.resource, "concurrency")
        before = change.before if change else None
        lowered = isinstance(before, int) and before > now
        twice = max(2 * now, 2)
        if not lowered and twice > MOST_TIMES * max(
            1, _set_by_people(situation, state.resource, now)
        ):
            continue
        to = before if lowered else twice
        yield _candidate(
            "lambda.raise_reserved_concurrency",
            state,
            parameters={"function": function, "from_units": now, "to_units": to},
            cites=(change.id,) if change else (f"state:{state.resource}",),
            observed=("reserved_concurrency",),
        )


def _set_by_people(situation: Situation, resource: str, now: int) -> int:
    """Return the last value that people set, found by following Quorum's own changes back."""
    ours = [c for c in situation.changes if (c.resource, c.kind) == (resource, "concurrency")]
    for change in sorted(ours, key=lambda c: (c.at, c.id), reverse=True):
        if not change.ours or change.after != now or not isinstance(change.before, int):
            break
        now = change.before
    return now


def _restore_parameter(situation: Situation) -> Iterator[Candidate]:
    for state, name in _states_of(situation, "ssm"):
        change = situation.latest(state.resource, "parameter")
        version = state.settings.get("version")
        if change is None or change.before is None or change.after != version:
            continue
        if is_below(change.before, state.settings.get(FLOOR)):
            continue
        yield _candidate(
            "ssm.restore_parameter",
            state,
            parameters={"name": name, "from_version": version, "to_version": change.before},
            cites=(change.id,),
            observed=("version",),
        )


def _raise_capacity(situation: Situation) -> Iterator[Candidate]:
    """Yield one candidate per table: with two, the votes of one finding would be split."""
    for state, table in _states_of(situation, "dynamodb"):
        read, write = state.settings.get("read_units"), state.settings.get("write_units")
        if state.settings.get("billing") != "PROVISIONED":
            continue
        if not isinstance(read, int) or not isinstance(write, int):
            continue
        billing = situation.latest(state.resource, "table", "billing")
        was_on_demand = billing is not None and billing.before == ON_DEMAND
        change = billing if was_on_demand else situation.latest(state.resource, "table")
        parameters = _raised_capacity(read, write, on_demand=was_on_demand)
        yield _candidate(
            "dynamodb.raise_capacity",
            state,
            parameters={"table": table, "from_read": read, "from_write": write, **parameters},
            cites=(change.id,) if change else (f"state:{state.resource}",),
            observed=("billing", "read_units", "write_units"),
        )


def _raised_capacity(read: int, write: int, *, on_demand: bool) -> dict[str, Scalar]:
    """Return the parameters of the raise.

    On demand if the table was so before, or if twice the units exceed the quota of a table.
    """
    if on_demand or 2 * max(read, write) > TABLE_UNITS:
        return {"to_billing": ON_DEMAND}
    return {"to_read": 2 * read, "to_write": 2 * write}


def _rollback_service(situation: Situation) -> Iterator[Candidate]:
    for state, name in _states_of(situation, "ecs"):
        cluster, _, service = name.partition("/")
        change = situation.latest(state.resource, "task_definition")
        now = state.settings.get("task_definition")
        if change is None or change.after != now or not change.before:
            continue
        if is_below(change.before, state.settings.get(FLOOR)):
            continue
        yield _candidate(
            "ecs.rollback_service",
            state,
            parameters={
                "cluster": cluster,
                "service": service,
                "from_task_definition": now,
                "to_task_definition": change.before,
            },
            cites=(change.id,),
            observed=("task_definition",),
        )


def _redrive(situation: Situation) -> Iterator[Candidate]:
    for state, queue in _states_of(situation, "sqs"):
        dead = state.settings.get("dead_letters")
        if isinstance(dead, int) and dead > 0:
            yield _candidate(
                "sqs.redrive",
                state,
                parameters={"queue": queue, "dead_letter_queue": state.settings.get("dlq")},
                cites=(f"state:{state.resource}",),
                observed=("dlq",),
            )


_NO_DEPLOYMENT: Final = Precondition("no deployment of it is in progress", "deployment")
_NOT_PINNED: Final = Precondition("no tag pins a version above the target", "below_floor")
_NO_WORSE: Final = Precondition(
    "the target version is not known to fail like the current one", "target_unhealthy"
)
_ALARM_OK: Final = "the same alarm is OK, with enough successful requests at comparable traffic"

VERBS: Final[tuple[Verb, ...]] = (
    Verb(
        name="lambda.rollback_alias",
        permissions=("lambda:UpdateAlias",),
        arn="arn:{partition}:lambda:{region}:{account}:function:{function}",
        preconditions=(
            Precondition(
                "the alias still points to the version and revision in the evidence",
                "capture",
            ),
            Precondition("the target version exists and can run", "capture"),
            _NO_DEPLOYMENT,
            _NO_WORSE,
            _NOT_PINNED,
        ),
        inverse="point the alias back, if it is still at the revision that Quorum wrote",
        risk="medium",
        blast_radius="all callers of the alias",
        check=_ALARM_OK,
        propose=_rollback_alias,
    ),
    Verb(
        name="lambda.raise_reserved_concurrency",
        permissions=("lambda:PutFunctionConcurrency",),
        arn="arn:{partition}:lambda:{region}:{account}:function:{function}",
        preconditions=(
            Precondition("the reserved concurrency is still as in the evidence", "capture"),
            Precondition("the account has enough unreserved concurrency for the raise", "capture"),
            Precondition("the new value is at most half of the account's concurrency", "capture"),
            _NO_DEPLOYMENT,
        ),
        inverse="restore the reserved concurrency, if it is still as Quorum set it",
        risk="low",
        blast_radius="the function, and what it calls",
        check=_ALARM_OK,
        propose=_raise_concurrency,
    ),
    Verb(
        name="ssm.restore_parameter",
        permissions=("ssm:PutParameter",),
        arn="arn:{partition}:ssm:{region}:{account}:parameter{name}",
        preconditions=(
            Precondition("the parameter still has the version in the evidence", "capture"),
            Precondition("the version to restore is still in the parameter's history", "capture"),
            _NO_WORSE,
            _NOT_PINNED,
        ),
        inverse="write the previous value again, if the version is still the one that Quorum wrote",
        risk="medium",
        blast_radius="all readers of the parameter",
        check=_ALARM_OK,
        settles_seconds=CACHED_SECONDS,
        propose=_restore_parameter,
        key_permissions=("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
    ),
    Verb(
        name="dynamodb.raise_capacity",
        permissions=("dynamodb:UpdateTable",),
        arn="arn:{partition}:dynamodb:{region}:{account}:table/{table}",
        preconditions=(
            Precondition("the table is ACTIVE", "deployment"),
            Precondition("the table is provisioned, with the capacity in the evidence", "capture"),
            Precondition("autoscaling does not own the capacity", "autoscaling"),
            Precondition(
                "a table switched to on demand has no indexes: their capacity cannot be restored",
                "capture",
            ),
        ),
        inverse="restore capacity and billing, if they are still as Quorum set them",
        risk="low",
        blast_radius="the table and its cost",
        check=_ALARM_OK,
        settles_seconds=TABLE_UPDATE_SECONDS,
        propose=_raise_capacity,
    ),
    Verb(
        name="ecs.rollback_service",
        permissions=("ecs:UpdateService",),
        arn="arn:{partition}:ecs:{region}:{account}:service/{cluster}/{service}",
        preconditions=(
            Precondition("the service still runs the task definition in the evidence", "capture"),
            Precondition("the target task definition is ACTIVE", "capture"),
            _NO_DEPLOYMENT,
            _NO_WORSE,
            _NOT_PINNED,
        ),
        inverse="run the previous task definition again, if the service still runs what Quorum set",
        risk="medium",
        blast_radius="all tasks of the service",
        check=_ALARM_OK,
        propose=_rollback_service,
    ),
    Verb(
        name="sqs.redrive",
        permissions=(
            "sqs:StartMessageMoveTask",
            "sqs:SendMessage",
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
        ),
        arn="arn:{partition}:sqs:{region}:{account}:{dead_letter_queue}",
        preconditions=(
            Precondition("the queue has dead letters, and no redrive is running", "capture"),
            Precondition(
                "the alarm that opened the incident is OK, unless it watches the dead letters",
                "alarm_over",
            ),
            Precondition(
                "besides the queue, no measured resource had more failures than allowed when the "
                "evidence was taken",
                "cause_remains",
            ),
        ),
        inverse=None,
        risk="high",
        blast_radius="every consumer of the queue sees the messages again",
        check="the dead-letter queue stays empty",
        propose=_redrive,
        cause_first=True,
        key_permissions=("kms:Decrypt", "kms:GenerateDataKey"),
    ),
)


class CatalogueError(ValueError):
    """The catalogue does not contain this verb."""


def verb(name: str) -> Verb:
    """Return the verb with this name. Raises CatalogueError when there is none."""
    for row in VERBS:
        if row.name == name:
            return row
    raise CatalogueError(
        f"there is no verb {name!r}; the catalogue has {', '.join(v.name for v in VERBS)}"
    )


def candidates(situation: Situation, verbs: Iterable[Verb] = VERBS) -> tuple[Candidate, ...]:
    """Return all actions that are possible here, by action id, without duplicates."""
    by_id = {c.id: c for row in verbs for c in row.propose(situation)}
    return tuple(by_id[key] for key in sorted(by_id))


def settles_seconds(action: str) -> int:
    """Return the settling time of the action with this id; the longest one for an unknown verb."""
    by_verb = {row.name: row.settles_seconds for row in VERBS}
    return by_verb.get(action.partition(":")[0], max(by_verb.values()))
