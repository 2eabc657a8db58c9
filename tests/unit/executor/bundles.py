"""Bundles with the series that a test draws."""

from typing import Any

from quorum.domain.evidence import Bundle, Series
from tests.builders.executor_evidence import INCIDENT, alarm
from tests.fakes import START

ONSET = int(START.timestamp())


def bundle(*found: Series, **changed: Any) -> Bundle:
    return Bundle(
        incident_id=INCIDENT,
        round=1,
        taken_at=START,
        alarms=(alarm(),),
        onset=ONSET,
        series=found,
        **changed,
    )
