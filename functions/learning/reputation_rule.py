"""What a seat's record may do: suspend it. Nothing in it can raise a weight.

A suspended seat is silent: denominators and the threshold stay, so that one seat less can send an
incident to a person, and can authorise nothing.
"""

from collections.abc import Collection
from typing import Final

from quorum.domain.statistics import wilson

LEAST_JUDGED: Final = 20
EVEN: Final = 0.5
"""A seat that is right less often than not is worse than a coin."""


def unreliable(judged: Collection[bool]) -> bool:
    """Return whether the seat's judged votes (True: right) show it to be right less than half.

    It takes twenty of them, and the whole interval below one half.
    """
    enough = len(judged) >= LEAST_JUDGED
    return enough and wilson(sum(judged), len(judged)).upper < EVEN
