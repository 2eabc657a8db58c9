"""Channels that do not answer: no message is between an alarm or a grant and the effect.

The function that sends messages hangs until the effect has happened. If the effect waited for a
message, the run would take as long as the longest wait here, and that message would end first.
"""

import threading
from typing import Any

from tests.integration.stacks.answers import approval, decided, executor, healthy
from tests.integration.stacks.moto_machine import Machine, Payload, Run, send_answer

LONGEST = 20.0
LAST = {"resolved", "dismissed", "escalated"}


class FrozenChannels:
    """Messages that hang until the executor acts; which of them had ended when it did."""

    def __init__(self) -> None:
        self.acted = threading.Event()
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.ended_before_the_effect: list[str] | None = None

    def send(self, payload: Payload) -> Payload:
        self.begun.append(payload["kind"])
        if payload["kind"] not in LAST:
            self.acted.wait(LONGEST)
        self.ended.append(payload["kind"])
        return {"sent": True}

    def act(self, payload: Payload) -> Payload:
        if payload["operation"] == "act":
            self.ended_before_the_effect = [*self.ended]
            self.acted.set()
        return executor(payload)


def played(machine: Machine, channels: FrozenChannels, **changed: Any) -> Run:
    return machine.run(
        healthy(communication=channels.send, executor=channels.act, **changed), approval_seconds=120
    )


def test_autonomous_effect_waits_for_no_message(machine: Machine) -> None:
    channels = FrozenChannels()

    happened = played(machine, channels)

    assert channels.ended_before_the_effect == []
    assert sorted(channels.ended) == ["decision", "opened", "resolved"]
    assert happened.closed == ("resolved", "recovered")


def test_approved_effect_waits_for_no_message(machine: Machine) -> None:
    channels, begun = FrozenChannels(), []

    def granting(payload: Payload) -> Payload:
        if payload["operation"] == "wait":
            begun.extend(channels.begun)
            send_answer(payload["task_token"], "granted")
        return approval(payload)

    happened = played(machine, channels, consensus=lambda _: decided("approve"), approval=granting)

    assert "approval_wanted" in begun
    assert channels.ended_before_the_effect == []
    assert sorted(channels.ended) == sorted(
        ["opened", "decision", "approval_wanted", "answered", "resolved"]
    )
    assert happened.closed == ("resolved", "recovered")
