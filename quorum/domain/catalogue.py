"""The closed catalogue of actions, with their preconditions and inverses.

A verb is one row of `VERBS`. The stacks create one role per row (with its `permissions` and no
others), the executor has one implementation per row, and `candidates` lists the actions that are
possible in a situation. Seats choose among candidate ids; no text ever becomes part of an action.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from quorum.domain.canonical import digest
from quorum.domain.evidence import Alarm, Candidate, Change, ResourceState, Scalar
from quorum.domain.resource_settings import (
    ALIAS_REVISION,
    ALIAS_VERSION,
    alias_setting,
    aliases_of,
    index_setting,
    indexes_of,
)
from quorum.domain.rollback_pins import FLOOR, is_below, is_earlier

Risk = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Situation:
    """The input for candidates: the current settings, the recent changes and the alarms."""

    states: tuple[ResourceState, ...]
    changes: tuple[Change, ...]
    alarms: tuple[Alarm, ...] = ()

    def latest(self, resource: str, kind: str, setting: str | None = None) -> Change | None:
        """Return the newest such change of the resource that Quorum did not make, or None."""
        matching = [c for c in self._changes(resource, kind, setting) if not c.ours]
        return max(matching, key=lambda c: (c.at, c.id), default=None)

    def release(self, resource: str, kind: str, setting: str | None, now: Scalar) -> Change | None:
        """Return the newest change if it brought the value `now`, unless it is a rollback itself.

        A rollback brings back an earlier value, by CodeDeploy, a circuit breaker or a person: the
        value before it is the faulty one.
        """
        change = self.latest(resource, kind, setting)
        if change is None or change.before is None or change.after != now:
            return None
        earlier = (c for c in self._changes(resource, kind, setting) if c.at <= change.at)
        was_in_force = any(c.before == change.after and c.id != change.id for c in earlier)
        return None if was_in_force or is_earlier(change.after, change.before) else change

    def _changes(self, resource: str, kind: str, setting: str | None) -> Iterator[Change]:
        for c in self.changes:
            if (c.resource, c.kind) == (resource, kind) and setting in {None, c.setting}:
                yield c


Propose = Callable[[Situation], Iterator[Candidate]]
Describe = Callable[[Mapping[str, Scalar]], str]
"""From an action's parameters to a sentence. Raises KeyError when a parameter is missing."""

ON_DEMAND: Final = "PAY_PER_REQUEST"
ID_DIGITS: Final = 32
"""Hexadecimal digits of an action's id after its verb."""
CACHED_SECONDS: Final = 300
"""Time for which readers keep a parameter: AWS's Lambda extension and Powertools by default."""
TABLE_UPDATE_SECONDS: Final = 300
"""Time in which a table usually is ACTIVE again after its capacity was raised."""
SWITCHED_OFF: Final = 0
"""Reserved concurrency or tasks of what people have switched off: no action turns it on again."""


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
    if p["to_units"] is None:
        return f"Remove the reserved concurrency of {p['function']} ({p['from_units']})"
    of = f"Raise the reserved concurrency of {p['function']}"
    return f"{of} from {p['from_units']} to {p['to_units']}"


def _describe_restore_parameter(p: Mapping[str, Scalar]) -> str:
    return f"Restore parameter {p['name']} from version {p['from_version']} to {p['to_version']}"


def _describe_raise_capacity(p: Mapping[str, Scalar]) -> str:
    if "to_billing" in p:
        return f"Switch table {p['table']} to on-demand capacity"
    to = f"{p['to_read']} read, {p['to_write']} write units"
    return f"Raise the capacity of {_capacity_owner(p)} to {to}"


def _capacity_owner(p: Mapping[str, Scalar]) -> str:
    index = f"index {p['index']} of " if "index" in p else ""
    return f"{index}table {p['table']}"


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
    return f"capacity of {_capacity_owner(p)} too low ({units})"


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
    """Yield the service's resources with their names, without those that a deployment changes."""
    for state in situation.states:
        kind, _, name = state.resource.partition(":")
        if kind == service and state.settings.get("deploying") is not True:
            yield state, name


def _rollback_alias(situation: Situation) -> Iterator[Candidate]:
    for state, function in _states_of(situation, "lambda"):
        for alias in aliases_of(state.settings):
            version = state.settings.get(alias_setting(state.settings, alias, ALIAS_VERSION))
            change = situation.release(state.resource, "alias", alias, version)
            if change is None or is_below(change.before, state.settings.get(FLOOR)):
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
                observed=tuple(
                    alias_setting(state.settings, alias, name)
                    for name in ("alias", ALIAS_VERSION, ALIAS_REVISION)
                ),
            )


def _raise_concurrency(situation: Situation) -> Iterator[Candidate]:
    """Yield raises to what a reservation was before it was lowered; None: to no reservation."""
    for state, function in _states_of(situation, "lambda"):
        now = state.settings.get("reserved_concurrency")
        change = situation.latest(state.resource, "concurrency")
        if now == SWITCHED_OFF or change is None or not _lowered(change, now):
            continue
        if not _fits_account(state, now, change.before):
            continue
        yield _candidate(
            "lambda.raise_reserved_concurrency",
            state,
            parameters={"function": function, "from_units": now, "to_units": change.before},
            cites=(change.id,),
            observed=("reserved_concurrency",),
        )


def _lowered(change: Change | None, now: Scalar) -> bool:
    """Return whether the change lowered the number to `now`: from more, or from no limit."""
    if change is None or change.after != now or not isinstance(now, int):
        return False
    return change.before is None or (isinstance(change.before, int) and change.before > now)


