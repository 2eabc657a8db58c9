"""Try a sample of a module's mutants: in forks of one run, and what lives there once more alone."""

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.mutants.equivalents import judged
from tests.mutants.finding import Found, find
from tests.mutants.safety_core import SAFETY_CORE

PLACE: Final = "-0123456789"


class Row(NamedTuple):
    """The result of a module's sample; `possible` counts all its mutants."""

    module: str
    possible: int
    tried: int
    equivalent: int
    survivors: tuple[Found, ...] = ()
    trouble: str = ""

    def too_many(self, most: float) -> bool:
        """Return whether more survived than this share of those tried, or none could be tried."""
        return bool(self.trouble) or len(self.survivors) > most * self.tried


def attempt(tree: Path, module: str, chance: random.Random, sample: int) -> Row:
    """Try so many of the module's mutants, 0 for all; those judged equivalent are not tried."""
    found = find(tree, module)
    places, known = drawn(len(found), chance, sample), {one.key for one in judged()}
    left = [place for place in places if found[place].key not in known]
    row = Row(module, len(found), len(left), len(places) - len(left))
    try:
        return row._replace(survivors=tuple(found[p] for p in _survivors(tree, module, left)))
    except _NotTriedError as error:
        return row._replace(trouble=str(error))


def drawn(count: int, chance: random.Random, sample: int) -> Sequence[int]:
    """Return so many places of so many, in order; all for a sample of 0."""
    places = range(count)
    return sorted(chance.sample(places, min(sample, count))) if sample else places


class _NotTriedError(Exception):
    """The tests could not run; the text is the reason."""


def _survivors(tree: Path, module: str, places: Sequence[int]) -> list[int]:
    """Return which live in the forks of one run, or cannot be tried there, and imported anew."""
    for name in ("forking", "importing"):
        answers = _answers(tree, name, module, places)
        places = [place for place in places if answers[place] != "killed"]
    return list(places)


def _answers(tree: Path, name: str, module: str, places: Sequence[int]) -> dict[int, str]:
    if not places:
        return {}
    run = subprocess.run(  # noqa: S603 - ours
        [
            *(sys.executable, "-B", "-m", f"tests.mutants.{name}"),
            *(module, ",".join(map(str, places)), *SAFETY_CORE[module]),
        ],
        cwd=tree,
        env={**os.environ, "CI": "1"},  # Hypothesis: the same examples every time
        check=False,
        capture_output=True,
        text=True,
    )
    answers = dict(line.split(" ", 1) for line in run.stdout.splitlines() if line[0] in PLACE)
    if not {str(place) for place in places} <= set(answers):
        raise _NotTriedError(answers.get("-", run.stderr[-500:]))
    return {place: answers[str(place)] for place in places}
