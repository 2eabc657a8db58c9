"""Learning curve: what the memory changes after 0, 3, 10 and 30 incidents of each kind.

Shops are simulated. Past incidents are other shops of four families, one a day: three in which the
right action worked, and one (`wrong-fix`) in which a rollback was undone. The seat
`diagnosis-history` reads them as in production: chosen by likeness, source and day. *Autonomous*
and *wrong* are shares of incidents in which the quorum alone would act, and act wrongly.
*Calibration error* is the difference of the seat's mean confidence and its share of right votes.

*Drift*: after 30 rollbacks that worked come incidents of the same look in which a rollback does not
help. *Poisoned*: an attacker causes 300 incidents in which a rollback appears to work, then one
in which it is wrong: of one resource on one day, of one resource over a year, or of eight resources
over a year.
"""

import random
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Final, Literal, NamedTuple

from benchmarks import result
from benchmarks.result import Cell, Goal, Measured, ResultTable
from functions.diagnosis.similar_incidents import similar_incidents
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, PastCase
from quorum.domain.fingerprint import fingerprint
from quorum.domain.past_cases import choose_cases, source_of
from quorum.domain.seats import HISTORY_SEAT, SEATS
from quorum.domain.vectors import feature_cosine
from quorum.domain.votes import Choice, memory_decides
from quorum.seats.opinions import decide
from quorum.seats.seat import Deps
from tests.builders.votes import vote
from tests.seat_table import counted, votes
from tests.simulation.scenarios import ROLLBACK, SCENARIOS
from tests.simulation.story import Story

SEED: Final = 0
SHOPS: Final = 40
SIZES: Final = (0, 3, 10, 30)
FAMILIES: Final = ("bad-release", "throttled-function", "bad-parameter", "wrong-fix")
DRIFTED: Final = (0, 3, 10)
ATTACKED: Final = 300
DAY: Final = 86_400
_FIRST_PAST: Final = 10_000
"""Seeds of past shops begin here, apart from those that are tested."""

Outcome = Literal["worked", "failed", "unverified"]


class Tested(NamedTuple):
    """A shop that is tested, its votes without a memory, and its fingerprint."""

    story: Story
    bundle: Bundle
    votes: dict[str, Choice]
    features: dict[str, float]


class Past(NamedTuple):
    """An ended incident of the memory."""

    features: dict[str, float]
    case: PastCase


def past(story: Story, number: int, outcome: Outcome, source: str = "", day: int = -1) -> Past:
    """Return the ended incident of a shop; the rollback was tried where nothing helps."""
    bundle = story.bundle()
    verb, resource = story.cures[0] if story.cures else (ROLLBACK, "")
    case = PastCase(
        incident_id=f"{number:032x}",
        closed_at=(number if day < 0 else day) * DAY,
        source=source or source_of(bundle.alarms[0]),
        verb=verb,
        resource=resource,
        outcome=outcome,
        similarity=0.0,
    )
    return Past(fingerprint(bundle), case)


def history(seed: int, size: int, outcome: Outcome | None = None) -> list[Past]:
    """Return `size` past incidents of each family, with their true outcomes unless given."""
    found = []
    for at, family in enumerate(FAMILIES):
        for n in range(size):
            story = SCENARIOS[family](seed + _FIRST_PAST + n)
            true: Outcome = "worked" if story.cures else "failed"
            found.append(past(story, len(FAMILIES) * n + at, outcome or true))
    return found


def with_memory(tested: Tested, memory: Iterable[Past]) -> dict[str, Choice]:
    """Return the votes with that memory: one seat alone reads it."""
    cases = (
        one.case.model_copy(update={"similarity": feature_cosine(tested.features, one.features)})
        for one in memory
    )
    bundle = tested.bundle.model_copy(update={"past": choose_cases(cases)})
    try:
        choice = decide(similar_incidents(bundle, Deps()), bundle)
    except NotApplicableError as error:
        choice = Choice(None, 0, str(error))
    return {**tested.votes, HISTORY_SEAT: choice}


def authorised(choices: dict[str, Choice]) -> str | None:
    """Return the action that the executor would take without a person."""
    cast = [vote(name, choice.action, choice.conf_bp) for name, choice in choices.items()]
    return None if memory_decides(cast, SEATS) else counted(choices).action


class Judged(NamedTuple):
    """Outcome of one tested shop."""

    autonomous: bool
    wrong: bool
    score: float
    """Of the best action."""
    voted: bool
    confidence: float
    right_vote: bool


def judged(tested: Tested, choices: dict[str, Choice]) -> Judged:
    """Return what the quorum alone would do, and what the seat that remembers voted."""
    action, own = authorised(choices), choices[HISTORY_SEAT]
    return Judged(
        action is not None,
        action is not None and not _helps(tested, action),
        max((float(one.share) for one in counted(choices).ranking), default=0.0),
        own.action is not None,
        own.conf_bp / 10_000,
        own.action is not None and _helps(tested, own.action),
    )


