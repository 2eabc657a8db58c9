"""Methods of the diagnosis seats, by their names in the seat table."""

from collections.abc import Mapping
from typing import Final

from functions.diagnosis.change_onset import change_onset
from functions.diagnosis.deepest_anomaly import deepest_anomaly
from functions.diagnosis.fallbacks import alarmed_node, latest_change
from functions.diagnosis.log_templates import log_templates
from functions.diagnosis.similar_incidents import similar_incidents
from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion
from quorum.seats.llm.model_answer import model_opinion
from quorum.seats.seat import Deps, Method

TASK: Final = """\
You are an engineer on call who looks for the cause. Follow failures down the calls to where they \
begin, and compare the times of changes with the onset. A change is not a cause because it is \
recent: look for a reason why it would fail in this way."""


def model_diagnosis(bundle: Bundle, deps: Deps) -> Opinion:
    """Return the model's opinion on the cause. Raises the errors of `model_opinion`."""
    return model_opinion(bundle, deps.model, TASK)


METHODS: Final[Mapping[str, Method]] = {
    "deepest-anomaly": deepest_anomaly,
    "alarmed-node": alarmed_node,
    "change-onset": change_onset,
    "latest-change": latest_change,
    "similar-incidents": similar_incidents,
    "model-diagnosis": model_diagnosis,
    "log-templates": log_templates,
}
