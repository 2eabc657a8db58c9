"""List prices, each with its source and date: us-east-1, arm64, before free tiers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

AWS_PAGE: Final = "aws.amazon.com/step-functions/pricing"
KMS_PAGE: Final = "aws.amazon.com/kms/pricing, requests with ECC keys"
CLOUDWATCH_PAGE: Final = "aws.amazon.com/cloudwatch/pricing, GetMetricData"
PRICING_CACHE: Final = "github.com/awslabs/startups, pricing-cache.md of 2026-07-17"
MODEL_LIST: Final = "github.com/awslabs/startups, ai-model-lifecycle.md of 2026-08-20"
CHECKED: Final = "2026-11-22"
"""Date on which the sources were last read."""
MICRO: Final = 1_000_000
_REGIONS: Final = ("us.", "eu.", "apac.", "global.", "au.", "jp.", "ca.", "us-gov.")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per number of units."""

    dollars: Decimal
    units: int
    unit: str
    source: str

    def microdollars(self, quantity: Decimal | int) -> Decimal:
        """Return the cost of the quantity, in millionths of a dollar."""
        return self.dollars * MICRO * quantity / self.units


class ModelPrice(NamedTuple):
    """A language model's price per token, in and out."""

    tokens_in: Price
    tokens_out: Price


STATE_TRANSITION: Final = Price(Decimal("0.025"), 1000, "state transition", AWS_PAGE)
LAMBDA_REQUEST: Final = Price(Decimal("0.20"), MICRO, "request", PRICING_CACHE)
LAMBDA_GB_SECOND: Final = Price(Decimal("0.0000133334"), 1, "GB-second", PRICING_CACHE)
DYNAMODB_WRITE: Final = Price(Decimal("0.625"), MICRO, "write unit", PRICING_CACHE)

METRIC_DATA: Final = Price(Decimal("0.01"), 1000, "metric request", CLOUDWATCH_PAGE)
KMS_SIGN: Final = Price(Decimal("0.15"), 10_000, "signature", KMS_PAGE)


def _model(dollars_in: str, dollars_out: str) -> ModelPrice:
    return ModelPrice(
        Price(Decimal(dollars_in), MICRO, "token in", MODEL_LIST),
        Price(Decimal(dollars_out), MICRO, "token out", MODEL_LIST),
    )


MODELS: Final[Mapping[str, ModelPrice]] = {
    "anthropic.claude-haiku-4-5-20251001-v1:0": _model("1", "5"),
    "anthropic.claude-sonnet-4-6": _model("3", "15"),
}
"""Models with a known price. Any other costs "unknown", and never nothing."""


def model_price(model_id: str) -> ModelPrice | None:
    """Return the model's price for any region of its inference profile; None if unknown."""
    prefix = next((p for p in _REGIONS if model_id.startswith(p)), "")
    return MODELS.get(model_id.removeprefix(prefix))
