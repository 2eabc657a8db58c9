"""Checks of the caller, the region and the local clock."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from stacks import regions
from stacks.config import Config
from stacks.doctor.check import Check, error, ok, warning
from stacks.doctor.subject import Subject

SIGNATURE_SECONDS: Final = 300
"""Signature Version 4 is refused when its time is more than five minutes from AWS's."""
TOLERANCE_SECONDS: Final = SIGNATURE_SECONDS // 5


class Caller(NamedTuple):
    """The caller that STS sees, and the difference of the local clock in seconds."""

    account: str
    arn: str
    clock_seconds: float

    @property
    def partition(self) -> str:
        """Return the partition of the account."""
        return self.arn.split(":")[1]


def caller(sts: Any, now: Callable[[], datetime]) -> Caller | Check:
    """Return the caller, or the check that failed: without an identity nothing can be read."""
    before = now()
    try:
        found = sts.get_caller_identity()
    except ClientError as failure:
        return _not_accepted(failure, now())
    except BotoCoreError as failure:
        return error("account", f"no credentials or no network: {failure}", "Sign in to AWS first")
    sent = _date(found["ResponseMetadata"]["HTTPHeaders"])
    after = now()
    local = before + (after - before) / 2
    seconds = (local - sent).total_seconds() if sent else 0.0
    return Caller(found["Account"], found["Arn"], seconds)


def _not_accepted(failure: ClientError, local: datetime) -> Check:
    sent = _date(failure.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}))
    if sent is not None and abs((local - sent).total_seconds()) > SIGNATURE_SECONDS:
        return clock((local - sent).total_seconds())
    return error(
        "account",
        f"STS refused the caller: {failure}",
        "Renew the credentials; in a region that is not enabled, enable it in the account",
    )


def _date(headers: Mapping[str, str]) -> datetime | None:
    text = headers.get("date") or headers.get("Date")
    return parsedate_to_datetime(text).astimezone(UTC) if text else None


def identity(subject: Subject) -> Iterator[Check]:
    """Yield the account and region that the checks are about."""
    yield ok("account", f"{subject.account} in {subject.region}, partition {subject.partition}")


def time(subject: Subject) -> Iterator[Check]:
    """Yield the check of the local clock."""
    yield clock(subject.clock_seconds)


def region(subject: Subject) -> Iterator[Check]:
    """Yield the services that the configuration needs and the region lacks."""
    yield from judge_region(subject.config, subject.region)


def judge_region(config: Config, name: str) -> Iterator[Check]:
    """Yield one error per refusal of the table of regions, which synth applies as well."""
    refusals = regions.refusals(config, name)
    for refusal in refusals:
        yield error("region", refusal.partition(":")[0], refusal.partition(": ")[2])
    if not refusals:
        yield ok("region", f"{name} has every service that this configuration needs")


def clock(seconds: float) -> Check:
    """Return the check of the local clock, which is `seconds` ahead of AWS's."""
    detail = f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} AWS's clock"
    remedy = "Set the clock by NTP"
    if abs(seconds) > SIGNATURE_SECONDS:
        return error("clock", f"{detail}: signatures are refused", remedy)
    if abs(seconds) > TOLERANCE_SECONDS:
        return warning(
            "clock", f"{detail}: signatures are refused from {SIGNATURE_SECONDS} s", remedy
        )
    return ok("clock", f"within {TOLERANCE_SECONDS} s of AWS's")
