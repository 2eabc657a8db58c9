"""A probe of running time against input length, on the input's own characters.

Times are the processor's, compared within one run, the smaller of several, and only where they are
long enough to exceed noise: nothing here depends on how fast the machine is.
"""

import re
from collections.abc import Callable, Iterator
from itertools import product
from random import Random
from time import thread_time
from typing import Final, NamedTuple

SHORT: Final = 512
LONG: Final = 4096
RAMP: Final = (16, 24, 32, 48, 64, 96, 128, 256, SHORT)
"""Lengths on the way up: what doubles with every few characters is found before it never ends."""
MOST_RATIO: Final = 28.0
"""Of the long input's time and the short one's: 8 when linear, 64 when quadratic."""
NOISE_SECONDS: Final = 0.003
"""Shorter than this on the long input nothing is super-linear: a quadratic pattern takes 20 times
as long."""
_WORDS: Final = re.compile(r"[A-Za-z]{2,}|[:/=-]{2,}")
_OTHERS: Final = ("a", "A", "0", " ", "\n", '"', "'", "\\", "-", ".", "x\u00e4")


class Slow(NamedTuple):
    """An input on which the time grows faster than the length."""

    text: str
    """The first characters of it."""
    ratio: float


def slow(call: Callable[[str], object], texts: Iterator[tuple[str, str]]) -> Slow | None:
    """Return the first input that is super-linear, or None. `texts`: start, what is repeated."""
    for start, unit in texts:
        exploding = _exploding(call, start, unit)
        if exploding:
            return exploding
        long = _text(start, unit, LONG)
        if _seconds(call, long, 1) < NOISE_SECONDS:
            continue
        ratio = min(_ratio(call, _text(start, unit, SHORT), long) for _ in range(3))
        if ratio > MOST_RATIO:
            return Slow(long[:40], ratio)
    return None


def _exploding(call: Callable[[str], object], start: str, unit: str) -> Slow | None:
    """Return the first text of the ramp that takes many times what the one before it took."""
    before = 0.0
    for length in RAMP:
        text = _text(start, unit, max(length, len(start) + 4))
        took = _seconds(call, text, 1)
        if took > max(NOISE_SECONDS, MOST_RATIO * before) and before:
            took = _seconds(call, text, 3)
            if took > max(NOISE_SECONDS, MOST_RATIO * before):
                return Slow(text[:40], took / before)
        before = max(took, before)
    return None


def _ratio(call: Callable[[str], object], short: str, long: str) -> float:
    return _seconds(call, long, 3) / _seconds(call, short, 5)


def attacks(source: str, most: int, seed: int = 7) -> Iterator[tuple[str, str]]:
    """Yield at most so many inputs of the characters and words in this source of a pattern."""
    words = sorted(set(_WORDS.findall(source)), key=len, reverse=True)[:8]
    letters = [*dict.fromkeys((*_OTHERS, *(c for c in source if not c.isalnum())))][:24]
    starts = ["", *words, *(f"{w}{c}" for w, c in product(words, letters))]
    units = [*letters, *words, *(f"{w}{c}" for w, c in product(words[:4], letters))]
    units += [f"{a}{b}" for a, b in product(letters, [*letters, *words[-4:]])]
    found = [*product([""], units), *product(starts, letters), *product(words, units)]
    rest = Random(seed).sample(found, min(most, len(found)))  # noqa: S311 - a probe's dice
    yield from rest


def _text(start: str, unit: str, length: int) -> str:
    """Return the input of that length; its last characters let few patterns match."""
    repeated = unit * (length // len(unit) + 1)
    return f"{start}{repeated[: length - len(start) - 2]}\n\x01"


def _seconds(call: Callable[[str], object], text: str, times: int) -> float:
    best = float("inf")
    for _ in range(times):
        began = thread_time()
        call(text)
        best = min(best, thread_time() - began)
    return best
