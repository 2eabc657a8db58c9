"""Mutants without an observable difference, each judged by a person and with the reason.

They are kept by what they change and not by their line, in `equivalents.toml`.
"""

import tomllib
from pathlib import Path
from typing import Final, NamedTuple

from tests.mutants.finding import Key

FILE: Final = Path(__file__).with_name("equivalents.toml")


class Judged(NamedTuple):
    """A mutant that may survive, and why."""

    key: Key
    reason: str


def judged() -> tuple[Judged, ...]:
    """Return those that were judged to be equivalent."""
    return tuple(
        Judged(Key(**{name: row[name] for name in Key._fields}), row["reason"])
        for row in tomllib.loads(FILE.read_text())["equivalent"]
    )
