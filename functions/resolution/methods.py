"""Methods of the resolution seats, by their names in the seat table."""

from collections.abc import Mapping
from typing import Final

from functions.resolution.policy_rules import infeasible, policy_rules
from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion
from quorum.seats.llm.model_answer import model_opinion
from quorum.seats.seat import Deps, Method

TASK: Final = """\
You decide what is safe to do. Prefer the smallest effect that addresses the resource at fault. \
Something that is hard to undo, or reaches further than the fault does, needs better evidence."""


def model_policy(bundle: Bundle, deps: Deps) -> Opinion:
    """Return the model's opinion without the candidates that the rules exclude.

    Raises the errors of `model_opinion`.
    """
    opinion = model_opinion(bundle, deps.model, TASK)
    refused = {c.id for c in bundle.candidates if infeasible(bundle, c) is not None}
    kept = {i: p for i, p in opinion.probabilities.items() if i not in refused}
    return opinion.model_copy(update={"probabilities": kept})


METHODS: Final[Mapping[str, Method]] = {
    "model-policy": model_policy,
    "policy-rules": policy_rules,
}
