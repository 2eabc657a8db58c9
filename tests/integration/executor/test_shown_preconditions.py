"""Preconditions shown to people are checked before an action: each row is broken once here."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.executor.guards import GUARDS
from quorum.domain.catalogue import VERBS
from quorum.domain.errors import RefusedError, WorldMovedError
from tests.integration.executor.data_scenes import Capacity, OnDemand, Parameter, Service
from tests.integration.executor.lambda_scenes import Alias, Concurrency
from tests.integration.executor.models import Wire, answer
from tests.integration.executor.queue_scene import Queue
from tests.integration.executor.scenes import Scene, actuator

Break = Callable[[Any], None]


def unusable(scene: Any) -> None:
    scene.wire.on("lambda.GetFunctionConfiguration", lambda **_: answer({"State": "Failed"}))


def no_room(scene: Any) -> None:
    scene.unreserved = 100


def small_account(scene: Any) -> None:
    scene.whole = 19


def forgotten(scene: Any) -> None:
    history = scene.client.get_parameter_history(Name="/shop/prices")["Parameters"][1:]
    scene.wire.on("ssm.GetParameterHistory", lambda **_: answer({"Parameters": history}))


def index(scene: Any) -> None:
    table = scene.client.describe_table(TableName="items")["Table"]
    table = {**table, "GlobalSecondaryIndexes": [{"IndexName": "by-day"}]}
    scene.wire.on("dynamodb.DescribeTable", lambda **_: answer({"Table": table}))


def deregistered(scene: Any) -> None:
    scene.client.deregister_task_definition(taskDefinition="web:1")


def empty(scene: Any) -> None:
    scene.client.purge_queue(QueueUrl=scene.dead)


def switched_off(scene: Any) -> None:
    scene.switch_off()
    scene.observed = lambda: {"reserved_concurrency": 0}
    scene.parameters = lambda: {"function": "checkout", "from_units": 0, "to_units": 10}


def labelled(scene: Any) -> None:
    scene.label()


def external(scene: Any) -> None:
    scene.external()


def shared(scene: Any) -> None:
    scene.share()


def moved(scene: Any) -> None:
    scene.interfere()


READ_BY_THE_VERB: dict[tuple[str, str], tuple[type[Scene], Break]] = {
    (
        "lambda.rollback_alias",
        "the alias still points to the version and revision in the evidence",
    ): (Alias, moved),
    ("lambda.rollback_alias", "the target version exists and can run"): (Alias, unusable),
    (
        "lambda.raise_reserved_concurrency",
        "the reserved concurrency is still as in the evidence",
    ): (Concurrency, moved),
    (
        "lambda.raise_reserved_concurrency",
        "the account has enough unreserved concurrency for the raise",
    ): (Concurrency, no_room),
    (
        "lambda.raise_reserved_concurrency",
        "the new value is at most half of the account's concurrency",
    ): (Concurrency, small_account),
    (
        "lambda.raise_reserved_concurrency",
        "the function is not switched off, with a reservation of 0",
    ): (Concurrency, switched_off),
    (
        "ssm.restore_parameter",
        "the parameter still has the version in the evidence",
    ): (Parameter, moved),
    (
        "ssm.restore_parameter",
        "the current version has no label and does not itself restore an earlier value",
    ): (Parameter, labelled),
    (
        "ecs.rollback_service",
        "ECS itself deploys the service, and it is not scaled to 0 tasks",
    ): (Service, external),
    ("sqs.redrive", "no other queue uses the same dead-letter queue"): (Queue, shared),
    (
        "ssm.restore_parameter",
        "the version to restore is still in the parameter's history",
    ): (Parameter, forgotten),
    (
        "dynamodb.raise_capacity",
        "the table is provisioned, with the capacity (also of the index) in the evidence",
    ): (Capacity, moved),
    (
        "dynamodb.raise_capacity",
        "a table switched to on demand has no indexes: their capacity cannot be restored",
    ): (OnDemand, index),
    (
        "ecs.rollback_service",
        "the service still runs the task definition in the evidence",
    ): (Service, moved),
    ("ecs.rollback_service", "the target task definition is ACTIVE"): (Service, deregistered),
    ("sqs.redrive", "the queue has dead letters, and no redrive is running"): (Queue, empty),
}


def test_every_row_names_a_guard_that_no_approval_lifts_or_is_read_by_the_verb() -> None:
    guards = {guard.name for guard in GUARDS if not guard.person_may}
    rows = [(verb.name, row) for verb in VERBS for row in verb.preconditions]
    by_the_verb = {(name, row.text) for name, row in rows if row.check == "capture"}

    assert {row.check for _, row in rows} <= {*guards, "capture"}
    assert by_the_verb == set(READ_BY_THE_VERB)


@pytest.mark.parametrize("row", READ_BY_THE_VERB, ids=" ".join)
def test_verb_refuses_a_claim_that_does_not_hold(wire: Wire, row: tuple[str, str]) -> None:
    scene_of, break_it = READ_BY_THE_VERB[row]
    scene = scene_of(wire)
    candidate = scene.candidate()
    assert actuator(scene.verb).capture(candidate)

    break_it(scene)

    with pytest.raises((RefusedError, WorldMovedError)):
        actuator(scene.verb).capture(scene.candidate() if break_it is switched_off else candidate)
