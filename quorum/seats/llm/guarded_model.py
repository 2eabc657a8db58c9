"""A language model behind a circuit breaker."""

from collections.abc import Mapping
from typing import Any

from quorum.application.circuit_breaker import Breaker, call_through
from quorum.ports.language_models import LanguageModel


class GuardedModel:
    """A `LanguageModel` that also raises BreakerOpenError while its breaker is open."""

    def __init__(self, model: LanguageModel, breaker: Breaker) -> None:
        self._model, self._breaker = model, breaker

    def answer(
        self, *, system: str, evidence: str, schema: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], tuple[int, int]]:
        """Return the model's answer and the tokens (in, out); the breaker records the outcome."""
        return call_through(
            self._breaker,
            lambda: self._model.answer(system=system, evidence=evidence, schema=schema),
        )
