"""A language model with a daily budget of tokens."""

from collections.abc import Callable, Mapping
from json import dumps
from typing import Any, Final

from quorum.domain.errors import ModelThrottledError, ModelUnavailableError
from quorum.ports.clock import Clock
from quorum.ports.language_models import LanguageModel, TokenBudget

BYTES_A_TOKEN: Final = 3
"""A token of English or JSON has about four bytes; a lower number overestimates the tokens."""
ANSWER_TOKENS: Final = 2048
TRIES: Final = 2
"""A model that answers outside the schema is asked once more."""
NOT_CALLED: Final = (ModelThrottledError, ModelUnavailableError)


class BudgetedModel:
    """A `LanguageModel` that is called while the daily budget lasts.

    The maximum of a call is counted before it, and corrected to the actual use after it. Beyond the
    budget it raises ModelUnavailableError and calls `over`: the seat's next tier answers.
    """

    def __init__(  # noqa: PLR0913 - a model, a budget, and its owner
        self,
        model: LanguageModel,
        budget: TokenBudget,
        *,
        spender: str,
        most: int,
        now: Clock,
        over: Callable[[], None],
    ) -> None:
        self._model, self._budget, self._now, self._over = model, budget, now, over
        self._spender, self._most = spender, most

    def answer(
        self, *, system: str, evidence: str, schema: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], tuple[int, int]]:
        """Return the model's answer and the tokens (in, out)."""
        maximum = maximum_tokens(system, evidence, schema)
        if not self._take(maximum):
            self._over()
            raise ModelUnavailableError(f"the daily budget of {self._most} tokens is exhausted")
        try:
            answer, tokens = self._model.answer(system=system, evidence=evidence, schema=schema)
        except NOT_CALLED:
            self._take(-maximum)
            raise
        self._take(sum(tokens) - maximum)
        return answer, tokens

    def _take(self, tokens: int) -> bool:
        return self._budget.take(self._spender, tokens, self._most, self._now())


def maximum_tokens(system: str, evidence: str, schema: Mapping[str, Any]) -> int:
    """Return the maximum tokens of the question and its answer, for both tries together."""
    size = sum(len(text.encode()) for text in (system, evidence, dumps(schema)))
    return TRIES * (size // BYTES_A_TOKEN + ANSWER_TOKENS)
