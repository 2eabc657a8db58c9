"""A run of the checks with the caller's credentials."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any, Final

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from quorum.domain.errors import QuorumError
from stacks.config import Config
from stacks.doctor import account, coverage, deployment
from stacks.doctor.check import Check, error
from stacks.doctor.coverage_report import report
from stacks.doctor.refused import as_check
from stacks.doctor.subject import Options, Subject
from stacks.doctor.table import CHECKS, examine

CLIENT: Final = ClientConfig(
    connect_timeout=5, read_timeout=20, retries={"mode": "adaptive", "max_attempts": 8}
)


class Surroundings:
    """The caller's AWS session, and the clock."""

    def __init__(
        self,
        profile: str | None,
        region: str | None,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        # The product's adapters make some of their clients from the default session.
        boto3.setup_default_session(profile_name=profile, region_name=region)
        self._session = boto3.Session(profile_name=profile, region_name=region)
        self._now, self._sleep, self._lock = now, sleep, Lock()

    def subject(self, config: Config, options: Options) -> Subject | Check:
        """Return the subject, or the check without which no other one can run."""
        region = self._session.region_name
        if region is None:
            return error("region", "no region", "Set --region, or AWS_REGION")

        @cache
        def client(service: str, elsewhere: str | None) -> Any:
            make: Any = self._session.client
            with self._lock:  # boto3 makes clients in one thread at a time
                return make(service, region_name=elsewhere or region, config=CLIENT)

        found = account.caller(client("sts", None), self._now)
        if isinstance(found, Check):
            return found
        subject = Subject(
            config=config,
            clients=client,
            now=self._now,
            account=found.account,
            region=region,
            partition=found.partition,
            clock_seconds=found.clock_seconds,
            options=options,
            sleep=self._sleep,
        )
        return replace(subject, deployed=deployment.deployed(subject))


def checks(subject: Subject) -> Iterator[Check]:
    """Yield the results of all checks in the table's order."""
    for row in CHECKS:
        yield from examine(row, subject)


def coverage_report(subject: Subject) -> str | Check:
    """Return the report of the coverage as Markdown, or the check that prevents it."""
    try:
        found = coverage.covered(subject)
    except (ClientError, BotoCoreError, QuorumError) as failure:
        return as_check("coverage", failure, ())
    return report(found, subject)
