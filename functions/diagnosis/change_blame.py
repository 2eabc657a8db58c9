"""Which change is to blame, or none: when it came, whom it could touch, what it did, of what the
new log lines speak. Each is a likelihood against that of an innocent change; *none* has its own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import log
from typing import Final, NamedTuple

from functions.diagnosis.diff_effect import WEIGHTS, Deed, deed
from functions.diagnosis.first_signs import Signs, signs
from functions.diagnosis.identifiers import words
from quorum.domain.base import ResourceId
from quorum.domain.call_graph import caller_distances
from quorum.domain.evidence import Bundle, Change, LogTemplate
from quorum.seats.signals.distributions import normalised

NONE: Final = ""


class Weights(NamedTuple):
    """The few numbers of the model; chosen where there are answers, leaving one case out."""

    none: float = 0.0
    """Log-weight of no change at all, against a change that came at once and did anything."""
    later: float = 600.0
    """Seconds in which the odds of a change halve: delays are spread over orders of magnitude."""
    lost: float = 0.3
    """How often a word that the change to blame took away is among those of the new log lines."""
    gained: float = 0.15
    """How often one that it added is."""
    about: float = 0.05
    """How often one of its title and file names is: innocent changes have those too."""
    rare: float = 0.03
    """How often an innocent change has a word of the new lines that no other change has."""


CHOSEN: Final = Weights()
UNRELATED: Final = 0.03
"""The least share of what fails that any change may explain."""
UNPLACED: Final = 0.15
"""A change of which it is not known where it runs."""


class Parts(NamedTuple):
    """Log-likelihoods against an innocent change, or at best 0 for time and reach."""

    time: float
    """Of the time from the change to the first signs."""
    reach: float
    """Of the share of the failing resources that depend on what was changed."""
    effect: float
    """Of what it did."""
    words: float
    """Of the words that it shares with the new log lines, and of those that it does not."""


class Blame(NamedTuple):
    """The probability that this change set it off, and what that rests on."""

    change: str
    """The change's id; empty for *none*."""
    probability: float
    effect: str = ""
    parts: Parts = Parts(0.0, 0.0, 0.0, 0.0)
    shared: tuple[str, ...] = ()
    """Words that it shares with the new log lines."""


def blame(bundle: Bundle, weights: Weights = CHOSEN) -> tuple[Blame, ...]:
    """Return all changes that came in time, and *none*, most probable first, ties by id."""
    seen = signs(bundle)
    deeds = {c.id: deed(c) for c in bundle.changes}
    spoken, known = _spoken(bundle, seen), _known(bundle)
    common = Counter(w for one in deeds.values() for w in one.all)
    parts = {
        c.id: Parts(
            -log(1 + max(0.0, seen.first - c.at) / weights.later),
            log(reach(bundle, c, seen) if c.resource in known else UNPLACED),
            log(WEIGHTS[deeds[c.id].effect]),
            _speaks(deeds[c.id], spoken, common, len(deeds), weights),
        )
        for c in bundle.changes
        if c.not_before <= seen.last and not c.ours
    }
    found = normalised({NONE: weights.none, **{i: sum(part) for i, part in parts.items()}})
    return tuple(
        Blame(i, found[i], deeds[i].effect, parts[i], tuple(sorted(deeds[i].all & spoken)))
        if i
        else Blame(i, found[i])
        for i in sorted(found, key=lambda i: (-found[i], i))
    )


def reach(bundle: Bundle, change: Change, seen: Signs) -> float:
    """Return the share of the failing resources that depend on what was changed, or are it."""
    feels = caller_distances(bundle, change.resource)
    return max(UNRELATED, sum(r in feels for r in seen.failing) / max(1, len(seen.failing)))


def _known(bundle: Bundle) -> set[ResourceId]:
    calls = {r for e in bundle.edges for r in (e.caller, e.callee)}
    told = {s.resource for s in bundle.series} | {t.resource for t in bundle.templates}
    return calls | told | {r for alarm in bundle.alarms for r in alarm.resources}


def _spoken(bundle: Bundle, seen: Signs) -> frozenset[str]:
    """Return the words of the new lines that the usual lines do not have."""
    new = {t.id for t in seen.fresh}
    usual = [t for t in bundle.templates if t.id not in new and t.first_seen < seen.first]
    return _said(seen.fresh) - _said(usual)


def _said(templates: Iterable[LogTemplate]) -> frozenset[str]:
    return frozenset().union(*(words(t.template.outsider) for t in templates))


def _speaks(
    one: Deed, spoken: frozenset[str], common: Mapping[str, int], changes: int, weights: Weights
) -> float:
    """Return how much likelier the change's words are among the new lines if it is to blame.

    An innocent change shares a word the oftener the more of the other changes have it.
    """
    rates = dict.fromkeys(one.about, weights.about)
    rates |= dict.fromkeys(one.gained, weights.gained)
    rates |= dict.fromkeys(one.lost, weights.lost)
    total = 0.0
    for word in sorted(rates):
        chance = min(rates[word], weights.rare + (common[word] - 1) / changes / 2)
        hit, miss = log(rates[word] / chance), log((1 - rates[word] / 3) / (1 - chance / 3))
        total += hit if word in spoken else miss
    return total
