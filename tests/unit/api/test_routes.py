"""Every route: who gets in, what it answers, and what it says when it does not."""

from datetime import timedelta
from typing import Any

import pytest

from quorum.domain.errors import StoreUnavailableError
from quorum.domain.events import IncidentTakenOver, PostMortemWritten, UndoRequested
from quorum.domain.grants import PEOPLE_FOR_HIGH_RISK
from quorum.domain.restrictions import ControlChanged
from quorum.domain.suspensions import Suspension
from tests.unit.api.worlds import ADA, BOB, EVE, World
from tests.unit.narrative.stories import INCIDENT, RAISE, ROLLBACK, Log, candidate, resolved

ONE = f"/v1/incidents/{INCIDENT}"
READS = [
    "/v1/me",
    "/v1/incidents",
    ONE,
    f"{ONE}/timeline",
    f"{ONE}/votes",
    "/v1/controls",
    "/view/operations",
    "/view/impact",
    "/view/controls",
    f"/view/incidents/{INCIDENT}",
]
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", f"{ONE}/approve", {"approval_id": "a" * 32}),
    ("POST", f"{ONE}/deny", {"approval_id": "a" * 32}),
    ("POST", f"{ONE}/change", {"approval_id": "a" * 32, "action": RAISE.id}),
    ("POST", f"{ONE}/take-over", {}),
    ("POST", f"{ONE}/undo", {}),
    ("PUT", "/v1/controls/stop", {"stopped": True}),
    ("PUT", "/v1/controls/modes", {"verb": RAISE.verb, "resource": "lambda:*", "mode": "shadow"}),
    ("POST", "/v1/controls/seats/diagnosis-model/reinstate", {}),
]


@pytest.mark.parametrize("path", READS)
def test_who_is_known_may_read(path: str) -> None:
    assert World.asking().get(path, EVE).status == 200


@pytest.mark.parametrize("path", READS)
def test_nobody_else_may(path: str) -> None:
    world = World.asking()
    for token in (None, "", "s-ada", "ada"):
        reply = world.get(path, token)
        assert reply.status == 401
        assert reply.json() == {"error": "unauthorised", "reason": "sign in first"}


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_write_wants_a_role(method: str, path: str, body: dict[str, Any]) -> None:
    world = World.asking()
    before = world.log.events

    for token, status in ((None, 401), (EVE, 403)):
        reply = world.gateway.call(method, path, {**body, "reason": "mine"}, token=token)
        assert reply.status == status
    assert world.log.events == before
    assert world.functions.asked == []
    assert world.stop.thrown() is None


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_write_wants_a_reason(method: str, path: str, body: dict[str, Any]) -> None:
    for reason in ({}, {"reason": ""}, {"reason": "x" * 501}):
        reply = World.asking().gateway.call(method, path, {**body, **reason}, token=ADA)
        assert (reply.status, reply.json()["error"]) == (422, "invalid")


@pytest.mark.parametrize("step", ["", "/timeline", "/votes", "/post-mortem"])
def test_an_incident_that_is_not_there(step: str) -> None:
    reply = World.asking().get(f"/v1/incidents/{'f' * 32}{step}")

    assert (reply.status, reply.json()["error"]) == (404, "not_found")


def test_an_approval_is_in_the_log_with_who_from_where_and_why() -> None:
    world = World.asking()

    assert world.post("approve", approval_id=world.question).json() == {"done": "Approved."}
    (answer,) = world.answers
    assert answer.by is not None
    assert answer.reason is not None
    said = (answer.answer, answer.by.outsider, answer.via, answer.reason.outsider, answer.action)
    assert said == ("granted", "ada", "console", "I know it", ROLLBACK.id)
    assert world.tokens.outputs == {"token": {"answer": "granted"}}


def test_a_change_grants_another_candidate_of_the_same_evidence() -> None:
    world = World.asking()

    reply = world.post("change", approval_id=world.question, action=RAISE.id)
    assert reply.json() == {"done": "Approved."}
    assert world.answers[0].action == RAISE.id


def test_a_change_to_what_is_no_candidate_is_refused() -> None:
    world = World.asking()
    other = f"{RAISE.verb}:{'0' * 12}"

    reply = world.post("change", approval_id=world.question, action=other)
    assert reply.status == 400
    assert "not among the candidates" in reply.json()["reason"]
    assert world.answers == []