def _helps(tested: Tested, action: str) -> bool:
    chosen = next((c for c in tested.bundle.candidates if c.id == action), None)
    return chosen is not None and (chosen.verb, chosen.resource) in tested.story.cures


def measure(seed: int = SEED) -> Measured:
    """Vote on every tested shop with every memory."""
    shops = {f: [_tested(SCENARIOS[f](seed + n)) for n in range(SHOPS)] for f in FAMILIES}
    everyone = [one for family in FAMILIES for one in shops[family]]
    curve = [_row({"past incidents of each kind": n}, everyone, history(seed, n)) for n in SIZES]
    unverified = history(seed, max(SIZES), "unverified")
    unchanged = sum(
        counted(with_memory(one, unverified)) == counted(with_memory(one, ())) for one in everyone
    )
    drift = [
        _row({"rollbacks that failed since": n}, shops["wrong-fix"], _drifted(seed, n))
        for n in DRIFTED
    ]
    attacks = [
        _row({"attacker's incidents": name}, shops["wrong-fix"], memory)
        for name, memory in (("none", []), *_attacks(seed))
    ]
    return Measured(
        benchmark="learning",
        about=__doc__ or "",
        goals=[*_goals(curve, attacks), _unchanged(unchanged, len(everyone))],
        tables=[
            ResultTable(title="Learning curve", rows=curve),
            ResultTable(title="Drift", rows=drift),
            ResultTable(title="Poisoned memory", rows=attacks),
        ],
    )


def _tested(story: Story) -> Tested:
    bundle = story.bundle()
    return Tested(story, bundle, votes(bundle), fingerprint(bundle))


def _row(name: dict[str, Cell], shops: Sequence[Tested], memory: Sequence[Past]) -> dict[str, Cell]:
    found = [judged(one, with_memory(one, memory)) for one in shops]
    voted = [one for one in found if one.voted]
    confidence = fmean(one.confidence for one in voted) if voted else None
    right = fmean(one.right_vote for one in voted) if voted else None
    error = None if confidence is None or right is None else round(abs(confidence - right), 3)
    return {
        **name,
        "incidents": len(found),
        "autonomous": round(fmean(one.autonomous for one in found), 3),
        "wrong": round(fmean(one.wrong for one in found), 3),
        "mean score": round(fmean(one.score for one in found), 3),
        "seat votes": round(len(voted) / len(found), 3),
        "seat right": None if right is None else round(right, 3),
        "calibration error": error,
    }


def _drifted(seed: int, failures: int) -> list[Past]:
    """Return 30 rollbacks that worked, and then `failures` that did not."""
    most = max(SIZES)
    worked = [
        past(SCENARIOS["bad-release"](seed + _FIRST_PAST + n), n, "worked") for n in range(most)
    ]
    since = [
        past(SCENARIOS["wrong-fix"](seed + _FIRST_PAST + n), most + n, "failed")
        for n in range(failures)
    ]
    return [*worked, *since]


def _attacks(seed: int) -> Iterator[tuple[str, list[Past]]]:
    """Yield memories in which an attacker made a rollback appear to work."""
    dice = random.Random(seed)  # noqa: S311 - a simulation
    looks = [SCENARIOS["wrong-fix"](seed + _FIRST_PAST + n) for n in range(ATTACKED)]
    shown = [past(story, n, "worked") for n, story in enumerate(looks)]
    plans = (
        ("one resource, one day", 1, 1),
        ("one resource, a year", 1, 365),
        ("eight resources, a year", 8, 365),
    )
    for name, resources, days in plans:
        yield (
            name,
            [
                one._replace(
                    case=one.case.model_copy(
                        update={
                            "source": f"account/lambda:{dice.randrange(resources)}",
                            "closed_at": dice.randrange(days) * DAY,
                        }
                    )
                )
                for one in shown
            ],
        )


def _goals(curve: Sequence[dict[str, Cell]], attacks: Sequence[dict[str, Cell]]) -> Iterator[Goal]:
    without = float(curve[0]["wrong"] or 0)
    worst = max(float(row["wrong"] or 0) for row in curve)
    what = "wrong, at any size of the memory, beyond none"
    yield Goal(what=what, rule="at most", limit=0, measured=round(worst - without, 3))
    before = float(attacks[0]["wrong"] or 0)
    poisoned = max(float(row["wrong"] or 0) for row in attacks)
    what = "wrong, with a poisoned memory, beyond none"
    yield Goal(what=what, rule="at most", limit=0, measured=round(poisoned - before, 3))


def _unchanged(unchanged: int, of: int) -> Goal:
    what = "scores that unverified outcomes leave unchanged, of all"
    return Goal(what=what, rule="exactly", limit=1, measured=unchanged / of)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark with the caller's seed."""
    parser = ArgumentParser(prog="python -m benchmarks.learning")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    rest = ["--json", str(options.json)] if options.json else []
    return result.main("learning", partial(measure, options.seed), rest)


if __name__ == "__main__":
    sys.exit(main())
