"""Calibration of the votes: confidence against how often the chosen candidate helps.

`python -m tests.calibration [N [FIRST]]` draws N incidents from the seeds FIRST on, seven in ten of
them caused by a listed change, as outages are. It prints per seat and tier: votes, mean confidence,
how often they were right, and the Brier score of all the probabilities that it gave. Then, by
score, how often the best action of all ten seats would have helped: the least score that is worth
an approval request.
"""

import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from statistics import fmean
from typing import Final, NamedTuple

from quorum.domain.errors import PermanentError
from quorum.domain.evidence import Bundle
from quorum.domain.seats import SEATS, Seat
from quorum.domain.votes import HEALTHY, Vote, choose, tally
from quorum.seats.opinions import decide
from quorum.seats.seat import Deps
from tests.seat_table import METHODS
from tests.simulation.scenarios import SCENARIOS
from tests.simulation.story import Story
from tests.simulation.timing import cloud, laptop

MIX: Final = {
    "bad-release": 30,
    "partial-canary": 4,
    "throttled-function": 16,
    "bad-parameter": 20,
    "unexplained": 15,
    "wrong-fix": 5,
    "two-faults": 4,
    "throttled-table": 5,
    "ambiguous": 6,
    "false-alarm": 10,
}


SHARES: Final = (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7)


class Judged(NamedTuple):
    """One answer of one tier."""

    confidence: float | None
    """Of its vote; None for an abstention."""
    right: bool
    brier: float


def stories(count: int, first: int = 0) -> Iterator[tuple[str, Story]]:
    """Yield incidents of the mix, half of them at the laptop's pace and half at the cloud's."""
    dice = random.Random(2026 + first)  # noqa: S311
    for seed in range(first, first + count):
        name = dice.choices(list(MIX), list(MIX.values()))[0]
        yield name, SCENARIOS[name](seed, laptop if seed % 2 else cloud)


def judge(method: str, name: str, story: Story, bundle: Bundle) -> Judged | None:
    """Return how the tier did, or None when it had nothing to work on."""
    try:
        opinion = METHODS[method](bundle, Deps())
    except PermanentError:
        return None
    cures = {c.id for c in bundle.candidates if (c.verb, c.resource) in story.cures}
    if name == "false-alarm" and HEALTHY in opinion.probabilities:
        cures = {HEALTHY}
    brier = sum((p - (i in cures)) ** 2 for i, p in opinion.probabilities.items())
    missed = cures - set(opinion.probabilities)
    choice = choose(opinion, 0)
    return Judged(
        None if choice.action is None else choice.conf_bp / 10_000,
        choice.action in cures,
        brier + len(missed),
    )


def proposal(story: Story, bundle: Bundle) -> tuple[float, bool] | None:
    """Return the score of the seats' best action, and whether it would have helped."""
    votes = [v for seat in SEATS if (v := _vote(seat, bundle)) is not None]
    best = next((s for s in tally(votes, SEATS).ranking if s.action != HEALTHY), None)
    if best is None or best.share == 0:
        return None
    cures = {c.id for c in bundle.candidates if (c.verb, c.resource) in story.cures}
    return float(best.share), best.action in cures


def _vote(seat: Seat, bundle: Bundle) -> Vote | None:
    """Return the vote of the seat's first tier that has something to work on."""
    for tier in seat.tiers:
        try:
            chosen = decide(METHODS[tier.method](bundle, Deps()), bundle)
        except PermanentError:
            continue
        return Vote(
            incident=bundle.incident_id,
            round=bundle.round,
            evidence="0" * 64,
            seat=seat.name,
            action=chosen.action,
            conf_bp=chosen.conf_bp,
            exp=0,
        )
    return None


def main(count: int, first: int = 0) -> None:
    """Print the tables."""
    found: defaultdict[str, list[Judged]] = defaultdict(list)
    proposals: list[tuple[float, bool]] = []
    for name, story in stories(count, first):
        bundle = story.bundle()
        proposals += filter(None, [proposal(story, bundle)])
        for seat in SEATS:
            for tier in seat.tiers:
                judged = judge(tier.method, name, story, bundle)
                if judged is not None:
                    found[tier.method].append(judged)
    for method, answers in found.items():
        voted = [a for a in answers if a.confidence is not None]
        if not voted:
            continue
        promised = fmean(a.confidence or 0.0 for a in voted)
        right, brier = fmean(a.right for a in voted), fmean(a.brier for a in answers)
        line = f"{method:20} voted {len(voted) / count:4.0%} at {promised:.2f}, right {right:.2f}"
        print(f"{line}, Brier {brier:.3f}   {_bins(voted)}")  # noqa: T201
    for low, high in pairwise((*SHARES, 1.01)):
        helped = [right for score, right in proposals if low <= score < high]
        print(f"score from {low:.2f}: {sum(helped)} of {len(helped)} would have helped")  # noqa: T201


def _bins(voted: list[Judged]) -> str:
    parts = []
    for low in (0.0, 0.4, 0.6, 0.75, 0.85, 0.93):
        high = {0.0: 0.4, 0.4: 0.6, 0.6: 0.75, 0.75: 0.85, 0.85: 0.93}.get(low, 1.01)
        inside = [a.right for a in voted if low <= (a.confidence or 0.0) < high]
        parts.append(f"{low:.2f}: {fmean(inside):.2f} of {len(inside)}" if inside else "-")
    return "; ".join(parts)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3] or ["400"]))
