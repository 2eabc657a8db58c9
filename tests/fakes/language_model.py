"""A language model with the test's answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from quorum.domain.errors import ModelUnavailableError, QuorumError

Scripted = Mapping[str, Any] | QuorumError


class InMemoryLanguageModel:
    """A `LanguageModel`; gives the scripted answers in turn, and raises those that are errors.

    Without an answer left it is unavailable, as an unconfigured model is. `asked` keeps the
    (system, evidence) texts.
    """

    def __init__(self, answers: Sequence[Scripted] = (), tokens: tuple[int, int] = (0, 0)) -> None:
        self._answers, self._tokens = list(answers), tokens
        self.asked: list[tuple[str, str]] = []

    def answer(
        self, *, system: str, evidence: str, schema: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], tuple[int, int]]:
        """Return the next scripted answer."""
        assert schema, "a model is never asked without a schema"
        self.asked.append((system, evidence))
        if not self._answers:
            raise ModelUnavailableError("no model is configured")
        given = self._answers.pop(0)
        if isinstance(given, QuorumError):
            raise given
        return given, self._tokens
