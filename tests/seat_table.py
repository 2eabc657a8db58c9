"""Votes of every seat in every scenario, over many seeds: `python -m tests.seat_table N [cloud]`.

Prints, per scenario, the share of shops in which a seat votes for a candidate that helps, for one
that does not, for health, or abstains, with its mean confidence; and what the quorum makes of it.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from statistics import fmean
from typing import Final

from functions.detection import methods as detection
from functions.diagnosis import methods as diagnosis
from functions.prediction import methods as prediction
from functions.resolution import methods as resolution
from quorum.domain.errors import PermanentError
from quorum.domain.evidence import Bundle
from quorum.domain.seats import SEATS, Seat
from quorum.domain.votes import HEALTHY, Choice, Opinion, Tally, tally
from quorum.seats.opinions import check_opinion, decide
from quorum.seats.seat import Deps, Method
from tests.builders.votes import vote
from tests.simulation.scenarios import SCENARIOS, Drawn
from tests.simulation.story import Story
from tests.simulation.timing import cloud, laptop

METHODS: Final[Mapping[str, Method]] = {
    **detection.METHODS,
    **diagnosis.METHODS,
    **prediction.METHODS,
    **resolution.METHODS,
}


def seat_opinion(seat: Seat, bundle: Bundle, deps: Deps) -> tuple[str, Opinion | None, Choice]:
    """Return the tier that answered, its opinion and its choice, as the state machine would."""
    for tier in seat.tiers:
        try:
            opinion = METHODS[tier.method](bundle, deps)
        except PermanentError:
            continue
        check_opinion(opinion, bundle, seat.name)
        return tier.method, opinion, decide(opinion, bundle)
    return "", None, Choice(None, 0, "every tier failed")


def answer(seat: Seat, bundle: Bundle, deps: Deps | None = None) -> tuple[str, Choice]:
    """Return the tier that answered and its choice."""
    tier, _, choice = seat_opinion(seat, bundle, deps or Deps())
    return tier, choice


def votes(bundle: Bundle) -> dict[str, Choice]:
    """Return every seat's choice."""
    return {seat.name: answer(seat, bundle)[1] for seat in SEATS}


def counted(choices: Mapping[str, Choice]) -> Tally:
    """Return what the quorum makes of the choices."""
    cast = [vote(name, choice.action, choice.conf_bp) for name, choice in choices.items()]
    return tally(cast, SEATS)


def kind(story: Story, bundle: Bundle, action: str | None) -> str:
    """Return whether the action helps (`cure`), does not (`wrong`), is health, or none."""
    if action is None or action == HEALTHY:
        return "healthy" if action else "abstains"
    chosen = next(c for c in bundle.candidates if c.id == action)
    return "cure" if (chosen.verb, chosen.resource) in story.cures else "wrong"


def main(seeds: int, timing: Drawn) -> None:
    """Print the table."""
    for name, build in SCENARIOS.items():
        confidence: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        outcomes: Counter[str] = Counter()
        best: list[float] = []
        for seed in range(seeds):
            story = build(seed, timing)
            bundle = story.bundle()
            choices = votes(bundle)
            for voter, choice in choices.items():
                what = kind(story, bundle, choice.action)
                confidence[voter, what].append(choice.conf_bp / 10_000)
            result = counted(choices)
            top = next((s for s in result.ranking if s.action != HEALTHY), None)
            best.append(float(top.share) if top else 0.0)
            reached = "acts: " if result.action else "asks: "
            outcomes[reached + kind(story, bundle, top.action if top else None)] += 1
        print(f"\n{name}: best score {fmean(best):.2f}; {dict(outcomes)}")  # noqa: T201
        for line in _lines(confidence, seeds):
            print(line)  # noqa: T201


def _lines(confidence: Mapping[tuple[str, str], list[float]], seeds: int) -> Iterator[str]:
    for seat in SEATS:
        shares = "  ".join(
            f"{what} {len(found) / seeds:4.0%} at {fmean(found):.2f}"
            for (voter, what), found in sorted(confidence.items())
            if voter == seat.name
        )
        yield f"  {seat.name:22} {shares}"


if __name__ == "__main__":
    main(int(sys.argv[1]), cloud if "cloud" in sys.argv else laptop)
