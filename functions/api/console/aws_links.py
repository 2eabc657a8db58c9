"""Deep links into the AWS console: one URL pattern per kind of page.

Names come from alarms, tags and logs, so each is percent-encoded as a whole and cannot end its part
of the URL. A page whose path a name could leave (`..`) has no link.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from urllib.parse import quote

from quorum.domain.evidence import Alarm, Change, ChangeKind
from quorum.services.rows import kind_of

_HOSTS: Final[Mapping[str, str]] = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_QUEUE_HOSTS: Final[Mapping[str, str]] = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-us-gov": "amazonaws.com",
}
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-\d{1,2}")
_ACCOUNT: Final = re.compile(r"\d{12}")
LOG_MINUTES: Final = 10
"""Log events are shown from so long before a time until so long after it."""


def once(text: str) -> str:
    """Percent-encode every reserved character."""
    return quote(text, safe="")


def twice(text: str) -> str:
    """Percent-encode twice, as the Systems Manager console expects: `/` becomes `%252F`."""
    return once(once(text))


def dollar(text: str) -> str:
    """Percent-encode twice with `$` for `%`, as CloudWatch Logs expects: `/` becomes `$252F`."""
    return twice(text).replace("%", "$")


class Pattern(NamedTuple):
    """The path of a page; every `{field}` but the region is encoded by `encode`."""

    path: str
    encode: Callable[[str], str] = once


ALARM: Final = Pattern("cloudwatch/home?region={region}#alarmsV2:alarm/{name}")
LOGS: Final = Pattern(
    "cloudwatch/home?region={region}#logsV2:log-groups/log-group/{name}"
    "/log-events$3Fstart$3D{begin}$26end$3D{end}",
    dollar,
)
API_CALLS: Final = Pattern("cloudtrailv2/home?region={region}#/events?EventName={name}")
_ENCODINGS: Final[Mapping[str, Callable[[str], str]]] = {"once": once, "twice": twice}
CHANGES: Final[Mapping[tuple[str, ChangeKind], Pattern]] = {
    ("lambda", "alias"): Pattern("lambda/home?region={region}#/functions/{name}/aliases/{setting}"),
    ("lambda", "concurrency"): Pattern(
        "lambda/home?region={region}#/functions/{name}?subtab=concurrency&tab=configure"
    ),
    ("ssm", "parameter"): Pattern(
        "systems-manager/parameters/{name}/history?region={region}", twice
    ),
    ("ecs", "task_definition"): Pattern(
        "ecs/v2/clusters/{cluster}/services/{service}/deployments?region={region}"
    ),
    ("dynamodb", "table"): Pattern(
        "dynamodbv2/home?region={region}#table?name={name}&tab=settings"
    ),
}
_CALLS: Final[Mapping[ChangeKind, str]] = {
    "alias": "UpdateAlias20150331",
    "parameter": "PutParameter",
    "concurrency": "PutFunctionConcurrency20171031",
    "task_definition": "UpdateService",
    "table": "UpdateTable",
}
"""CloudTrail's name of the API call that makes a change."""


class AwsConsole(NamedTuple):
    """The console of one account and region."""

    partition: str
    region: str
    account: str

    def alarm(self, alarm: Alarm) -> str | None:
        """Return the URL of a CloudWatch alarm, in the alarm's own region."""
        return self._replace(region=alarm.region).alarm_named(alarm.name)

    def alarm_named(self, name: str) -> str | None:
        """Return the URL of the CloudWatch alarm of that name in this region."""
        return self._url(ALARM, name=name)

    def resource(self, resource: str) -> str | None:
        """Return the URL of a resource (`kind:name`); None for a kind without a page."""
        kind = kind_of(resource)
        if kind is None or not kind.page:
            return None
        return self._url(Pattern(kind.page, _ENCODINGS[kind.encoding]), **self._parts(resource))

    def change(self, change: Change) -> str | None:
        """Return the URL of the page that shows the changed setting; None without such a page."""
        pattern = CHANGES.get((change.resource.partition(":")[0], change.kind))
        if pattern is None:
            return None
        return self._url(pattern, **self._parts(change.resource), setting=change.setting)

    def api_calls(self, change: Change) -> str | None:
        """Return the URL of CloudTrail's events of the API call that makes such a change.

        None for a kind of change that several calls make.
        """
        name = _CALLS.get(change.kind)
        return self._url(API_CALLS, name=name) if name else None

    def logs(self, resource: str, at: float) -> str | None:
        """Return the URL of log events around `at` (epoch seconds); None without a usual group."""
        kind = kind_of(resource)
        if kind is None or not kind.log_group:
            return None
        begin, end = (int((at + 60 * m) * 1000) for m in (-LOG_MINUTES, LOG_MINUTES))
        group = kind.log_group.format(name=resource.partition(":")[2])
        return self._url(LOGS, name=group, begin=str(begin), end=str(end))

    def _parts(self, resource: str) -> dict[str, str]:
        name = resource.partition(":")[2]
        kind = kind_of(resource)
        parts = kind.parts if kind else ("name",)
        if parts == ("url",):
            host = f"sqs.{self.region}.{_QUEUE_HOSTS.get(self.partition)}"
            return {"url": f"https://{host}/{self.account}/{name}"}
        values = name.split("/", len(parts) - 1)
        return dict(zip(parts, [*values, *[""] * len(parts)], strict=False))

    def _url(self, pattern: Pattern, **parts: str) -> str | None:
        """Return the page's URL; None when the partition has no such console or a part is invalid.

        A dot segment, encoded or not, would lead out of the path.
        """
        host = _HOSTS.get(self.partition)
        if host is None or not self._valid() or {"", ".", ".."} & set(parts.values()):
            return None
        encoded = {name: pattern.encode(text) for name, text in parts.items()}
        return f"https://{self.region}.{host}/{pattern.path.format(region=self.region, **encoded)}"

    def _valid(self) -> bool:
        """Return whether region and account have AWS's form: the region is part of the host."""
        return bool(_REGION.fullmatch(self.region) and _ACCOUNT.fullmatch(self.account))


def aws_console(stage: str, partition: str, region: str, account: str) -> AwsConsole | None:
    """Return the AWS console of a stage; None for `local`, which runs on an emulator."""
    return None if stage == "local" else AwsConsole(partition, region, account)
