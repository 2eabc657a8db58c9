"""Settings of a kind without a reader of its own, by the requests in its row."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from quorum.adapters.aws.aws_errors import code_of
from quorum.adapters.resource_state.described_requests import (
    DescribedRequests,
    Home,
    Item,
    bindings_of,
    resources_in,
    search,
)
from quorum.adapters.resource_state.readers import (
    EXPECTED,
    READ_SECONDS,
    Answer,
    EachReader,
    ManyReader,
    Settings,
    Targets,
)
from quorum.adapters.resource_state.row_clients import Clients
from quorum.domain.canonical import digest
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import Scalar
from quorum.domain.redaction import redact_start
from quorum.domain.resource_settings import CALLED_BY, CALLS, joined
from quorum.domain.resources import of_arn
from quorum.services.row import Describe, Kind

MOST_PARTS: Final = 50
"""Parts of one resource whose settings are compared, in order of their names."""
MOST_PLAIN: Final = 128
DIGITS: Final = 16
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.,:/+@$*() -]*")


class DescribedState(ManyReader):
    """Reads the settings that the kind's row names; a text that is no plain name as a digest.

    Also `calls` and `called_by`: the resources that its configuration names, with commas.
    """

    def __init__(
        self,
        kind: Kind,
        clients: Clients,
        home: Home | None = None,
        seconds: float = READ_SECONDS,
    ) -> None:
        self._kind, self._first, self._more = kind, kind.describes[0], kind.describes[1:]
        self._requests, self._home = DescribedRequests(kind.describes, clients), home
        self._seconds = seconds

    def read(self, targets: Targets) -> Mapping[str, Answer]:
        """Return an answer for each of the names."""
        names, most = sorted(targets), self._first.most or len(targets)
        found: dict[str, Item] = {}
        for start in range(0, len(names), most):
            found |= self._find(names[start : start + most])
        wanted = {n: None for n, item in found.items() if not isinstance(item, Exception | None)}
        read = EachReader(lambda name, _: self._settings(name, found[name]), self._seconds).read(
            wanted
        )
        return {name: read[name] if name in wanted else found[name] for name in names}

    def _find(self, names: Sequence[str]) -> dict[str, Item]:
        """Return what the first request has of each of the names: an item, None or an error.

        What fails for several names is sent again for each half of them, as one may be the cause.
        """
        try:
            items = self._requests.items(self._first, bindings_of(names))
            named = [(_own_name(self._kind, name) or names[0], item) for name, item in items]
            return {name: _only(named, name) for name in names}
        except EXPECTED as error:
            missing = isinstance(error, ClientError) and code_of(error) in self._first.missing
            if len(names) == 1 or not self._first.most:
                return dict.fromkeys(names, None if missing else error)
            half = len(names) // 2
            return {**self._find(names[:half]), **self._find(names[half:])}

    def _settings(self, name: str, item: Item) -> Settings:
        found, calls, callers = self._read_item(self._first, item, "")
        for describe in self._more:
            items = self._requests.items(describe, {**bindings_of([name]), "item": item})
            for part, one in sorted(items, key=lambda pair: pair[0])[:MOST_PARTS]:
                prefix = f"{describe.part}/{_plain(part)}/" if describe.part else ""
                settings, called, calling = self._read_item(describe, one, prefix)
                found, calls, callers = found | settings, calls | called, callers | calling
        own = f"{self._kind.name}:{name}"
        return {**found, **joined(CALLS, calls - {own}), **joined(CALLED_BY, callers - {own})}

    def _read_item(
        self, describe: Describe, item: Item, prefix: str
    ) -> tuple[Settings, set[str], set[str]]:
        values = ((key, scalar(search(path, item))) for key, path in describe.settings)
        return (
            {f"{prefix}{key}": value for key, value in values if value is not None},
            self._named(describe.calls, item),
            self._named(describe.called_by, item),
        )

    def _named(self, expressions: Sequence[str], item: Item) -> set[str]:
        return {r for path in expressions for r in resources_in(search(path, item), self._home)}


def scalar(value: Any) -> Scalar:
    """Return the value of a setting: a plain name or number as it is, all else as a digest.

    A policy, an address or a definition may hold a secret; that it changed is all that counts.
    """
    match value:
        case None | bool() | int():
            return value
        case float():
            return str(value)
        case str():
            return _plain(value)
        case list() | dict() if not value:
            return None
        case list() if all(isinstance(one, str | int) for one in value):
            return _plain(",".join(sorted(map(str, value))))
    return _digest(value)


def _plain(text: str) -> str:
    is_plain = len(text) <= MOST_PLAIN and _PLAIN.fullmatch(text)
    return text if is_plain and redact_start(text, MOST_PLAIN) == text else _digest(text)


def _digest(value: Any) -> str:
    return f"sha256:{digest(_json(value))[:DIGITS]}"


def _json(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _json(one) for key, one in value.items()}
        case list():
            return [_json(one) for one in value]
        case None | bool() | int() | str():
            return value
    return str(value)


def _only(items: Sequence[tuple[str, Item]], name: str) -> Item:
    """Return the one item of that name, None without one, an error where several have it."""
    named = [item for found, item in items if found == name]
    if len(named) > 1:
        return SourceUnavailableError(f"{len(named)} resources are called {name}")
    return named[0] if named else None


def _own_name(kind: Kind, text: str) -> str:
    """Return the name in an ARN of the kind; any other text is the name."""
    if not text.startswith("arn:"):
        return text
    found, _, name = (of_arn(text) or "").partition(":")
    return name if found == kind.name else text
