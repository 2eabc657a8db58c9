"""Poisoned evidence: frequency of rollbacks of good releases caused by unprivileged callers.

Shops are simulated request by request; ten seats without a language model vote on metrics, logs and
changes, and the executor's own rules decide. In an *attack* a good version is deployed, and some
seconds later a share of the requests begins to fail in every version, because a caller sends input
that the function cannot handle. *Before* counts the rollbacks that the quorum would have executed
autonomously on metrics alone. The columns after it count those that remain when log lines name the
caller, and one, two or a hundred callers send the failing requests: newcomers, or callers that were
there before. If no log line names a caller, the result is *before*. Callers are simulated: each
request's caller is drawn, the n-th with 1/n of the frequency of the first.

A release that is marked (`quorum:security-release`) or pinned (`quorum:no-rollback-below`) is never
rolled back autonomously; that is a comparison of numbers, which is tested and not measured here.
Data points that an attacker puts into a declared namespace (with cloudwatch:PutMetricData) cannot
be distinguished from a bad release: there the result is *before*, whatever callers the logs name.

With all requests failing in the logged lines there is no served one to compare the callers of the
failures with: there, new callers are not held back, which is where the goal is missed.

*Lost* is the share of truly bad releases that would have been rolled back autonomously before, and
now need a person. Their failures affect all callers alike here; a release that breaks a single
caller's requests is left to a person. Failures are not grouped by content (path, item): a release
that breaks one route fails by content just like poison, so each of these would lose autonomy.
"""

import random
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import Final, NamedTuple

from benchmarks import result
from benchmarks.result import Cell, Goal, Measured, ResultTable
from functions.evidence.second_fault import second_fault
from functions.evidence.sources import MOST_LINES
from functions.evidence.spread import spread
from functions.executor.track_record import track_record
from quorum.domain.evidence import Bundle, Candidate, Spread
from quorum.domain.poisoning import SHARE_PERCENT, is_from_new_callers, is_from_one_caller
from quorum.domain.rollback_pins import GOES_BACK
from quorum.ports.telemetry import LogLine
from tests.seat_table import counted, votes
from tests.simulation.scenarios import Drawn, bad_release, poisoned
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
"""Share of requests before the onset that come from later attackers."""
SEEN: Final = ("one newcomer", "one known", "two newcomers", "many newcomers")
THRESHOLDS: Final = (60, 70, 80, 90)


class Alone(NamedTuple):
    """A rollback that the quorum would execute autonomously, and the usual failure rate."""

    bundle: Bundle
    candidate: Candidate
    usual: float
    """Share of requests that failed before the onset."""


def alone(story: Story) -> Alone | None:
    """Return the rollback that would be executed autonomously on metrics alone, or None."""
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


class CallerCounts(NamedTuple):
    """Numbers of callers with good requests and of attackers."""

    usual: int
    attackers: int = 0
    known: bool = False
    """The attackers were there before."""


ATTACKS: Final = {
    "one newcomer": CallerCounts(USUAL, 1),
    "one known": CallerCounts(USUAL, 1, known=True),
    "two newcomers": CallerCounts(USUAL, 2),
    "two known": CallerCounts(USUAL, 2, known=True),
    "many newcomers": CallerCounts(USUAL, MANY),
    "many known": CallerCounts(USUAL, MANY, known=True),
}


def logged(found: Alone, dice: random.Random, callers: CallerCounts) -> Spread | None:
    """Return the spread of failures over callers in log lines that name them.

    With attackers, all failures beyond the usual rate are theirs.
    """
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
    """Simulate attacks and bad releases in shops of both paces."""
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
            ResultTable(
                title=f"Good releases rolled back autonomously, of {SHOPS} attacked", rows=rows
            ),
            ResultTable(title=f"Bad releases rolled back autonomously, of {SHOPS}", rows=costs),
            ResultTable(
                title="% left to a person, by threshold on the share of failures",
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
    seed: int, found: Sequence[Alone | None], callers: CallerCounts, percent: int = SHARE_PERCENT
) -> int:
    """Return the number of rollbacks left to a person when log lines name callers."""
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
        **{name: before - _held(seed, found, callers) for name, callers in ATTACKS.items()},
    }


def _cost_row(seed: int, pace: str, found: Sequence[Alone | None], callers: int) -> dict[str, Cell]:
    before, held = sum(one is not None for one in found), _held(seed, found, CallerCounts(callers))
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
    def left(found: Sequence[Alone], callers: CallerCounts) -> float:
        return round(100 * _held(seed, found, callers, percent) / max(len(found), 1), 1)

    return {
        "threshold, % from one caller or newcomers": percent,
        **{name: left(poisons, callers) for name, callers in ATTACKS.items()},
        **{f"bad releases, {n:,} callers": left(releases, CallerCounts(n)) for n in POPULATIONS},
    }


def _goals(rows: Sequence[dict[str, Cell]], costs: Sequence[dict[str, Cell]]) -> Iterator[Goal]:
    yield Goal(
        what="good releases rolled back autonomously, with logged attacks by one or new callers",
        rule="at most",
        limit=0,
        measured=sum(int(row[name] or 0) for row in rows for name in SEEN),
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
