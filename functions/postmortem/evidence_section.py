"""The evidence that was cited, under the ids that the votes cite."""

from collections.abc import Iterator
from typing import Final

from functions.postmortem import evidence_rows as rows
from functions.postmortem.case import STATE, Case
from functions.postmortem.markup import bullets, section, table
from quorum.domain.events import EvidenceFrozen
from quorum.domain.evidence import Bundle
from quorum.narrative import Verbatim, Words, names, settings

MOST_ROWS: Final = 30
"""Of each kind, cited ones first; the bundle has all."""


def evidence_section(case: Case) -> str:
    """Return the sources, and the series, changes, templates and settings that were cited."""
    frozen, bundle = case.incident.evidence, case.bundle
    if frozen is None:
        return section("Evidence", "No evidence was frozen.")
    sources = table(rows.SOURCES, map(rows.source_row, frozen.sources))
    if bundle is None:
        return section("Evidence", sources, "The evidence itself cannot be shown, see the gaps.")
    return section(
        "Evidence",
        sources,
        *_tables(bundle, frozenset(case.cited())),
        bullets(_whole(case, bundle, frozen)),
    )


def _tables(bundle: Bundle, cited: frozenset[str]) -> Iterator[str]:
    series = [s for s in bundle.series if s.id in cited or s.alarmed][:MOST_ROWS]
    yield table(rows.SERIES, (rows.series_row(s, bundle.onset) for s in series))
    changes = sorted(bundle.changes, key=lambda c: (c.id not in cited, -c.at))[:MOST_ROWS]
    yield table(rows.CHANGES, map(rows.change_row, changes))
    templates = [t for t in bundle.templates if t.id in cited][:MOST_ROWS]
    yield table(rows.TEMPLATES, map(rows.template_row, templates))
    states = [s for s in bundle.states if f"{STATE}{s.resource}" in cited][:MOST_ROWS]
    yield table(
        ("Id", "Settings as they were"),
        (((Verbatim(f"{STATE}{s.resource}"),), settings(s.settings)) for s in states),
    )


def _whole(case: Case, bundle: Bundle, frozen: EvidenceFrozen) -> Iterator[Words]:
    counts = (
        f"All of it (series: {len(bundle.series)}, changes: {len(bundle.changes)}, "
        f"log patterns: {len(bundle.templates)}) is in "
    )
    yield (counts, Verbatim(frozen.key), ", with digest ", Verbatim(frozen.evidence), ".")
    missing = case.unresolved()
    if missing:
        yield ("Cited, and not in the evidence: ", *names(missing), ".")
