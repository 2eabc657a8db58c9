"""Log templates by Drain (He et al., ICWS 2017): a tree of fixed depth, then the likest cluster.

Small, pure and bounded: the same lines in the same order give the same templates, and no flood of
different lines grows it past its limit. Exceptions from different places in code never share one.
"""

from dataclasses import dataclass, field
from operator import eq, itemgetter
from typing import Final

from functions.evidence.log_lines import Level
from functions.evidence.masking import WILDCARD, is_masked, mask

SIMILARITY: Final = 0.5
MOST_CLUSTERS: Final = 200
MOST_TOKENS: Final = 40

Node = tuple[str, str, int, str]
"""Level, place in code, number of tokens, first token."""


@dataclass(slots=True, eq=False)
class Cluster:
    """Lines that are alike, and the template that they share."""

    level: Level
    tokens: list[str]
    place: str = ""
    """The file and the function that an exception came from, without the line."""

    @property
    def template(self) -> str:
        """Return the template."""
        return " ".join(self.tokens)

    def similarity(self, tokens: list[str]) -> tuple[float, int]:
        """Return the share of tokens that are the same, and how many of ours are wildcards."""
        same = sum(map(eq, self.tokens, tokens))
        return same / len(tokens), self.tokens.count(WILDCARD)

    def absorb(self, tokens: list[str]) -> None:
        """Make a wildcard of each token in which the line differs."""
        if tokens != self.tokens:
            pairs = zip(self.tokens, tokens, strict=True)
            self.tokens = [a if a == b else WILDCARD for a, b in pairs]


@dataclass(slots=True)
class Drain:
    """The tree. Lines beyond its limit count under one template per level."""

    clusters: list[Cluster] = field(default_factory=list)
    _leaves: dict[Node, list[Cluster]] = field(default_factory=dict)
    _rest: dict[str, Cluster] = field(default_factory=dict)

    def add(self, level: Level, text: str, place: str = "") -> Cluster:
        """Return the cluster that the line belongs to, changed by it or new."""
        tokens = mask(text).split()[:MOST_TOKENS] or ["<empty>"]
        first = WILDCARD if is_masked(tokens[0]) else tokens[0]
        node = (level, place, len(tokens), first)
        likest = [(cluster.similarity(tokens), cluster) for cluster in self._leaves.get(node, ())]
        (same, _), best = max(likest, key=itemgetter(0), default=((0.0, 0), None))
        if best is not None and same >= SIMILARITY:
            best.absorb(tokens)
            return best
        if len(self.clusters) >= MOST_CLUSTERS:
            return self._overflow(level)
        made = Cluster(level, tokens, place)
        self.clusters.append(made)
        self._leaves.setdefault(node, []).append(made)
        return made

    def _overflow(self, level: Level) -> Cluster:
        if level not in self._rest:
            self._rest[level] = Cluster(level, ["<other>", "lines"])
            self.clusters.append(self._rest[level])
        return self._rest[level]
