"""Checks of the CDK's bootstrap, the deployed stacks, Quorum's own alarms and its dead letters."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from stacks.doctor.check import Check, error, ok, warning
from stacks.doctor.refused import REFUSED, code
from stacks.doctor.subject import Subject
from stacks.own_alarms import OWN_ALARMS, OwnAlarm

BOOTSTRAP: Final = "/cdk-bootstrap/hnb659fds/version"
"""The parameter of the CDK's default qualifier, which `app.py` uses."""
BOOTSTRAP_VERSION: Final = 6
"""The least version that the synthesised stacks accept."""
RUNBOOK: Final = "docs/runbook.md"
_FINISHED: Final = frozenset(
    {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"}
)
_POLL_SECONDS: Final = 5.0
_MOST_POLLS: Final = 120

Stack = Mapping[str, Any]


def bootstrap(subject: Subject) -> Iterator[Check]:
    """Yield the check of the CDK's bootstrap stack."""
    try:
        found = subject.client("ssm").get_parameter(Name=BOOTSTRAP)["Parameter"]["Value"]
    except ClientError as failure:
        if code(failure) != "ParameterNotFound":
            raise
        found = None
    yield judge_bootstrap(found, subject)


def judge_bootstrap(version: str | None, subject: Subject) -> Check:
    """Return the check of the version in the parameter; None where it does not exist."""
    remedy = f"Run npx cdk bootstrap aws://{subject.account}/{subject.region}"
    if version is None:
        return error("CDK bootstrap", f"{subject.region} is not bootstrapped", remedy)
    if not version.isdigit() or int(version) < BOOTSTRAP_VERSION:
        return error("CDK bootstrap", f"version {version}, needs {BOOTSTRAP_VERSION}", remedy)
    return ok("CDK bootstrap", f"version {version}")


def deployed(subject: Subject) -> bool | None:
    """Return whether both stacks exist; None where the caller may not read that."""
    try:
        return all(_stack(subject, name) is not None for name in subject.stacks)
    except ClientError as failure:
        if code(failure) in REFUSED:
            return None
        raise


def _stack(subject: Subject, name: str) -> Stack | None:
    try:
        found: list[Stack] = subject.client("cloudformation").describe_stacks(StackName=name)[
            "Stacks"
        ]
    except ClientError as failure:
        if code(failure) == "ValidationError":  # CloudFormation's answer for an unknown stack
            return None
        raise
    return next((one for one in found if one["StackStatus"] != "DELETE_COMPLETE"), None)


def stacks(subject: Subject) -> Iterator[Check]:
    """Yield a check per stack: its status, and its last known drift or a new detection of it."""
    for name in subject.stacks:
        found = _stack(subject, name)
        drift = None
        if found is not None and subject.options.drift:
            drift = _detected(subject, name)
        yield judge_stack(name, found, drift)


def judge_stack(name: str, stack: Stack | None, detected: str | None = None) -> Check:
    """Return the check of a stack as CloudFormation describes it.

    `detected` is the result of a new detection of drift; None: the last known one.
    """
    called = f"stack {name}"
    if stack is None:
        return ok(called, "not deployed yet")
    status = stack["StackStatus"]
    if status not in _FINISHED:
        return error(
            called,
            f"{status}: {stack.get('StackStatusReason', 'no reason given')}",
            "Read the stack's events in CloudFormation, and deploy again",
        )
    drift = detected or stack.get("DriftInformation", {}).get("StackDriftStatus", "NOT_CHECKED")
    if drift == "DRIFTED":
        return error(
            called,
            "resources differ from what was deployed",
            "See aws cloudformation describe-stack-resource-drifts; deploy again to correct them",
        )
    if status == "UPDATE_ROLLBACK_COMPLETE":
        return warning(
            called,
            "the last update was rolled back",
            "Read the stack's events, and deploy again",
        )
    known = "drift not checked, --drift starts it" if drift == "NOT_CHECKED" else f"drift {drift}"
    return ok(called, f"{status}, {known}")


def _detected(subject: Subject, name: str) -> str:
    """Return the drift that a new detection finds. It changes nothing, and takes minutes."""
    client = subject.client("cloudformation")
    started = client.detect_stack_drift(StackName=name)["StackDriftDetectionId"]
    for _ in range(_MOST_POLLS):
        found = client.describe_stack_drift_detection_status(StackDriftDetectionId=started)
        if found["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            return str(found.get("StackDriftStatus", "UNKNOWN"))
        subject.sleep(_POLL_SECONDS)
    return "UNKNOWN"


def own_alarms(subject: Subject) -> Iterator[Check]:
    """Yield a check per alarm on Quorum itself that has a finding, or one that all are fine."""
    names = [subject.name(row.name) for row in OWN_ALARMS]
    pages = subject.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNames=names)
    found = {one["AlarmName"]: one for page in pages for one in page["MetricAlarms"]}
    yield from judge_own_alarms(subject, found)


def judge_own_alarms(subject: Subject, found: Mapping[str, Any]) -> Iterator[Check]:
    """Yield the findings about the alarms, which are given by name."""
    findings = [
        one
        for row in OWN_ALARMS
        if (one := _own_alarm(row, found.get(subject.name(row.name)))) is not None
    ]
    yield from findings or [ok("own alarms", f"all {len(OWN_ALARMS)} exist and are OK")]


def _own_alarm(row: OwnAlarm, found: Mapping[str, Any] | None) -> Check | None:
    name, section = f"own alarm {row.name}", f"See {RUNBOOK}#{row.name}"
    if found is None:
        return error(name, "does not exist", "Deploy the stacks again")
    if not found.get("ActionsEnabled", True) or not found.get("AlarmActions"):
        return error(
            name,
            "its actions are disabled: no person is notified when it fires",
            f"Run aws cloudwatch enable-alarm-actions --alarm-names {found['AlarmName']}",
        )
    if found["StateValue"] == "ALARM":
        return error(name, f"is in ALARM. {row.description.rstrip('.')}", section)
    if found["StateValue"] == "INSUFFICIENT_DATA":
        return warning(name, "has no state yet", "Run it again in a few minutes")
    return None


def dead_letters(subject: Subject) -> Iterator[Check]:
    """Yield the check of the dead-letter queue."""
    sqs = subject.client("sqs")
    url = sqs.get_queue_url(QueueName=subject.name("dead-letters"))["QueueUrl"]
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    yield judge_dead_letters(found.values())


def judge_dead_letters(counts: Iterable[str]) -> Check:
    """Return the check of the numbers of messages, visible and in flight."""
    total = sum(map(int, counts))
    if total:
        detail = f"{total} message{'s' if total > 1 else ''} could not be processed"
        return error("dead letters", detail, f"Read and delete them: {RUNBOOK}#dead-letters")
    return ok("dead letters", "none")
