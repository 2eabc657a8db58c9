"""Poisoned evidence: how often an attacker without rights gets a good release rolled back.

Shops are simulated request by request; ten seats without a model vote on what metrics, logs and
changes show, and the executor's own rules judge. In an *attack* a good version is deployed, and
so many seconds later a share of the requests begins to fail whatever the version: an attacker
sends requests that the function cannot process. *Before* is the share that the quorum would have
rolled back by itself on metrics alone; the columns after it are the share that it still does
where log lines name the caller, and one caller, two or a hundred send what fails: new callers, or
earlier ones. Where no line names a caller it is as before. Callers are simulated: each request's
is drawn, the n-th of them 1/n as often as the first.

A release that is marked (`quorum:security-release`) or pinned (`quorum:no-rollback-below`) is
never rolled back by the quorum alone; that is a comparison of numbers, which is tested and not
measured here. Points that an attacker puts into a declared namespace (cloudwatch:PutMetricData on
it) cannot be distinguished from a bad release: there the share is *before*, whatever the logs
show of callers.

*Lost* is the share of truly bad releases which would have been rolled back alone, and are not
now. They fail callers alike here; one that breaks a single caller's requests is left to a person.
Failures by content (path, item) are not looked at: a release that breaks one route fails by
content just like poison, and autonomy would be lost in every one of these.
"""

import random
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import Final, NamedTuple

from benchmarks import result
from benchmarks.result import Cell, Goal, Measured, Table
from functions.evidence.second_fault import second_fault
from functions.evidence.sources import MOST_LINES
from functions.evidence.spread import spread
from functions.executor.track_record import track_record
from quorum.domain.evidence import Bundle, Candidate, Spread
from quorum.domain.poisoning import SHARE_PERCENT, is_from_new_callers, is_from_one_caller
from quorum.domain.rollback_pins import GOES_BACK
from quorum.ports.telemetry import LogLine
from tests.builders import Drawn, bad_release, poisoned
from tests.seat_table import counted, votes
from tests.simulation.story import Story
from tests.simulation.timing import cloud, laptop

SEED: Final = 0
SHOPS: Final = 40
PACES: Final[tuple[tuple[str, Drawn], ...]] = (("minutes", cloud), ("seconds", laptop))
LAGS: Final = (5, 30, 120)
SHARES: Final = (0.3, 0.9)
POPULATIONS: Final = (3, 20, 200, 100_000)
USUAL: Final = 20
MANY: Final = 100
KNOWN: Final = 0.2
"""Of the requests before the onset, those that callers send who will attack."""
SEEN: Final = ("one newcomer", "one known", "two newcomers", "many newcomers")
THRESHOLDS: Final = (60, 70, 80, 90)


class Alone(NamedTuple):
    """A rollback that the quorum would execute by itself, and how often the resource failed."""

    bundle: Bundle
    candidate: Candidate
    usual: float
    """The share of requests that failed before the onset."""


def alone(story: Story) -> Alone | None:
    """Return the rollback that would be executed alone on what metrics show; None: no such."""
    bundle = story.bundle()
    tally = counted(votes(bundle))
    candidate = next((c for c in bundle.candidates if c.id == tally.action), None)
    if candidate is None or candidate.verb not in GOES_BACK or second_fault(bundle):
        return None
    record = track_record(bundle, candidate)
    if record is None or record.verdict != "healthy":
        return None
    before, failed = (_total(bundle, candidate, m, after=False) for m in ("requests", "errors"))
    return Alone(bundle, candidate, failed / max(before, 1))


class Callers(NamedTuple):
    """Who calls: so many whose requests are good, and so many attackers (0: nobody attacks)."""

    usual: int
    attackers: int = 0
    known: bool = False
    """The attackers were there before."""


ATTACKS: Final = {
    "one newcomer": Callers(USUAL, 1),
    "one known": Callers(USUAL, 1, known=True),
    "two newcomers": Callers(USUAL, 2),
    "two known": Callers(USUAL, 2, known=True),
    "many newcomers": Callers(USUAL, MANY),
    "many known": Callers(USUAL, MANY, known=True),
}


def logged(found: Alone, dice: random.Random, callers: Callers) -> Spread | None:
    """Return the spread of lines that name callers. With attackers, what is unusual is theirs."""
    bundle, candidate = found.bundle, found.candidate
    served, failed = (_total(bundle, candidate, m, after=True) for m in ("requests", "errors"))
    usual = min(1.0, found.usual * served / max(failed, 1))
    draw = partial(_caller, dice, list(accumulate(1 / n for n in range(1, callers.usual + 1))))

    def failing() -> str:
        return attacker() if callers.attackers and dice.random() >= usual else draw()

    def attacker() -> str:
        return f"attacker-{dice.randrange(callers.attackers)}"

    def earlier() -> str:
        return attacker() if callers.known and dice.random() < KNOWN else draw()

    before = int(_total(bundle, candidate, "requests", after=False))
    lines = [_line(bundle.onset - 1, earlier(), "INFO") for _ in range(min(before, MOST_LINES))]
    since = [(failing(), "ERROR") for _ in range(int(failed))]
    since += [(draw(), "INFO") for _ in range(int(served - failed))]
    dice.shuffle(since)
    lines += [_line(bundle.onset, *one) for one in since[:MOST_LINES]]
    return next(iter(spread(candidate.resource, lines, bundle.onset)), None)


