"""Cosine similarity, of dense vectors and of named features."""

from collections.abc import Mapping, Sequence
from math import hypot


def cosine(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the cosine of the angle between two vectors; 0 when one of them is zero.

    Raises ValueError when their lengths differ.
    """
    lengths = hypot(*a) * hypot(*b)
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    return dot / lengths if lengths else 0.0


def feature_cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Return the cosine of two sets of named features; an absent feature is 0."""
    lengths = hypot(*a.values()) * hypot(*b.values())
    dot = sum(value * b.get(name, 0.0) for name, value in a.items())
    return dot / lengths if lengths else 0.0
