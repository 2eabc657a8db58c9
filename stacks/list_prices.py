"""List prices of what costs money while no incident is open, with their source and date.

us-east-1, arm64, before free tiers. Those of an incident: `functions/postmortem/prices.py`.
"""

from decimal import Decimal
from typing import Final, NamedTuple

AS_OF: Final = "2026-11-29"
"""The pages themselves were not at hand that day: compare with yours before you budget."""
MILLION: Final = 1_000_000
_CACHE: Final = "github.com/awslabs/startups, pricing-cache.md of 2026-07-17"


class Price(NamedTuple):
    """US dollars per number of units."""

    dollars: Decimal
    units: int
    unit: str
    source: str

    def of(self, quantity: Decimal | int) -> Decimal:
        """Return the cost of the quantity in dollars."""
        return self.dollars * quantity / self.units


KMS_KEY: Final = Price(Decimal(1), 1, "key-month", "aws.amazon.com/kms/pricing")
SHARD_HOUR: Final = Price(
    Decimal("0.015"), 1, "shard-hour", "aws.amazon.com/kinesis/data-streams/pricing"
)
ALARM: Final = Price(Decimal("0.10"), 1, "alarm-month", "aws.amazon.com/cloudwatch/pricing")
METRIC: Final = Price(
    Decimal("0.30"), 1, "custom-metric-month", "aws.amazon.com/cloudwatch/pricing"
)
CLOUDWATCH_CALL: Final = Price(
    Decimal("0.01"), 1000, "CloudWatch request", "aws.amazon.com/cloudwatch/pricing"
)
LOG_GIGABYTE: Final = Price(Decimal("0.50"), 1, "GB of logs", "aws.amazon.com/cloudwatch/pricing")
TRACE: Final = Price(Decimal(5), MILLION, "trace", "aws.amazon.com/xray/pricing")
SQS_REQUEST: Final = Price(Decimal("0.40"), MILLION, "request", _CACHE)
LAMBDA_REQUEST: Final = Price(Decimal("0.20"), MILLION, "request", _CACHE)
LAMBDA_GB_SECOND: Final = Price(Decimal("0.0000133334"), 1, "GB-second", _CACHE)
PROVISIONED_GB_SECOND: Final = Price(
    Decimal("0.0000033334"), 1, "provisioned GB-second", "aws.amazon.com/lambda/pricing"
)
SEARCH_NODE_HOUR: Final = Price(
    Decimal("0.036"), 1, "t3.small.search-hour", "aws.amazon.com/opensearch-service/pricing"
)
SEARCH_GIGABYTE: Final = Price(
    Decimal("0.122"), 1, "GB-month of gp3", "aws.amazon.com/opensearch-service/pricing"
)
DYNAMODB_WRITE: Final = Price(Decimal("0.625"), MILLION, "write unit", _CACHE)
DYNAMODB_READ: Final = Price(Decimal("0.125"), MILLION, "read unit", _CACHE)
