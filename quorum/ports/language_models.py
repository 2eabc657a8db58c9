"""Language models and their daily budget."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class LanguageModel(Protocol):
    """A model that answers in a closed schema."""

    def answer(
        self, *, system: str, evidence: str, schema: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], tuple[int, int]]:
        """Return the answer as JSON and the tokens (in, out).

        Raises ModelThrottledError, ModelUnavailableError, ModelAnswerError.
        """
        ...


class TokenBudget(Protocol):
    """What language models may take a day, by spender."""

    def take(self, spender: str, tokens: int, most: int, now: datetime) -> bool:
        """Return whether so many more tokens fit the spender's day, and count them if so.

        Fewer than none always fit: they are given back.
        """
        ...
