"""Methods of the prediction seats, by their names in the seat table."""

from collections.abc import Mapping
from typing import Final

from functions.prediction.burn_rate import burn_rate
from functions.prediction.burn_total import burn_total
from functions.prediction.counterfactual import counterfactual
from functions.prediction.persistence import persistence
from functions.prediction.version_contrast import version_contrast
from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion
from quorum.seats.llm.model_answer import model_opinion
from quorum.seats.seat import Deps, Method

TASK: Final = """\
You predict. For each candidate imagine that it is done now, and nothing else: which series would \
change, how soon, and would the alarmed one come back to its level before the onset? Judge by the \
figures: what had the series done under the old setting, and what since?"""


def model_prediction(bundle: Bundle, deps: Deps) -> Opinion:
    """Return the model's opinion on the effects. Raises the errors of `model_opinion`."""
    return model_opinion(bundle, deps.model, TASK)


METHODS: Final[Mapping[str, Method]] = {
    "counterfactual": counterfactual,
    "persistence": persistence,
    "burn-rate": burn_rate,
    "burn-total": burn_total,
    "model-prediction": model_prediction,
    "version-contrast": version_contrast,
}
