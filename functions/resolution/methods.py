"""The methods of the resolution seats, by the names that the seat table gives them."""

from collections.abc import Mapping
from typing import Final

from functions.resolution.model_policy import model_policy
from functions.resolution.policy_rules import policy_rules
from quorum.seats.seat import Method

METHODS: Final[Mapping[str, Method]] = {
    "model-policy": model_policy,
    "policy-rules": policy_rules,
}
