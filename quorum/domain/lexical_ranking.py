"""BM25 over a few thousand texts, for stores that have no full-text index.

Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009; with the
parameters and the always positive inverse document frequency of Lucene.
"""

import re
from collections import Counter
from collections.abc import Mapping
from math import log
from typing import Final

SATURATION: Final = 1.2
LENGTH_SHARE: Final = 0.75
_WORD: Final = re.compile(r"[^\W_]+(?:[._'][^\W_]+)*")


def words(text: str) -> list[str]:
    """Return the words in lower case; a name such as `db.timeout` or `v1.2` is one word."""
    return _WORD.findall(text.lower())


def bm25(query: str, texts: Mapping[str, str]) -> dict[str, float]:
    """Return the score of each text that shares a word with the query, by key."""
    counts = {key: Counter(words(text)) for key, text in texts.items()}
    mean = sum(found.total() for found in counts.values()) / max(len(counts), 1)
    scores: dict[str, float] = {}
    for word in sorted(set(words(query))):
        holding = [key for key, found in counts.items() if word in found]
        rarity = log(1 + (len(counts) - len(holding) + 0.5) / (len(holding) + 0.5))
        for key in holding:
            scores[key] = scores.get(key, 0.0) + rarity * _weight(counts[key], word, mean)
    return scores


def _weight(found: Counter[str], word: str, mean: float) -> float:
    length = 1 - LENGTH_SHARE + LENGTH_SHARE * found.total() / mean
    return found[word] / (found[word] + SATURATION * length)
