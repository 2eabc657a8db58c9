"""A promise, as a small change that breaks it."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """One change: `old`, found exactly once in the file, becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
