"""The generated parts of `docs/` and the README, from the tables that the stacks are made of.

python -m stacks.pages            prints them
python -m stacks.pages --write    writes them; a test fails when one is out of date
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from quorum.domain.catalogue import VERBS
from quorum.domain.changes import watched_settings
from quorum.domain.trust import INPUTS, STORES
from quorum.services.row import Kind, Service
from quorum.services.rows import KINDS, SERVICES, is_readable
from stacks import configuration_page, idle_cost
from stacks.config import Config
from stacks.doctor.table import CHECKS
from stacks.idle_cost import Template
from stacks.own_alarms import OWN_ALARMS

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
COMMAND: Final = "python -m stacks.pages --write"
CONFIGURATION: Final = "configuration.md"


class Block(NamedTuple):
    """One table between two marks in a page that is otherwise written by hand."""

    page: str
    name: str
    table: Callable[[], str]

    @property
    def marks(self) -> tuple[str, str]:
        """Return the lines between which the table stands."""
        return f"<!-- {self.name}: {COMMAND} -->", f"<!-- end of {self.name} -->"

    def inserted(self, text: str) -> str:
        """Return the page with the current table. Raises ValueError when a mark is missing."""
        first, last = self.marks
        before, _, rest = text.partition(f"{first}\n")
        return f"{before}{first}\n\n{self.table()}\n\n{rest[rest.index(last) :]}"


def stores() -> str:
    """Return the stores that guard an effect, each with its one writer."""
    rows = ((f"`{s.key}`", f"`{s.writer}`", s.holds) for s in STORES if _is_listed(s.key))
    return _table(("store", "only writer", "holds"), rows)


def inputs() -> str:
    """Return what executor, consensus and approval decide by, and where each reads it."""
    rows = ((f"`{i.reader}`", i.what, i.kind, f"`{i.store}`" if i.store else "") for i in INPUTS)
    return _table(("reader", "decides by", "kind", "store"), rows)


def verbs() -> str:
    """Return the catalogue: each verb with its risk, inverse and permissions."""
    rows = (
        (
            f"`{verb.name}`",
            verb.risk,
            verb.inverse or "none, so it always needs approval",
            ", ".join(f"`{permission}`" for permission in verb.permissions),
        )
        for verb in VERBS
    )
    return _table(("verb", "risk", "inverse", "IAM actions of its role"), rows)


def own_alarms() -> str:
    """Return Quorum's own alarms with the metric and threshold of each."""
    rows = (
        (
            f"[`{row.name}`](#{row.name})",
            f"`{row.namespace}` `{row.metric}`",
            f"`{row.of}`",
            f"{row.statistic} ≥ {row.threshold}",
        )
        for row in OWN_ALARMS
    )
    return _table(("alarm", "metric", "of", "fires when, within a minute"), rows)


def checks() -> str:
    """Return the doctor's checks: the findings, the time, and the IAM actions of the caller."""
    rows = (
        (
            row.name,
            row.finds,
            "after" if row.deployed else "before and after",
            ", ".join(f"`{action}`" for action in row.actions),
        )
        for row in CHECKS
    )
    return _table(("check", "finds", "a deployment", "calls"), rows)


def services() -> str:
    """Return the AWS services: their kinds of resources, signals and verbs."""
    rows = (
        (
            service.title,
            ", ".join(f"`{kind.name}`" for kind in service.kinds),
            ", ".join(dict.fromkeys(_measures(service))) or "none",
            ", ".join(f"`{verb}`" for verb in _verbs_of(service)) or "none",
        )
        for service in SERVICES
    )
    return _table(("service", "resources", "signals", "verbs"), rows)


def settings() -> str:
    """Return the kinds whose settings are read: by which actions, and what counts as a change."""
    rows = (
        (
            f"`{kind.name}`",
            ", ".join(f"`{action}`" for action in dict.fromkeys(_actions(kind))),
            ", ".join(f"`{name}`" for name in watched_settings(kind.name)) or "none",
        )
        for kind in KINDS.values()
        if is_readable(kind)
    )
    return _table(("in `watch`", "IAM actions granted", "changes"), rows)


def _actions(kind: Kind) -> Iterator[str]:
    yield from (*kind.reads, *kind.lists)
    yield from (one.action for one in (*kind.describes, *kind.links))


def _verbs_of(service: Service) -> Iterator[str]:
    if service.verbs:
        yield from (verb.name for verb in VERBS if verb.name.startswith(service.verbs))


def _measures(service: Service) -> Iterator[str]:
    for signal in (signal for kind in service.kinds for signal in kind.signals):
        if signal.measure != "other":
            yield "saturation" if signal.measure == "capacity" else signal.measure


BLOCKS: Final = (
    Block("architecture.md", "stores", stores),
    Block("architecture.md", "inputs", inputs),
    Block("architecture.md", "verbs", verbs),
    Block("runbook.md", "own alarms", own_alarms),
    Block("doctor.md", "checks", checks),
    Block("services.md", "settings", settings),
)

SERVICES_TABLE: Final = Block("README.md", "services", services)


def pages() -> Mapping[str, str]:
    """Return the current text of every page that is generated, or holds generated tables."""
    texts = {block.page: (DOCS / block.page).read_text() for block in BLOCKS}
    for block in BLOCKS:
        texts[block.page] = block.inserted(texts[block.page])
    return {**texts, CONFIGURATION: configuration_page.page()}


def readme(templates: Sequence[Template], provisioned: Sequence[Template]) -> str:
    """Return the README with the idle cost of these templates of stage dev."""
    bill = Block("README.md", "idle cost", lambda: idle_cost.readme(templates, provisioned))
    return SERVICES_TABLE.inserted(bill.inserted((ROOT / bill.page).read_text()))


def _is_listed(key: str) -> bool:
    """Return whether the store stands for itself: of the vote tables one stands for all."""
    votes = [store.key for store in STORES if store.key.startswith("votes:")]
    return key not in votes[1:]


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Print the generated parts, or write them."""
    if "--write" in sys.argv[1:]:
        for page, text in pages().items():
            (DOCS / page).write_text(text)
        synthesised = (Config(stage="dev"), Config(stage="dev", provisioned_concurrency=1))
        (ROOT / "README.md").write_text(readme(*map(idle_cost.templates_of, synthesised)))
    else:
        tables = [block.table() for block in BLOCKS]
        sys.stdout.write("\n\n".join([*tables, configuration_page.page()]))


if __name__ == "__main__":
    main()
