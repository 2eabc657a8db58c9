"""An installation of the former version, upgraded while people were asked and the stop was thrown.

Everything that is done and seen after the deployment goes by today's own ways: the command line,
the console's API, the log.
"""

import json
import os
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from local import daemon
from local.__main__ import main as command_line
from local.console import WebConsole
from local.emulator import Emulator
from local.fake_services import FakeTokenIssuer
from local.quorum import Quorum
from local.stage import DEPLOY_LOG, product_app, wait_until
from local.toolchain import deploy
from quorum.domain.events import IncidentEvent, PostMortemWritten

PATIENCE: Final = 300
"""Seconds, of a busy laptop."""
SHOP, ANNEX = "shop", "annex"
"""The two incidents: a fault that is to be mended, and an alarm that was rung by hand."""
Log = Sequence[IncidentEvent]


@dataclass
class Upgraded:
    """The stage before and after the deployment, and the incidents' endings."""

    emulator: Emulator
    incidents: Mapping[str, str]
    """Ids by name."""
    home: Path
    """The directory in which the command line finds the stage."""
    before: dict[str, Log] = field(default_factory=dict)
    after: dict[str, Log] = field(default_factory=dict)
    ended: dict[str, Log] = field(default_factory=dict)
    kept: list[dict[str, str]] = field(default_factory=list)
    """Stateful resources by name, with what identifies them, before and after."""
    controls: dict[str, Any] = field(default_factory=dict)
    """The console's answer right after the deployment."""
    lifted: dict[str, Any] = field(default_factory=dict)
    """The console's answer once the stop was lifted."""

    def play(self) -> None:
        """Deploy, and answer what is asked."""
        self.quorum = Quorum(self.emulator.endpoint)
        self.before, self.kept = self._logs(), [self._stateful()]
        with FakeTokenIssuer() as issuer:
            deploy(product_app(issuer=issuer.url), self.emulator, log=DEPLOY_LOG)
            self.quorum = Quorum(self.emulator.endpoint)
            self.after = self._logs()
            self.kept.append(self._stateful())
            with WebConsole(issuer, self.emulator.endpoint, self.quorum.output("ApiId")) as console:
                self._answer(console)
        self.ended = self._logs()

    def _answer(self, console: WebConsole) -> None:
        """Approve while it is stopped, lift the stop, approve once more."""
        self._say_where_it_is(console)
        self.controls = self._asked_of(console)
        self._approve(ANNEX)
        self._do("resume")
        self.lifted = self._asked_of(console)
        self._approve(SHOP)

    def facts(self, name: str, kind: type) -> list[Any]:
        """Return the events of this kind as the incident ended."""
        return [fact for fact in self.ended[name] if isinstance(fact, kind)]

    def _logs(self) -> dict[str, Log]:
        known = set(self.quorum.incidents())
        return {n: self.quorum.events(i) for n, i in self.incidents.items() if i in known}

    def _approve(self, name: str) -> None:
        """Grant the incident's approval request, and wait for its end."""
        self._do("approve", self.incidents[name], "--by", "operator")

        def written_up() -> bool:
            facts = self.quorum.events(self.incidents[name])
            return any(isinstance(fact, PostMortemWritten) for fact in facts)

        wait_until(written_up, seconds=PATIENCE, what=f"the post-mortem of {name}")

    def _do(self, *arguments: str) -> None:
        """Type a command."""
        status = command_line(arguments)
        assert status == 0, arguments

    def _say_where_it_is(self, console: WebConsole) -> None:
        """Leave what `up` leaves for the other commands."""
        found = {
            "pid": os.getpid(),
            "endpoint": self.emulator.endpoint,
            "console": console.address,
            "tokens": console.tokens,
        }
        self.home.write_text(json.dumps(found))
        assert daemon.endpoint() == self.emulator.endpoint

    def _asked_of(self, console: WebConsole) -> dict[str, Any]:
        token = console.tokens["operator"]
        request = urllib.request.Request(  # noqa: S310 - on this machine
            f"{console.proxy.address}/v1/controls", headers={"authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found

    def _stateful(self) -> dict[str, str]:
        """Return the tables and when each was made, and the keys by their aliases."""
        dynamodb, kms = self.emulator.client("dynamodb"), self.emulator.client("kms")
        tables = [n for n in dynamodb.list_tables()["TableNames"] if n.startswith("quorum-")]
        made = {name: dynamodb.describe_table(TableName=name)["Table"] for name in tables}
        aliases = kms.list_aliases()["Aliases"]
        return {
            **{name: f"{table['CreationDateTime']}" for name, table in made.items()},
            **{a["AliasName"]: a["TargetKeyId"] for a in aliases if "quorum" in a["AliasName"]},
        }
