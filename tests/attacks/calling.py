"""Calls that are not for the caller to make: functions, queues, the state machine, resources."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from quorum.domain.canonical import canonical_json
from quorum.domain.seats import SEATS
from tests.attacks.cloud.deployed import ACCOUNT, REGION
from tests.attacks.primitive import Primitive
from tests.attacks.view import Call, View
from tests.attacks.world import records, transition

Events = Callable[[View], Iterable[tuple[str, dict[str, Any]]]]
SAID: Final = {"by": "eve", "via": "cli", "reason": "because I say so"}


def _asked(view: View) -> str:
    asked = view.newest("ApprovalRequested")
    return asked.approval_id if asked else "0" * 32


def _executor(operation: str, *, round_: int = 1, approved: bool = False) -> Events:
    def events(view: View) -> Iterable[tuple[str, dict[str, Any]]]:
        event = {"operation": operation, "incident_id": view.incident, "round": round_}
        yield "executor", {**event, "approval_id": _asked(view) if approved else None}

    return events


def _pressed_by_ann(view: View) -> Iterable[tuple[str, dict[str, Any]]]:
    """Return an unsigned interaction in the name of a configured person."""
    asked = _asked(view)
    pressed = {
        "action_id": "approve",
        "block_id": f"{view.incident}:{asked}",
        "value": asked,
    }
    payload = {
        "type": "block_actions",
        "user": {"id": "UANN000001", "team_id": "T00000001"},
        "team": {"id": "T00000001"},
        "api_app_id": "A00000001",
        "actions": [pressed],
    }
    sent = {
        "body": urlencode({"payload": json.dumps(payload)}),
        "timestamp": str(int(view.state.now.timestamp())),
        "signature": "v0=" + "0" * 64,
    }
    event = {"operation": "answer", "answer": "granted", "approval_id": asked}
    yield "approval", {**event, "proof": {"kind": "press", "sent": sent}}


def _granted(of: Callable[[View], str | None]) -> Events:
    def events(view: View) -> Iterable[tuple[str, dict[str, Any]]]:
        for person in ("eve", "mallory"):
            event = {"operation": "answer", "answer": "granted", "approval_id": _asked(view)}
            yield "approval", {**event, **SAID, "by": person, "action": of(view)}

    return events


def _one(function: str, **event: Any) -> Events:
    """Return one event; `incident_id` is added."""
    return lambda view: [(function, {"incident_id": view.incident, **event})]


def _stepping_in(operation: str) -> Events:
    return _one("approval", operation=operation, **SAID)


def _claimed(view: View, method: str, path: str, body: Any) -> dict[str, Any]:
    """Return a request as API Gateway would hand it on, with invented claims."""
    claims = {"sub": "eve", "email": "eve@example.com", "token_use": "id"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path.format(incident=view.incident),
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "authorization": "Bearer x.y.z"},
        "body": json.dumps(body),
        "isBase64Encoded": False,
        "requestContext": {
            "http": {"method": method, "path": path.format(incident=view.incident), "sourceIp": ""},
            "authorizer": {"jwt": {"claims": claims}},
            "stage": "$default",
            "requestId": "r",
        },
    }


def _pressed(view: View) -> dict[str, Any]:
    return {
        "operation": "press",
        "press": {
            "member": "UEVE00001",
            "action": "approve",
            "approval_id": _asked(view),
            "incident_id": view.incident,
            "response_url": "",
        },
    }


def _later(view: View) -> str:
    """Return a forged CloudWatch message: the alarm is OK, at a much later time."""
    alarm = view.truth.alarms[0]
    return transition(alarm, "OK", view.state.now + timedelta(days=30_000))


def _again(view: View) -> str:
    """Return a new transition of the same alarm."""
    alarm = view.truth.alarms[0]
    return transition(alarm, "ALARM", view.state.now)


def _death(view: View) -> dict[str, Any]:
    machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{view.named('incident')}"
    detail = {"name": view.incident, "status": "FAILED", "stateMachineArn": machine}
    return {"source": "aws.states", "detail": detail}


INVOKED: Final[Mapping[str, Events]] = {
    "executor: act": _executor("act"),
    "executor: act on what is approved": _executor("act", approved=True),
    "executor: act in round 2": _executor("act", round_=2),
    "executor: undo": _executor("undo"),
    "executor: settle": _executor("settle"),
    "approval: open": _one("approval", operation="open", round=1),
    "approval: open round 2": _one("approval", operation="open", round=2),
    "approval: granted by two invented people": _granted(lambda _: None),
    "approval: another granted by two invented people": _granted(lambda v: v.other.id),
    "approval: granted by a person's press that Slack never signed": _pressed_by_ann,
    "approval: expire": lambda v: [
        (
            "approval",
            {"operation": "expire", "incident_id": v.incident, "approval_id": _asked(v)},
        )
    ],
    "approval: wait with one's own token": lambda v: [
        (
            "approval",
            {
                "operation": "wait",
                "incident_id": v.incident,
                "approval_id": _asked(v),
                "task_token": "mine",
            },
        )
    ],
    "approval: take over": _stepping_in("take_over"),
    "approval: undo": _stepping_in("undo"),
    "consensus: decide": _one("consensus", round=1, seats=[]),
    "consensus: decide round 2": _one("consensus", round=2, seats=[]),
    "evidence: freeze": _one("evidence", round=1),
    "evidence: freeze round 2": _one("evidence", round=2),
    "verification: of the action": _one("verification", mode="action"),
    "verification: of a dismissal": _one("verification", mode="dismissal"),
    "closing: resolved": _one("closing", outcome="resolved", reason="said so"),
    "closing: escalated": _one("closing", outcome="escalated", reason="said so"),
    "closing: undone": _one("closing", outcome="undone", reason="said so"),
    "communication: resolved": _one("communication", kind="resolved"),
    "watchdog: a forged death": lambda v: [("watchdog", _death(v))],
    "intake: a forged recovery of long after": lambda v: [("intake", records((_later(v),)))],
    "courier: garbage": lambda _: [("courier", records(("no message",)))],
    "slack: an invented press": lambda v: [("slack", _pressed(v))],
    "api: an invented caller stops": lambda v: [
        ("api", _claimed(v, "PUT", "/v1/controls/stop", {"stopped": True, "reason": "because"}))
    ],
    "api: an invented caller undoes": lambda v: [
        ("api", _claimed(v, "POST", "/v1/incidents/{incident}/undo", {"reason": "because"}))
    ],
    **{
        f"{seat.name}: asked again": _one(
            f"seat-{seat.name}", round=1, seat=seat.name, tier=seat.tiers[-1].method
        )
        for seat in SEATS
    },
}


def _invoked(events: Events) -> Callable[[View], list[Call]]:
    def calls(view: View) -> list[Call]:
        return [
            Call(
                "lambda",
                "invoke",
                {
                    "FunctionName": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
                    f"{view.named(function)}:live",
                    "Payload": json.dumps(event),
                },
            )
            for function, event in events(view)
        ]

    return calls


def _message(queue: str, body: Callable[[View], str]) -> Callable[[View], list[Call]]:
    def calls(view: View) -> list[Call]:
        request = {"QueueUrl": view.world.queue(queue), "MessageBody": body(view)}
        return [Call("sqs", "send_message", request)]

    return calls


def _waiting(view: View) -> str:
    said = {
        "incident_id": view.incident,
        "kind": "resolved",
        "subject": "All is well",
        "text": "All is well",
        "html": "<a href='https://evil.example'>All is well</a>",
        "mrkdwn": ["<!channel> all is well"],
    }
    return json.dumps({"leg": "channels", "message": said})


def _started(name: Callable[[View], str], round_: int) -> Callable[[View], list[Call]]:
    def calls(view: View) -> list[Call]:
        machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{view.named('incident')}"
        data = {"incident_id": name(view), "round": round_}
        request = {"stateMachineArn": machine, "name": f"again-{round_}", "input": json.dumps(data)}
        return [Call("stepfunctions", "start_execution", request)]

    return calls


def let_go(view: View) -> list[Call]:
    """Return the call that answers the state machine's wait with a grant."""
    token = next((run.token for run in view.state.executions.values() if run.token), None)
    said = json.dumps({"answer": "granted"})
    return [Call("stepfunctions", "send_task_success", {"taskToken": token or "t", "output": said})]


