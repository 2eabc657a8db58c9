"""The methods of the diagnosis seats, by the names that the seat table gives them."""

from collections.abc import Mapping
from typing import Final

from functions.diagnosis.alarmed_node import alarmed_node
from functions.diagnosis.change_onset import change_onset
from functions.diagnosis.deepest_anomaly import deepest_anomaly
from functions.diagnosis.latest_change import latest_change
from functions.diagnosis.log_templates import log_templates
from functions.diagnosis.model_diagnosis import model_diagnosis
from functions.diagnosis.similar_incidents import similar_incidents
from quorum.seats.seat import Method

METHODS: Final[Mapping[str, Method]] = {
    "deepest-anomaly": deepest_anomaly,
    "alarmed-node": alarmed_node,
    "change-onset": change_onset,
    "latest-change": latest_change,
    "similar-incidents": similar_incidents,
    "model-diagnosis": model_diagnosis,
    "log-templates": log_templates,
}
