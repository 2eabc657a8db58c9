"""One Lambda environment of intake as a process, with the handler's wiring, on an emulator."""

import os
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from quorum.domain.errors import TransientError

_wired: dict[str, Any] = {}


class Taken(NamedTuple):
    """The result of one message; `verdict` is None if the queue would deliver it again."""

    verdict: str | None
    began: float
    ended: float


def wire(variables: Mapping[str, str]) -> None:
    """Import the handler with these environment variables, once per process."""
    os.environ.update(variables)
    from functions.intake import handler  # noqa: PLC0415 - it reads the environment on import

    _wired.update(intake=handler.intake, alarms=handler.alarms)


def take(bodies: list[str]) -> list[Taken]:
    """Handle a batch message by message; times are from the monotonic clock, in seconds."""
    _wired["alarms"].look(bodies)
    return [_take(body) for body in bodies]


def _take(body: str) -> Taken:
    began = time.monotonic()
    try:
        verdict: str | None = _wired["intake"].take(body).verdict
    except TransientError:
        verdict = None
    return Taken(verdict, began, time.monotonic())
