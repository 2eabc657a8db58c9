"""Signed statements by people, ready-made."""

from datetime import datetime
from typing import Final

from quorum.domain.base import OutsiderText
from quorum.domain.restrictions import ControlChanged, Restriction
from tests.fakes.clock import START

SAID: Final = {"by": OutsiderText.of("ada"), "via": "console", "reason": OutsiderText.of("mine")}
"""Fields of an event that a person caused."""


def held_back(*restrictions: Restriction, version: int = 1) -> ControlChanged:
    """Return the change after which these hold."""
    return ControlChanged(
        control="modes",
        version=version,
        changed_at=START,
        by="ada",
        via="console",
        address="192.0.2.1",
        reason=OutsiderText.of("quiet"),
        what="held back",
        modes=restrictions,
    )


def lifted(seat: str, mark: str, *, at: datetime = START, version: int = 1) -> ControlChanged:
    """Return the change by which a person reinstates the seat with this mark."""
    return ControlChanged(
        control="seats",
        version=version,
        changed_at=at,
        by="ada",
        via="console",
        address="192.0.2.1",
        reason=OutsiderText.of("key replaced"),
        what=f"The seat {seat} is reinstated.",
        seat=seat,
        mark=mark,
    )
