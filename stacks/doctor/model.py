"""Checks of the configured language model: its lifecycle, and the account's access to it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from stacks.doctor.check import Check, error, ok, warning
from stacks.doctor.refused import code
from stacks.doctor.subject import Subject

WARN_BEFORE: Final = timedelta(days=90)
_GONE: Final = frozenset({"ResourceNotFoundException", "ValidationException"})
_REMEDY: Final = "Set model_id to one of aws bedrock list-foundation-models, and deploy"


def model(subject: Subject) -> Iterator[Check]:
    """Yield the checks of the model; one that says so where none is configured."""
    config = subject.config
    if config.model_id is None:
        yield ok("model", "not configured: every seat uses its own methods")
        return
    bedrock = subject.client("bedrock", config.model_region)
    try:
        base = _base(bedrock, config.model_id)
        details = bedrock.get_foundation_model(modelIdentifier=base)["modelDetails"]
        access = bedrock.get_foundation_model_availability(modelId=base)
    except ClientError as failure:
        if code(failure) not in _GONE:
            raise
        yield error("model", f"{config.model_region} has no {config.model_id}", _REMEDY)
        return
    yield judge_lifecycle(config.model_id, details.get("modelLifecycle", {}), subject.now())
    yield judge_access(config.model_id, access)


def _base(bedrock: Any, model_id: str) -> str:
    """Return the model's own id: of an inference profile the one that its first model has."""
    try:
        profile = bedrock.get_inference_profile(inferenceProfileIdentifier=model_id)
    except ClientError as failure:
        if code(failure) in _GONE:
            return model_id
        raise
    arn: str = profile["models"][0]["modelArn"]
    return arn.partition("foundation-model/")[2]


def judge_lifecycle(name: str, lifecycle: Mapping[str, Any], now: datetime) -> Check:
    """Return the check of a model's end of life, which Bedrock gives as a time."""
    ends: datetime | None = lifecycle.get("endOfLifeTime")
    if ends is not None and ends <= now:
        return error("model", f"{name} reached its end of life on {ends:%Y-%m-%d}", _REMEDY)
    if ends is not None and ends - now <= WARN_BEFORE:
        days = (ends - now).days
        return warning("model", f"{name} ends on {ends:%Y-%m-%d}, in {days} days", _REMEDY)
    if lifecycle.get("status") == "LEGACY":
        return warning("model", f"{name} is a legacy model without a known end", _REMEDY)
    return ok("model", f"{name} is active" + (f" until {ends:%Y-%m-%d}" if ends else ""))


def judge_access(name: str, access: Mapping[str, Any]) -> Check:
    """Return the check of the account's access: agreement, authorisation, entitlement, region."""
    refused = [
        label
        for label, granted in (
            ("agreement", access["agreementAvailability"]["status"] == "AVAILABLE"),
            ("authorisation", access["authorizationStatus"] == "AUTHORIZED"),
            ("entitlement", access["entitlementAvailability"] == "AVAILABLE"),
            ("region", access["regionAvailability"] == "AVAILABLE"),
        )
        if not granted
    ]
    if refused:
        return error(
            "model access",
            f"{name} is not available to the account: {', '.join(refused)}",
            "Request access to the model in the Bedrock console",
        )
    return ok("model access", f"{name} is available to the account")
