"""Language models and their daily token budget."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class LanguageModel(Protocol):
    """A language model that answers in a closed schema."""

    def answer(
        self, *, system: str, evidence: str, schema: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], tuple[int, int]]:
        """Return the answer as JSON and the tokens (in, out).

        Raises ModelThrottledError, ModelUnavailableError, ModelAnswerError.
        """
        ...


class TokenBudget(Protocol):
    """The daily token budget of language models, by spender."""

    def take(self, spender: str, tokens: int, most: int, now: datetime) -> bool:
        """Count the tokens if they fit the spender's daily budget; return whether they did.

        A negative number always fits: it returns tokens to the budget.
        """
        ...
