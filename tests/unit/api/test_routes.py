"""Routes of the API: authorisation, results, idempotency and problems."""

from datetime import timedelta
from typing import Any

import pytest

from quorum.domain.errors import StoreUnavailableError
from quorum.domain.events import IncidentTakenOver, PostMortemWritten, UndoRequested
from quorum.domain.grants import PEOPLE_FOR_HIGH_RISK
from quorum.domain.restrictions import ControlChanged
from quorum.domain.suspensions import Suspension
from tests.builders.api import ADA, BOB, EVE, RULES, World
from tests.builders.candidates import RAISE, REDRIVE, ROLLBACK
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log, resolved

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
    "/view/coverage",
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
def test_an_authenticated_caller_may_read(path: str) -> None:
    assert World.asking().get(path, EVE).status == 200


def test_a_viewer_asks_and_gets_cited_findings_and_nothing_is_recorded() -> None:
    world = World.asking()
    before = world.log.events
    reply = world.gateway.call(
        "POST", f"{ONE}/questions", {"question": "what changed?"}, token=EVE
    ).json()

    assert reply["topic"] == "changes"
    cited = {finding["id"]: finding for finding in reply["cited"]}
    assert cited["c1"]["section"] == "changes"
    assert reply["statements"][0] == {"text": cited["c1"]["text"], "cites": ["c1"]}
    assert world.log.events == before


def test_a_question_that_is_not_understood_offers_some_that_are() -> None:
    reply = (
        World.asking()
        .gateway.call("POST", f"{ONE}/questions", {"question": "lunch?"}, token=EVE)
        .json()
    )

    assert (reply["topic"], reply["statements"]) == (None, [])
    assert "What changed?" in reply["examples"]


@pytest.mark.parametrize("body", [{}, {"question": "?"}, {"question": "w" * 301}, {"q": "why"}])
def test_a_question_of_another_shape_is_refused(body: dict[str, Any]) -> None:
    assert World.asking().gateway.call("POST", f"{ONE}/questions", body, token=EVE).status == 422


def test_only_an_authenticated_caller_asks() -> None:
    world = World.asking()
    asked = {"question": "what changed?"}
    assert world.gateway.call("POST", f"{ONE}/questions", asked, token=None).status == 401
    other = f"/v1/incidents/{'f' * 32}/questions"
    assert world.gateway.call("POST", other, asked, token=EVE).status == 404


@pytest.mark.parametrize("path", READS)
def test_an_unauthenticated_caller_reads_nothing(path: str) -> None:
    world = World.asking()
    for token in (None, "", "s-ada", "ada"):
        reply = world.get(path, token)
        assert reply.status == 401
        assert reply.json()["error"] == "unauthorised"
        assert set(reply.json()) == {"error", "reason"}


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_write_needs_a_role(method: str, path: str, body: dict[str, Any]) -> None:
    world = World.asking()
    before = world.log.events

    for token, status in ((None, 401), (EVE, 403)):
        reply = world.gateway.call(method, path, {**body, "reason": "mine"}, token=token)
        assert reply.status == status
    assert world.log.events == before
    assert world.functions.asked == []
    assert world.stop.thrown() is None


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_write_needs_a_reason(method: str, path: str, body: dict[str, Any]) -> None:
    for reason in ({}, {"reason": ""}, {"reason": "x" * 501}):
        reply = World.asking().gateway.call(method, path, {**body, **reason}, token=ADA)
        assert (reply.status, reply.json()["error"]) == (422, "invalid")


@pytest.mark.parametrize("step", ["", "/timeline", "/votes", "/post-mortem"])
def test_an_unknown_incident_is_not_found(step: str) -> None:
    reply = World.asking().get(f"/v1/incidents/{'f' * 32}{step}")

    assert (reply.status, reply.json()["error"]) == (404, "not_found")


def test_an_approval_event_has_person_channel_and_reason() -> None:
    world = World.asking()

    assert world.post("approve", approval_id=world.question).json() == {"done": "Approved."}
    (answer,) = world.answers
    assert answer.by is not None
    assert answer.reason is not None
    said = (answer.answer, answer.by.outsider, answer.via, answer.reason.outsider, answer.action)
    assert said == ("granted", "ada", "console", "I know it", ROLLBACK.id)
    assert world.tokens.outputs == {"token": {"answer": "granted"}}


def test_an_approver_grants_another_candidate_of_the_same_evidence() -> None:
    world = World.asking()

    reply = world.post("change", approval_id=world.question, action=RAISE.id)
    assert reply.json() == {"done": "Approved."}
    assert world.answers[0].action == RAISE.id


def test_an_approval_of_an_action_that_is_no_candidate_is_refused() -> None:
    world = World.asking()
    other = f"{RAISE.verb}:{'0' * 12}"

    reply = world.post("change", approval_id=world.question, action=other)
    assert reply.status == 400
    assert "not among the candidates" in reply.json()["reason"]
    assert world.answers == []


@pytest.mark.parametrize("step", ["approve", "deny"])
def test_a_repeated_answer_counts_once(step: str) -> None:
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


def test_an_expired_approval_request_takes_no_answer() -> None:
    world = World.asking()
    world.log.clock.now += timedelta(hours=1)

    reply = world.post("approve", approval_id=world.question)
    assert (reply.status, reply.json()["error"]) == (410, "expired")
    assert world.functions.asked == []


def test_an_approval_request_of_another_incident_is_not_found() -> None:
    reply = World.asking().post("approve", approval_id="b" * 32)

    assert reply.status == 404