@pytest.mark.parametrize("step", ["approve", "deny"])
def test_an_answer_may_be_sent_again_and_counts_once(step: str) -> None:
    world = World.asking()
    first, second = (world.post(step, approval_id=world.question) for _ in range(2))

    assert first == second
    assert len(world.answers) == 1


def test_the_first_answer_stands() -> None:
    world = World.asking()
    world.post("deny", approval_id=world.question)

    reply = world.post("approve", BOB, approval_id=world.question)
    assert (reply.status, reply.json()["error"]) == (409, "refused")
    assert world.answers[0].answer == "denied"


def test_an_expired_question_takes_no_answer() -> None:
    world = World.asking()
    world.log.clock.now += timedelta(hours=1)

    reply = world.post("approve", approval_id=world.question)
    assert (reply.status, reply.json()["error"]) == (410, "expired")
    assert world.functions.asked == []


def test_a_question_of_another_incident_is_not_answered_here() -> None:
    reply = World.asking().post("approve", approval_id="b" * 32)

    assert reply.status == 404


def test_what_is_risky_takes_two_people() -> None:
    drive = candidate("sqs.redrive", "sqs:parcels", "Send dead letters back", queue="parcels")
    log = Log().open().freeze(candidates=(drive,))
    log.decide(route="approve", action=drive.id, ranking=((drive.id, 6600),), votes=())
    world = World(log)
    world.approvals.handle({"operation": "open", "incident_id": INCIDENT, "round": 1})

    first = world.post("approve", approval_id=world.question)
    again = world.post("approve", approval_id=world.question)
    assert first.json() == again.json()
    assert f"{PEOPLE_FOR_HIGH_RISK - 1} more" in first.json()["done"]
    assert world.answers == []
    assert world.post("approve", BOB, approval_id=world.question).json() == {"done": "Approved."}


def test_taking_over_denies_what_was_asked_and_names_who() -> None:
    world = World.asking()

    assert world.post("take-over").status == 200
    (taken,) = world.log.facts(IncidentTakenOver)
    assert (taken.by.outsider, taken.via, taken.reason.outsider) == ("ada", "console", "I know it")
    assert world.answers[0].answer == "denied"
    assert world.tokens.outputs == {"token": {"answer": "denied"}}


def test_taking_over_twice_changes_nothing_and_somebody_else_is_refused() -> None:
    world = World.asking()
    first, again = world.post("take-over"), world.post("take-over")

    assert first == again
    assert len(world.log.facts(IncidentTakenOver)) == 1
    other = world.post("take-over", BOB)
    assert (other.status, other.json()["reason"]) == (409, "ada has taken it over already")


def test_a_closed_incident_is_not_taken_over() -> None:
    assert World(resolved()).post("take-over").status == 409


def test_an_action_is_undone_on_a_persons_word() -> None:
    world = World(resolved())

    assert world.post("undo").json() == {"done": "Undone."}
    (wanted,) = world.log.facts(UndoRequested)
    assert (wanted.by.outsider, wanted.via) == ("ada", "console")
    assert world.log.incident.undone is not None


def test_an_undo_that_the_executor_refuses_says_why() -> None:
    world = World(resolved())
    world.undo_refusal = "lambda:checkout is no longer what we wrote"

    reply = world.post("undo")
    assert (reply.status, reply.json()["reason"]) == (409, world.undo_refusal)


def test_what_was_never_done_is_not_undone() -> None:
    reply = World.asking().post("undo")

    assert (reply.status, reply.json()["reason"]) == (409, "nothing was done that could be undone")


def test_the_stop_switch_is_thrown_lifted_and_on_record() -> None:
    world = World.asking()

    assert world.put("stop", stopped=True).status == 200
    assert world.stop.thrown() == "ada: I know it"
    assert world.put("stop", stopped=True).json() == {"done": "It is so already."}
    assert world.put("stop", BOB, stopped=False).status == 200
    assert world.stop.thrown() is None
    assert [change.by for change in world.switched.recent("stop", 9)] == ["bob", "ada"]


def test_a_verb_is_held_back_and_let_go_but_never_beyond_its_deployment() -> None:
    world = World.asking()
    here = {"verb": ROLLBACK.verb, "resource": "lambda:checkout"}

    assert world.put("modes", **here, mode="shadow").status == 200
    assert [option["mode"] for option in world.get(ONE).json()["options"]] == ["shadow", "approve"]
    assert world.put("modes", **here, mode="autonomous").status == 200
    assert world.get(ONE).json()["options"][0]["mode"] == "autonomous"
    beyond = world.put("modes", verb=RAISE.verb, resource="lambda:*", mode="autonomous")
    assert (beyond.status, beyond.json()["error"]) == (409, "refused")
    assert "more takes a deployment" in beyond.json()["reason"]


