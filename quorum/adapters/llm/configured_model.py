"""The language model that the configuration names, or none."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from quorum.adapters.llm.bedrock_model import Answer, BedrockModel, Tokens
from quorum.domain.errors import ModelUnavailableError
from quorum.ports.language_models import LanguageModel


class NoModel:
    """The `LanguageModel` of an installation that has none configured."""

    def answer(
        self,
        *,
        system: str,  # noqa: ARG002 - the port's
        evidence: str,  # noqa: ARG002
        schema: Mapping[str, Any],  # noqa: ARG002
    ) -> tuple[Answer, Tokens]:
        """Raise ModelUnavailableError."""
        raise ModelUnavailableError("no model is configured: MODEL_ID is empty")


def language_model(model_id: str, region: str, config: Config) -> LanguageModel:
    """Return the configured model, or a `NoModel` when the id is empty.

    The SDK does not retry: the caller's time is for the second try, and for the next tier.
    """
    if not model_id:
        return NoModel()
    once = config.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
    client = boto3.client("bedrock-runtime", region_name=region or None, config=once)
    return BedrockModel(client, model_id)