def test_a_high_risk_action_needs_two_approvers() -> None:
    log = Log().open().freeze(candidates=(REDRIVE,))
    log.decide(route="approve", action=REDRIVE.id, ranking=((REDRIVE.id, 6600),), votes=())
    world = World(log)
    world.approvals.handle({"operation": "open", "incident_id": INCIDENT, "round": 1})

    first = world.post("approve", approval_id=world.question)
    again = world.post("approve", approval_id=world.question)
    assert first.json() == again.json()
    assert f"{PEOPLE_FOR_HIGH_RISK - 1} more approver required" in first.json()["done"]
    assert world.answers == []
    assert world.post("approve", BOB, approval_id=world.question).json() == {"done": "Approved."}


def test_take_over_denies_the_approval_request_and_names_the_person() -> None:
    world = World.asking()

    assert world.post("take-over").status == 200
    (taken,) = world.log.facts(IncidentTakenOver)
    assert (taken.by.outsider, taken.via, taken.reason.outsider) == ("ada", "console", "I know it")
    assert world.answers[0].answer == "denied"
    assert world.tokens.outputs == {"token": {"answer": "denied"}}


def test_take_over_repeated_changes_nothing_and_another_person_is_refused() -> None:
    world = World.asking()
    first, again = world.post("take-over"), world.post("take-over")

    assert first == again
    assert len(world.log.facts(IncidentTakenOver)) == 1
    other = world.post("take-over", BOB)
    assert (other.status, other.json()["error"]) == (409, "refused")
    assert "ada" in other.json()["reason"]


def test_a_closed_incident_is_not_taken_over() -> None:
    assert World(resolved()).post("take-over").status == 409


def test_a_person_undoes_an_action() -> None:
    world = World(resolved())

    assert world.post("undo").json() == {"done": "Undone."}
    (wanted,) = world.log.facts(UndoRequested)
    assert (wanted.by.outsider, wanted.via) == ("ada", "console")
    assert world.log.incident.undone is not None


def test_an_undo_that_the_executor_refuses_returns_its_reason() -> None:
    world = World(resolved())
    world.undo_refusal = "lambda:checkout is no longer what we wrote"

    reply = world.post("undo")
    assert (reply.status, reply.json()["reason"]) == (409, world.undo_refusal)


def test_undo_of_an_incident_without_an_action_is_refused() -> None:
    reply = World.asking().post("undo")

    assert (reply.status, reply.json()["error"]) == (409, "refused")


def test_stopping_and_resuming_automation_is_recorded() -> None:
    world = World.asking()

    assert world.put("stop", stopped=True).status == 200
    assert world.stop.thrown() == "ada: I know it"
    assert "already set" in world.put("stop", stopped=True).json()["done"]
    assert len(world.control_log.recent("stop", 9)) == 1
    assert world.put("stop", BOB, stopped=False).status == 200
    assert world.stop.thrown() is None
    assert [change.by for change in world.control_log.recent("stop", 9)] == ["bob", "ada"]


def test_a_mode_is_restricted_and_lifted_but_never_above_the_deployed_maximum() -> None:
    world = World.asking()
    here = {"verb": ROLLBACK.verb, "resource": "lambda:checkout"}

    assert world.put("modes", **here, mode="shadow").status == 200
    assert [option["mode"] for option in world.get(ONE).json()["options"]] == ["shadow", "approve"]
    assert world.put("modes", **here, mode="autonomous").status == 200
    assert world.get(ONE).json()["options"][0]["mode"] == "autonomous"
    beyond = world.put("modes", verb=RAISE.verb, resource="lambda:*", mode="autonomous")
    assert (beyond.status, beyond.json()["error"]) == (409, "refused")
    assert "at most approve" in beyond.json()["reason"]


@pytest.mark.parametrize("resource", ["ssm:*", "sqs:parcels"])
def test_a_restriction_on_another_service_is_refused(resource: str) -> None:
    world = World.asking()

    reply = world.put("modes", verb=ROLLBACK.verb, resource=resource, mode="shadow")

    assert (reply.status, reply.json()["error"]) == (422, "invalid")
    assert resource in reply.json()["reason"]
    assert "lambda:name" in reply.json()["reason"]
    assert world.control_log.newest("modes") is None


@pytest.mark.parametrize("resource", ["lambda:c*", "lambda:other"])
def test_a_restriction_names_the_opt_ins_that_it_affects(resource: str) -> None:
    reply = World.asking().put("modes", verb=ROLLBACK.verb, resource=resource, mode="shadow")

    assert reply.json()["done"].endswith(f"Affected opt-ins: {', '.join(RULES[0].resources)}.")


def test_a_restriction_without_effect_is_reported_as_such() -> None:
    world = World.asking()

    reply = world.put("modes", verb="ssm.restore_parameter", resource="ssm:shop/*", mode="shadow")

    assert "No deployed opt-in matches" in reply.json()["done"]
    newest = world.control_log.newest("modes")
    assert newest is not None
    assert newest.modes[0].resource == "ssm:/shop/*"


def test_a_control_change_records_caller_address_and_reason() -> None:
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
    assert world.deps.suspensions.in_force() == {}
    (change,) = world.control_log.recent("seats", 9)
    assert isinstance(change, ControlChanged)
    assert change.reason.outsider == "new key"


def test_a_post_mortem_that_was_changed_after_writing_is_not_shown() -> None:
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


def test_an_unavailable_store_is_a_503_without_its_details() -> None:
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
def test_every_response_has_the_security_headers(path: str) -> None:
    headers = World.asking().get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def written(log: Log, key: str, digest: str) -> None:
    log.add(PostMortemWritten, key=key, content=digest, cost_microdollars=1)