@pytest.mark.parametrize("resource", ["ssm:*", "sqs:parcels"])
def test_a_restriction_on_another_service_is_refused(resource: str) -> None:
    world = World.asking()

    reply = world.put("modes", verb=ROLLBACK.verb, resource=resource, mode="shadow")

    assert (reply.status, reply.json()["error"]) == (422, "invalid")
    assert reply.json()["reason"].endswith(f"like {resource}: on lambda:name")
    assert world.switched.newest("modes") is None


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ("lambda:c*", "Of what the deployment opted in it is about lambda:*."),
        ("lambda:other", "Of what the deployment opted in it is about lambda:*."),
    ],
)
def test_a_restriction_says_what_it_is_about(resource: str, said: str) -> None:
    reply = World.asking().put("modes", verb=ROLLBACK.verb, resource=resource, mode="shadow")

    assert reply.json()["done"].endswith(said)


def test_a_restriction_that_holds_nothing_back_says_so() -> None:
    world = World.asking()

    reply = world.put("modes", verb="ssm.restore_parameter", resource="ssm:shop/*", mode="shadow")

    assert reply.json()["done"].endswith("It fits nothing that the deployment opted in.")
    newest = world.switched.newest("modes")
    assert newest is not None
    assert newest.modes[0].resource == "ssm:/shop/*"


def test_changes_tell_who_from_where_and_why() -> None:
    world = World.asking()
    world.put("modes", verb=ROLLBACK.verb, resource="lambda:*", mode="approve")

    (change,) = world.get("/v1/controls").json()["changes"]
    assert (change["by"], change["via"], change["address"]) == ("ada", "console", "192.0.2.1")
    assert (change["reason"], change["what"]) == (
        "I know it",
        "lambda.rollback_alias on lambda:*: at most approve.",
    )


def test_a_seat_is_reinstated_once() -> None:
    world = World.asking()
    world.controls.suspend(Suspension(seat="diagnosis-model", since=0.0, reason="two votes"))
    path = "/v1/controls/seats/diagnosis-model/reinstate"

    replies = [world.gateway.call("POST", path, {"reason": "new key"}, token=ADA) for _ in "12"]
    assert [reply.status for reply in replies] == [200, 409]
    assert world.tools.suspensions.in_force() == {}
    (change,) = world.switched.recent("seats", 9)
    assert isinstance(change, ControlChanged)
    assert change.reason.outsider == "new key"


def test_the_post_mortem_is_read_only_as_it_was_written() -> None:
    log = resolved()
    key, digest = log.evidence.put_report(INCIDENT, "# What happened")
    world = World(log)
    assert world.get(f"{ONE}/post-mortem").status == 404
    written(log, key, digest)

    reply = world.get(f"{ONE}/post-mortem")
    assert (reply.status, reply.body) == (200, "# What happened")
    assert reply.headers["content-type"].startswith("text/markdown")
    log.evidence.objects[key] = b"# Something else"
    assert world.get(f"{ONE}/post-mortem").status == 500


def test_a_store_that_does_not_answer_is_no_fault_of_the_caller() -> None:
    world = World.asking()
    world.stop.error = StoreUnavailableError("arn:aws:dynamodb:secret detail")

    reply = world.get("/v1/controls")
    assert reply.status == 503
    assert "secret" not in reply.body


def test_an_unchanged_page_is_not_sent_again() -> None:
    world = World.asking()
    tag = world.get("/view/controls").headers["etag"]

    assert world.get("/view/controls", headers={"if-none-match": tag}).status == 304
    world.put("stop", stopped=True)
    assert world.get("/view/controls", headers={"if-none-match": tag}).status == 200


@pytest.mark.parametrize("path", ["/", "/session", "/static/console.js", "/v1/me", "/nowhere"])
def test_every_answer_forbids_what_the_console_does_not_need(path: str) -> None:
    headers = World.asking().get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def written(log: Log, key: str, digest: str) -> None:
    log.add(PostMortemWritten, key=key, content=digest, cost_microdollars=1)
