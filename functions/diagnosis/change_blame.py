"""Change blame: the probability that each change caused the incident, or that none did.

It combines the time of the change, its reach, the effect of its diff, and the words it shares with
new log lines. Each is a likelihood against that of an innocent change; *none* has its own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import log
from typing import Final, NamedTuple

from functions.diagnosis.diff_effect import WEIGHTS, DiffSummary, summarize_diff
from functions.diagnosis.first_signs import Signs, signs
from functions.diagnosis.identifiers import word_stems
from quorum.domain.base import ResourceId
from quorum.domain.call_graph import caller_distances
from quorum.domain.evidence import Bundle, Change, LogTemplate
from quorum.seats.signals.distributions import normalised

NONE: Final = ""


class BlameWeights(NamedTuple):
    """Parameters of the model; chosen on labelled cases, leaving one case out."""

    none: float = 0.0
    """Log-weight of no change at all, against one at the first signs with a typical effect."""
    later: float = 600.0
    """Seconds in which the odds of a change halve: delays span orders of magnitude."""
    lost: float = 0.3
    """Probability that a word removed by the causing change is in the new log lines."""
    gained: float = 0.15
    """The same for a word that it added."""
    about: float = 0.05
    """The same for a word of its title and file names: innocent changes have those too."""
    rare: float = 0.03
    """Probability that an innocent change has a word of the new lines that no other one has."""


CHOSEN_WEIGHTS: Final = BlameWeights()
MIN_AFFECTED_SHARE: Final = 0.03
"""Least share of the failing resources that any change may explain."""
UNKNOWN_PLACE: Final = 0.15
"""The share for a change to a resource that is not in the evidence."""


class LogLikelihoods(NamedTuple):
    """Log-likelihoods against an innocent change; for time and reach at most 0."""

    time: float
    """Of the delay from the change to the first signs."""
    reach: float
    """Of the share of the failing resources that depend on the changed one."""
    effect: float
    """Of the effect of its diff."""
    words: float
    """Of the words it shares with the new log lines, and of those it does not."""


class Blame(NamedTuple):
    """The probability that a change caused the incident, and its parts."""

    change: str
    """The change's id; empty for *none*."""
    probability: float
    effect: str = ""
    parts: LogLikelihoods = LogLikelihoods(0.0, 0.0, 0.0, 0.0)
    shared: tuple[str, ...] = ()
    """Words that it shares with the new log lines."""


def blame(bundle: Bundle, weights: BlameWeights = CHOSEN_WEIGHTS) -> tuple[Blame, ...]:
    """Return all changes before the last signs, and *none*, most probable first, ties by id."""
    seen = signs(bundle)
    diffs = {c.id: summarize_diff(c) for c in bundle.changes}
    new_words, in_evidence = _new_log_words(bundle, seen), _known_resources(bundle)
    common = Counter(w for diff in diffs.values() for w in diff.all)
    parts = {
        c.id: LogLikelihoods(
            -log(1 + max(0.0, seen.first - c.at) / weights.later),
            log(affected_share(bundle, c, seen) if c.resource in in_evidence else UNKNOWN_PLACE),
            log(WEIGHTS[diffs[c.id].effect]),
            _words_log_likelihood(diffs[c.id], new_words, common, len(diffs), weights),
        )
        for c in bundle.changes
        if c.not_before <= seen.last and not c.ours
    }
    probabilities = normalised({NONE: weights.none, **{i: sum(part) for i, part in parts.items()}})
    return tuple(
        Blame(
            i, probabilities[i], diffs[i].effect, parts[i], tuple(sorted(diffs[i].all & new_words))
        )
        if i
        else Blame(i, probabilities[i])
        for i in sorted(probabilities, key=lambda i: (-probabilities[i], i))
    )


def affected_share(bundle: Bundle, change: Change, seen: Signs) -> float:
    """Return the share of the failing resources that are, or depend on, the changed one."""
    upstream = caller_distances(bundle, change.resource)
    return max(
        MIN_AFFECTED_SHARE, sum(r in upstream for r in seen.failing) / max(1, len(seen.failing))
    )


def _known_resources(bundle: Bundle) -> set[ResourceId]:
    calls = {r for e in bundle.edges for r in (e.caller, e.callee)}
    observed = {s.resource for s in bundle.series} | {t.resource for t in bundle.templates}
    return calls | observed | {r for alarm in bundle.alarms for r in alarm.resources}


def _new_log_words(bundle: Bundle, seen: Signs) -> frozenset[str]:
    """Return the words of the new log lines that the usual lines do not have."""
    new = {t.id for t in seen.fresh}
    usual = [t for t in bundle.templates if t.id not in new and t.first_seen < seen.first]
    return _words_of(seen.fresh) - _words_of(usual)


def _words_of(templates: Iterable[LogTemplate]) -> frozenset[str]:
    return frozenset().union(*(word_stems(t.template.outsider) for t in templates))


def _words_log_likelihood(
    diff: DiffSummary,
    new_words: frozenset[str],
    common: Mapping[str, int],
    changes: int,
    weights: BlameWeights,
) -> float:
    """Return the log-likelihood of the change's words in the new lines if it is the cause.

    An innocent change shares a word more often the more other changes have it.
    """
    rates = dict.fromkeys(diff.about, weights.about)
    rates |= dict.fromkeys(diff.gained, weights.gained)
    rates |= dict.fromkeys(diff.lost, weights.lost)
    total = 0.0
    for word in sorted(rates):
        chance = min(rates[word], weights.rare + (common[word] - 1) / changes / 2)
        hit, miss = log(rates[word] / chance), log((1 - rates[word] / 3) / (1 - chance / 3))
        total += hit if word in new_words else miss
    return total
