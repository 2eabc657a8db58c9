"""Findings of the proofs, as the README and docs/quorum.md print them.

python -m tests.unit.voting.document            prints all of it
python -m tests.unit.voting.document --write    puts it into both, between the marks
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from quorum.domain.constants import BASIS_POINTS, ROLE_WEIGHTS
from quorum.domain.seats import LAYOUTS
from tests.unit.voting.exhaustive import (
    Coalition,
    conflict,
    counted,
    first_breach,
    minority,
    sets_of,
    silence_is_safe,
    tolerated,
    whole_roles,
)
from tests.unit.voting.liveness import needs_bp, silences, what_fails_together

ROOT: Final = Path(__file__).parents[3]
README, PAGE = ROOT / "README.md", ROOT / "docs" / "quorum.md"
COMMAND: Final = "python -m tests.unit.voting.document --write"
TEN: Final = "2/4/3/1"
A_PERSON: Final = "a person decides"


def claim_of(layout: str) -> str:
    """Return the claim that every ballot of the layout bears out, in one sentence or two."""
    seats, few = LAYOUTS[layout], tolerated(layout)
    if not few:
        return f"Nothing is claimed of {layout}."
    role = ", or any one whole role," if not first_breach(layout, whole_roles(seats)) else ""
    silence = " Silence can only send an incident to a person." if silence_is_safe(layout) else ""
    return (
        f"Any {few} of the {len(seats)} seats{role} may lie, equivocate, replay or fall silent: "
        "no action runs without a strict majority of the honest vote weight, no two actions of an "
        f"incident run at a time, and only its first one without a person.{silence}"
    )


def claim() -> str:
    """Return the claim for the table that is deployed."""
    return f"> **{claim_of(TEN)}**"


def layouts() -> str:
    """Return the liars that each layout tolerates, and the number of ballots that were tried."""
    return "\n".join(
        _table(
            ("layout", "seats", "liars tolerated", "any whole role tolerated", "ballots tried"),
            (
                (
                    layout,
                    len(seats),
                    tolerated(layout),
                    "no" if first_breach(layout, whole_roles(seats)) else "yes",
                    f"{counted(layout).ballots:,}",
                )
                for layout, seats in LAYOUTS.items()
            ),
        )
    )


def tight() -> str:
    """Return the breaches of both properties by one liar more than tolerated, in each layout."""
    return "\n\n".join(f"`{layout}`:\n\n```text\n{_broken(layout)}\n```" for layout in LAYOUTS)


def needs() -> str:
    """Return how many silent seats leave a decision, at which confidence of the rest."""
    return "\n\n".join(f"`{layout}`:\n\n{_silences(layout)}" for layout in LAYOUTS)


def together() -> str:
    """Return the confidence needed when a whole role, or a failure domain, is silent."""
    rows = (
        (layout, name, len(silent), _need(needs_bp(layout, silent)))
        for layout in LAYOUTS
        for name, silent in what_fails_together(layout).items()
    )
    return "\n".join(_table(("layout", "silent", "seats", "confidence needed of the rest"), rows))


BLOCKS: Final[dict[str, Callable[[], str]]] = {
    "claim": claim,
    "layouts": layouts,
    "tight": tight,
    "needs": needs,
    "together": together,
}


def marks(name: str) -> tuple[str, str]:
    """Return the lines between which the block stands."""
    return f"<!-- quorum {name}: {COMMAND} -->", f"<!-- end of quorum {name} -->"


def written(text: str) -> str:
    """Return the text with every block current between its marks, where it has them."""
    for name, block in BLOCKS.items():
        first, last = marks(name)
        if first in text:
            before, _, rest = text.partition(f"{first}\n")
            after = rest[rest.index(last) :]
            text = f"{before}{first}\n\n{block()}\n\n{after}"
    return text


def _broken(layout: str) -> str:
    """Return the first set that has both ways, with both."""
    seats, ballots = LAYOUTS[layout], counted(layout).authorised
    for liars in sets_of(tolerated(layout) + 1, seats):
        unfair, double = minority(liars, ballots, seats), conflict(liars, ballots)
        if unfair and double:
            return f"{unfair.words(seats)}\n\n{double.words(seats)}"
    return "no set of one more can do both"


def _silences(layout: str) -> str:
    seats = len(LAYOUTS[layout])
    rows = (
        (
            row.silent,
            seats - row.silent,
            f"{len(row.needs_bp)} of {row.sets}",
            _range(row.needs_bp),
            _people(layout, row.people, row.sets),
        )
        for row in silences(layout)
    )
    head = ("silent", "agree", "sets that decide", "confidence needed", A_PERSON)
    return "\n".join(_table(head, rows))


def _range(needs: tuple[int, ...]) -> str:
    if not needs:
        return "-"
    return " to ".join(dict.fromkeys(_need(end) for end in (min(needs), max(needs))))


def _people(layout: str, people: tuple[Coalition, ...], sets: int) -> str:
    """Return in words which silences go to a person."""
    if not people or len(people) == sets:
        return "always" if people else "below that confidence"
    rows = LAYOUTS[layout]
    silent = [", ".join(rows[place].name for place in sorted(row)) for row in people]
    if len(silent) < len(ROLE_WEIGHTS):
        return "also without " + "; or ".join(silent)
    untouched = [r for r in ROLE_WEIGHTS if all(rows[p].role != r for row in people for p in row)]
    return f"also when every {' and '.join(untouched)} seat is among those that agree"


def _need(conf_bp: int | None) -> str:
    return A_PERSON if conf_bp is None else f"{conf_bp / BASIS_POINTS:.4g}"


def _table(head: tuple[str, ...], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    yield _line(head)
    yield _line("---" for _ in head)
    yield from (_line(row) for row in rows)


def _line(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Print what was found, or write it."""
    if "--write" in sys.argv[1:]:
        for file in (README, PAGE):
            file.write_text(written(file.read_text()))
    else:
        print("\n\n".join(block() for block in BLOCKS.values()))


if __name__ == "__main__":
    main()
