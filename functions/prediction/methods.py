"""The methods of the prediction seats, by the names that the seat table gives them."""

from collections.abc import Mapping
from typing import Final

from functions.prediction.burn_rate import burn_rate
from functions.prediction.burn_total import burn_total
from functions.prediction.counterfactual import counterfactual
from functions.prediction.model_prediction import model_prediction
from functions.prediction.persistence import persistence
from functions.prediction.version_contrast import version_contrast
from quorum.seats.seat import Method

METHODS: Final[Mapping[str, Method]] = {
    "counterfactual": counterfactual,
    "persistence": persistence,
    "burn-rate": burn_rate,
    "burn-total": burn_total,
    "model-prediction": model_prediction,
    "version-contrast": version_contrast,
}
