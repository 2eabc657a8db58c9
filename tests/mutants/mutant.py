"""A promise, and the change that breaks it."""

import tomllib
from pathlib import Path
from typing import Final, NamedTuple

CHECKS: Final = Path(__file__).with_name("checks.toml")


class Mutant(NamedTuple):
    """One change: `old`, found exactly once in the file, becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def checks() -> tuple[Mutant, ...]:
    """Return the checks before an effect, each left out once."""
    rows = tomllib.loads(CHECKS.read_text())["check"]
    return tuple(Mutant(**{**row, "tests": tuple(row["tests"])}) for row in rows)