def _fits_account(state: ResourceState, now: Scalar, to: Scalar) -> bool:
    """Return whether the account has room for the reservation, as far as its limits are known."""
    room, most = (state.settings.get(name) for name in ("concurrency_room", "concurrency_most"))
    if not isinstance(to, int) or not isinstance(now, int):
        return True
    fits = not isinstance(room, int) or to - now <= room
    return fits and (not isinstance(most, int) or to <= most)


def _restore_parameter(situation: Situation) -> Iterator[Candidate]:
    """Yield restorations of parameters without labels: readers by label would not see them."""
    for state, name in _states_of(situation, "ssm"):
        version = state.settings.get("version")
        change = situation.release(state.resource, "parameter", None, version)
        if change is None or is_below(change.before, state.settings.get(FLOOR)):
            continue
        oldest, before = state.settings.get("oldest_version"), change.before
        forgotten = isinstance(oldest, int) and isinstance(before, int) and before < oldest
        deliberate = "labelled" in state.settings or "value_of" in state.settings
        if forgotten or deliberate:
            continue
        yield _candidate(
            "ssm.restore_parameter",
            state,
            parameters={"name": name, "from_version": version, "to_version": before},
            cites=(change.id,),
            observed=("version",),
        )


def _raise_capacity(situation: Situation) -> Iterator[Candidate]:
    """Yield raises to what the units or the billing were before they were lowered.

    Where alarms watch indexes of a table alone, then only theirs: a table's units do not help them.
    """
    for state, table in _states_of(situation, "dynamodb"):
        if state.settings.get("billing") != "PROVISIONED":
            continue
        alarmed = _alarmed_indexes(situation, table)
        for index in (None, *indexes_of(state.settings)):
            if not alarmed or index in alarmed:
                yield from _restore_units(situation, state, table, index)


def _alarmed_indexes(situation: Situation, table: str) -> set[str | None]:
    """Return the indexes of the table that alarms watch; None for the table itself."""
    named = (dict(alarm.dimensions) for alarm in situation.alarms)
    return {d.get("GlobalSecondaryIndexName") for d in named if d.get("TableName") == table}


def _restore_units(
    situation: Situation, state: ResourceState, table: str, index: str | None
) -> Iterator[Candidate]:
    names = tuple(index_setting(index, name) for name in ("read_units", "write_units"))
    read, write = (state.settings.get(name) for name in names)
    if state.settings.get(index_setting(index, "autoscaled")) is True:
        return
    former: dict[str, Scalar] = {}
    billing = None if index else situation.latest(state.resource, "table", "billing")
    if billing is not None and billing.before == ON_DEMAND:
        if indexes_of(state.settings):
            return  # the capacity of its indexes could not be restored
        former, changes = {"to_billing": ON_DEMAND}, [billing]
    else:
        latest = [situation.latest(state.resource, "table", name) for name in names]
        changes = [c for c in latest if c and _lowered(c, state.settings.get(c.setting))]
        before = {c.setting: c.before for c in changes}
        former = {"to_read": before.get(names[0], read), "to_write": before.get(names[1], write)}
    if changes:
        yield _candidate(
            "dynamodb.raise_capacity",
            state,
            parameters={
                "table": table,
                **({"index": index} if index else {}),
                "from_read": read,
                "from_write": write,
                **former,
            },
            cites=(max(changes, key=lambda c: (c.at, c.id)).id,),
            observed=("billing", *names),
        )


def _rollback_service(situation: Situation) -> Iterator[Candidate]:
    """Yield rollbacks of services that ECS itself deploys and that are to run tasks."""
    for state, name in _states_of(situation, "ecs"):
        cluster, _, service = name.partition("/")
        now = state.settings.get("task_definition")
        change = situation.release(state.resource, "task_definition", None, now)
        if change is None or is_below(change.before, state.settings.get(FLOOR)):
            continue
        settings = state.settings
        if "controller" in settings or settings.get("desired") == SWITCHED_OFF:
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
    """Yield redrives of dead-letter queues of one source: for either queue's alarm the same one."""
    for state, queue in _states_of(situation, "sqs"):
        settings = state.settings
        to, dead_queue, dead = queue, settings.get("dlq"), settings.get("dead_letters")
        if "source" in settings:  # it is a dead-letter queue itself
            to, dead_queue, dead = str(settings["source"]), queue, settings.get("messages")
        if "shared_dlq" in settings or not isinstance(dead, int) or dead < 1:
            continue
        yield _candidate(
            "sqs.redrive",
            ResourceState(resource=f"sqs:{to}", settings={"dlq": dead_queue}),
            parameters={"queue": to, "dead_letter_queue": dead_queue},
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
        inverse="point the alias back, if no other caller has changed it since",
        risk="medium",
        blast_radius="all callers of the alias",
        check=_ALARM_OK,
        propose=_rollback_alias,
    ),
    Verb(
        name="lambda.raise_reserved_concurrency",
        permissions=("lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency"),
        arn="arn:{partition}:lambda:{region}:{account}:function:{function}",
        preconditions=(
            Precondition("the reserved concurrency is still as in the evidence", "capture"),
            Precondition("the function is not switched off, with a reservation of 0", "capture"),
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
            Precondition(
                "the current version has no label and does not itself restore an earlier value",
                "capture",
            ),
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
            Precondition(
                "the table is provisioned, with the capacity (also of the index) in the evidence",
                "capture",
            ),
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
            Precondition(
                "ECS itself deploys the service, and it is not scaled to 0 tasks", "capture"
            ),
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
            Precondition("no other queue uses the same dead-letter queue", "capture"),
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
