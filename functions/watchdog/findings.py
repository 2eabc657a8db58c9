"""The watchdog's findings."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from quorum.domain.events import Finding
from quorum.ports.workflow import ExecutionStatus

Ended = Literal["execution_failed", "execution_timed_out", "execution_aborted"]

FAILED: Final[Mapping[ExecutionStatus, Ended]] = {
    "failed": "execution_failed",
    "timed_out": "execution_timed_out",
    "aborted": "execution_aborted",
}
ENDED: Final[Mapping[ExecutionStatus, Ended]] = {**FAILED, "succeeded": "execution_failed"}
"""The finding for an incident that an ended execution left open, even a successful one."""
ENDINGS: Final[Mapping[str, Finding]] = {finding: finding for finding in get_args(Ended)}
MISSING_AFTER_SECONDS: Final = 60
"""Longer than intake takes between the opening and the start."""
