"""A language model's diagnosis: which candidate addresses the cause."""

from typing import Final

from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion
from quorum.seats.llm.model_answer import model_opinion
from quorum.seats.seat import Deps

TASK: Final = """\
You are an engineer on call who looks for the cause. Follow failures down the calls to where they \
begin, and compare the times of changes with the onset. A change is not a cause because it is \
recent: look for a reason why it would fail in this way."""


def model_diagnosis(bundle: Bundle, deps: Deps) -> Opinion:
    """Return the model's opinion on the cause. Raises what `ask` raises."""
    return model_opinion(bundle, deps.model, TASK)