def _bundle(view: View, *, own_key: bool) -> list[Call]:
    """Put other evidence: under the key of the incident's, or under its own."""
    frozen = view.newest("EvidenceFrozen")
    other = view.truth.model_copy(update={"candidates": (view.strange,)})
    body, key = canonical_json(other), "bundles/forged.json"
    if frozen is not None and own_key:
        key = frozen.key
    return [Call("s3", "put_object", {"Bucket": view.world.bucket(), "Key": key, "Body": body})]


def calls_of_all_kinds() -> Iterator[Primitive]:
    """Yield direct invocations, messages, executions and objects."""
    for name, events in INVOKED.items():
        yield Primitive(f"invoke {name}", _invoked(events))
    yield Primitive("message alarms: OK in a hundred years", _message("alarms", _later))
    yield Primitive("message alarms: it fires again", _message("alarms", _again))
    yield Primitive("message alarms: garbage", _message("alarms", lambda _: "[" * 2000))
    yield Primitive("message outbox: all is well", _message("outbox", _waiting))
    yield Primitive("message outbox: garbage", _message("outbox", lambda _: "no message"))
    yield Primitive("message dead letters", _message("dead-letters", lambda _: "{}"))
    yield Primitive("start the incident's round 1 again", _started(lambda v: v.incident, 1))
    yield Primitive("start the incident's round 2", _started(lambda v: v.incident, 2))
    yield Primitive("start the old incident's round 1 again", _started(lambda v: v.old, 1))
    yield Primitive("end the wait: granted", let_go)
    yield Primitive("object: other evidence at its key", lambda v: _bundle(v, own_key=True))
    yield Primitive("object: other evidence", lambda v: _bundle(v, own_key=False))
