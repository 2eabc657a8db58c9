"""A language model weighs the candidates; the rules have the last word."""

from typing import Final

from functions.resolution.policy_rules import refusal
from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion
from quorum.seats.llm.model_answer import model_opinion
from quorum.seats.seat import Deps

TASK: Final = """\
You decide what is safe to do. Prefer the smallest effect that addresses the resource at fault. \
Something that is hard to undo, or reaches further than the fault does, needs better evidence."""


def model_policy(bundle: Bundle, deps: Deps) -> Opinion:
    """Return the model's opinion, without what the rules refuse. Raises what `ask` raises."""
    opinion = model_opinion(bundle, deps.model, TASK)
    refused = {c.id for c in bundle.candidates if refusal(bundle, c) is not None}
    kept = {i: p for i, p in opinion.probabilities.items() if i not in refused}
    return opinion.model_copy(update={"probabilities": kept})