def measure(seed: int = SEED) -> Measured:
    """Attack, and release badly, in so many shops of either pace."""
    attacks = [
        (pace, lag, share, _shops(seed, partial(poisoned, timing=timing, lag=lag, share=share)))
        for pace, timing in PACES
        for lag in LAGS
        for share in SHARES
    ]
    bad = {p: _shops(seed, partial(bad_release, timing=timing)) for p, timing in PACES}
    rows = [_attack_row(seed, *one) for one in attacks]
    costs = [
        _cost_row(seed, pace, found, callers)
        for pace, found in bad.items()
        for callers in POPULATIONS
    ]
    poisons = [one for *_, found in attacks for one in found if one]
    releases = [one for found in bad.values() for one in found if one]
    return Measured(
        benchmark="poisoning",
        about=__doc__ or "",
        goals=list(_goals(rows, costs)),
        tables=[
            Table(title=f"Good releases rolled back alone, of {SHOPS} attacked", rows=rows),
            Table(title=f"Bad releases rolled back alone, of {SHOPS}", rows=costs),
            Table(
                title="% judged by a person, by the share of failures that it takes",
                rows=[_threshold_row(seed, t, poisons, releases) for t in THRESHOLDS],
            ),
        ],
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `python -m benchmarks.poisoning [--seed N] [--json FILE]`."""
    parser = ArgumentParser(prog="python -m benchmarks.poisoning", add_help=False)
    parser.add_argument("--seed", type=int, default=SEED)
    known, rest = parser.parse_known_args(arguments)
    return result.main("poisoning", lambda: measure(known.seed), rest)


def _shops(seed: int, build: Callable[[int], Story]) -> list[Alone | None]:
    return [alone(build(n)) for n in range(seed, seed + SHOPS)]


def _held(
    seed: int, found: Sequence[Alone | None], callers: Callers, percent: int = SHARE_PERCENT
) -> int:
    """Return how many a person judges where lines name callers."""
    seen = (
        logged(one, random.Random(f"{seed} {n}"), callers)  # noqa: S311
        for n, one in enumerate(found)
        if one
    )
    return sum(
        one is not None and (is_from_one_caller(one, percent) or is_from_new_callers(one, percent))
        for one in seen
    )


def _attack_row(
    seed: int, pace: str, lag: float, share: float, found: Sequence[Alone | None]
) -> dict[str, Cell]:
    before = sum(one is not None for one in found)
    return {
        "metrics": pace,
        "s after the release": lag,
        "% failing": round(100 * share),
        "before": before,
        **{name: before - _held(seed, found, who) for name, who in ATTACKS.items()},
    }


def _cost_row(seed: int, pace: str, found: Sequence[Alone | None], callers: int) -> dict[str, Cell]:
    before, held = sum(one is not None for one in found), _held(seed, found, Callers(callers))
    lost = round(100 * held / max(before, 1), 1)
    return {
        "metrics": pace,
        "callers": callers,
        "before": before,
        "now": before - held,
        "% lost": lost,
    }


def _threshold_row(
    seed: int, percent: int, poisons: Sequence[Alone], releases: Sequence[Alone]
) -> dict[str, Cell]:
    def asked(found: Sequence[Alone], callers: Callers) -> float:
        return round(100 * _held(seed, found, callers, percent) / max(len(found), 1), 1)

    return {
        "% of one or of newcomers": percent,
        **{name: asked(poisons, who) for name, who in ATTACKS.items()},
        **{f"bad releases, {n:,} callers": asked(releases, Callers(n)) for n in POPULATIONS},
    }


def _goals(rows: Sequence[dict[str, Cell]], costs: Sequence[dict[str, Cell]]) -> Iterator[Goal]:
    yield Goal(
        what="good releases rolled back alone on poison of one caller or newcomers, if logged",
        rule="at most",
        limit=0,
        measured=sum(int(row[who] or 0) for row in rows for who in SEEN),
    )
    usual = [row for row in costs if row["callers"] == USUAL]
    yield Goal(
        what=f"% of bad releases that lose autonomy, {USUAL} callers, at {SHARE_PERCENT} %",
        rule="at most",
        limit=5,
        measured=max(float(row["% lost"] or 0) for row in usual),
    )


def _caller(dice: random.Random, weights: Sequence[float]) -> str:
    return f"caller-{dice.choices(range(len(weights)), cum_weights=weights)[0]}"


def _line(at: float, caller: str, level: str) -> LogLine:
    return LogLine(at, f'{{"level": "{level}", "message": "m", "client_id": "{caller}"}}', "s")


def _total(bundle: Bundle, candidate: Candidate, measured: str, *, after: bool) -> float:
    return sum(
        value
        for series in bundle.series
        if (series.resource, series.measure, series.version) == (candidate.resource, measured, None)
        for at, value in series.points
        if (at >= bundle.onset) is after
    )


if __name__ == "__main__":
    sys.exit(main())
