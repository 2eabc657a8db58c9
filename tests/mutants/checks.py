"""The checks before an effect, each left out once: see `checks.toml`."""

import tomllib
from pathlib import Path
from typing import Final

from tests.mutants.row import Mutant

CHECKS: Final = Path(__file__).with_name("checks.toml")


def checks() -> tuple[Mutant, ...]:
    """Return the checks before an effect, each left out once."""
    rows = tomllib.loads(CHECKS.read_text())["check"]
    return tuple(Mutant(**{**row, "tests": tuple(row["tests"])}) for row in rows)
