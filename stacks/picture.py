"""The pipeline as a Mermaid picture, from the same tables as the pipeline itself.

python -m stacks.picture            prints it
python -m stacks.picture --write    writes it into docs/architecture.md, between the two marks
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from quorum.domain.seats import SEATS, Seat
from stacks.functions_table import attempt_seconds
from stacks.seat_stages import levels, stage_name
from stacks.state_machine import Times, definition

PAGE: Final = Path(__file__).parents[1] / "docs" / "architecture.md"
FIRST: Final = "<!-- picture: python -m stacks.picture --write -->"
LAST: Final = "<!-- end of the picture -->"
CAPTIONS: Final = {
    "Evidence": "freeze the evidence",
    "Consensus": "consensus",
    "VerifyHealth": "verify health",
    "Ask": "request approval",
    "WaitForAnswer": "wait for the answer",
    "WaitForAnswerOrLook": "wait for the answer or the next look",
    "Act": "act",
    "ActApproved": "act, approved",
    "VerifyRecovery": "verify recovery",
    "Undo": "undo",
    "Close": "close, notify, post-mortem",
}
"""The steps that are drawn; what lies between them becomes an arrow."""


def picture() -> str:
    """Return the flow chart: successes only, as everything else ends with a person."""
    machine = definition(SEATS, attempt_seconds(), Times(approval=1, poll=1))
    stages = {stage_name(group): group for _, group in levels(SEATS)}
    lines = [
        "flowchart TD",
        "  alarm([CloudWatch alarm]) --> queue[[queue]] --> intake[intake] --> Evidence",
        *(f'  {name}["{caption}"]' for name, caption in CAPTIONS.items()),
        *(line for name, group in stages.items() for line in _stage(name, group)),
        *dict.fromkeys(_edges(machine["States"], {*CAPTIONS, *stages})),
        "  events([every event]) --> log[(event log)] --> publisher --> stream[[stream]]",
        "  stream --> projection[projection] & learning[learning]",
    ]
    return "\n".join(lines)


def written(page: str) -> str:
    """Return the text with the current picture between its marks; unchanged without marks."""
    between = re.compile(f"(?<={re.escape(FIRST)}\n).*?(?={re.escape(LAST)})", re.DOTALL)
    return between.sub(lambda _: f"\n```mermaid\n{picture()}\n```\n\n", page)


def _stage(name: str, seats: tuple[Seat, ...]) -> Iterator[str]:
    rows = "<br/>".join(
        f"<b>{seat.name}</b>: {' → '.join(tier.method for tier in seat.tiers)}" for seat in seats
    )
    yield f'  {name}["{rows}"]'


def _edges(states: dict[str, Any], drawn: set[str]) -> Iterator[str]:
    for name in (name for name in states if name in drawn and name != "Close"):
        for label, target in _follow(states, states[name], drawn, ""):
            arrow = f"-- {label} -->" if label else "-->"
            yield f"  {name} {arrow} {target}"


def _follow(
    states: dict[str, Any], state: dict[str, Any], drawn: set[str], label: str
) -> Iterator[tuple[str, str]]:
    """Yield what is drawn next, through states that are not; choices and outcomes are labels."""
    for words, target in _next(state):
        joined = " · ".join(dict.fromkeys(word for word in (label, words) if word))
        if target in drawn:
            yield joined, target
        else:
            yield from _follow(states, states[target], drawn, joined)


def _next(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for choice in state.get("Choices", ()):
        yield choice.get("StringEquals", ""), choice["Next"]
    if "Default" in state:
        yield "otherwise", state["Default"]
    if "Next" in state:
        yield state.get("Result", {}).get("outcome", ""), state["Next"]


def main() -> None:
    """Print the picture, or write it."""
    if "--write" in sys.argv[1:]:
        PAGE.write_text(written(PAGE.read_text()))
    else:
        sys.stdout.write(picture() + "\n")


if __name__ == "__main__":
    main()
