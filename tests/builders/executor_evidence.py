"""Parts of the incident's evidence: its alarm, its candidate, its series."""

from typing import Any, Final

from functions.executor.dependencies import Place
from quorum.domain.base import OutsiderText
from quorum.domain.catalogue import action_id
from quorum.domain.evidence import Alarm, Candidate, Scalar, Series
from tests.fakes import (
    START,
)

INCIDENT: Final = "ab" * 16


OTHER: Final = "cd" * 16


ACCOUNT: Final = "111122223333"


REGION: Final = "eu-west-1"


PLACE: Final = Place(account=ACCOUNT, region=REGION)


RESOURCE: Final = "lambda:checkout"


VERB: Final = "lambda.rollback_alias"


PARAMETERS: Final[dict[str, Scalar]] = {
    "function": "checkout",
    "alias": "live",
    "from_version": "4",
    "to_version": "3",
}


def candidate(verb: str = VERB, resource: str = RESOURCE, **changed: Any) -> Candidate:
    """Return a candidate whose id is right."""
    parameters = changed.pop("parameters", PARAMETERS)
    fields: dict[str, Any] = {
        "id": action_id(verb, parameters),
        "verb": verb,
        "resource": resource,
        "parameters": parameters,
        "summary": "Point checkout:live back from version 4 to 3",
        "cites": ("change-1",),
        "observed": {"alias_version": "4"},
    }
    return Candidate(**{**fields, **changed})


NEVER_DECIDED: Final = candidate(
    "lambda.raise_reserved_concurrency",
    parameters={"function": "checkout", "from_units": 1, "to_units": 2},
    summary="Raise the reserved concurrency of checkout from 1 to 2",
    observed={"reserved_concurrency": 1},
)
"""A candidate that no decision chooses."""


def alarm(name: str = "checkout-errors", **changed: Any) -> Alarm:
    """Return the alarm that fired."""
    fields: dict[str, Any] = {
        "name": name,
        "arn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}",
        "kind": "metric",
        "account": ACCOUNT,
        "region": REGION,
        "resources": (RESOURCE,),
        "fired_at": START,
        "reason": OutsiderText.of("3 datapoints were over the threshold"),
        "period_seconds": 10,
        "evaluation_periods": 3,
    }
    return Alarm(**{**fields, **changed})


def series(measure: str, total: float, **changed: Any) -> Series:
    """Return a series of ten periods before the onset that adds up to the total."""
    onset = int(START.timestamp())
    fields: dict[str, Any] = {
        "id": f"{measure}-{changed.get('version')}",
        "resource": RESOURCE,
        "measure": measure,
        "period_seconds": 10,
        "points": tuple((onset - 100 + 10 * n, total / 10) for n in range(10)),
    }
    return Series(**{**fields, **changed})


HEALTHY_RECORD: Final = (
    series("requests", 100, version="3"),
    series("errors", 0, version="3"),
)
