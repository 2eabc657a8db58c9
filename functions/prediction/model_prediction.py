"""A language model's prediction: what each candidate would do to the alarm."""

from typing import Final

from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion
from quorum.seats.llm.model_answer import model_opinion
from quorum.seats.seat import Deps

TASK: Final = """\
You predict. For each candidate imagine that it is done now, and nothing else: which series would \
change, how soon, and would the alarmed one come back to its level before the onset? Judge by the \
figures: what had the series done under the old setting, and what since?"""


def model_prediction(bundle: Bundle, deps: Deps) -> Opinion:
    """Return the model's opinion on what would follow. Raises what `ask` raises."""
    return model_opinion(bundle, deps.model, TASK)
