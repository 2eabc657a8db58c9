"""Word stems of identifiers, paths and messages: `MaxConns`, `max_conns` and "max conns" match."""

import re
from typing import Final

STEM: Final = 6
"""Number of leading characters by which two words are equal: a crude stemmer for any language."""
SHORTEST: Final = 3
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NAMES: Final = re.compile(r"[A-Za-z_]\w+")
_EMPTY: Final = frozenset(
    re.findall(
        r"\w+",
        "the and for with not from that this was were has have are but all any its per after"
        " before when than into over error failed failur failin reques",
    )
)
"""Stop words: of the language, and of every failure."""


def word_stems(text: str) -> frozenset[str]:
    """Return the stems of the words in the text, and names of several words as a whole."""
    stems = {part.lower()[:STEM] for part in _PARTS.findall(text) if len(part) >= SHORTEST}
    names = {name.lower() for name in _NAMES.findall(text) if len(_PARTS.findall(name)) > 1}
    return frozenset((stems - _EMPTY) | names)
