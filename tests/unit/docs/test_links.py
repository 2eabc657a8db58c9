"""Links of all pages: to files, to headings, and to the answers that a newcomer looks for."""

import re
from pathlib import Path

import pytest

from tests.unit.docs.pages import PAGES, ROOT, anchors, links, section

ANSWERS = {
    "where-a-verb-is-added": "quorum/domain/catalogue.py",
    "where-a-seat-votes": "quorum/domain/seats.py",
    "what-stops-everything": "docs/runbook.md#stop-every-effect",
    "what-each-own-alarm-means": "docs/runbook.md#own-alarms",
    "how-to-upgrade": "docs/runbook.md#upgrade",
}
"""A newcomer's questions, as anchors of README.md, and a link that each section holds."""
PATHS = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|toml|json|svg))`")
WRITTEN_BY_RUNS = (".local/", "DIR/", "cdk.out/")


def broken(page: Path) -> list[str]:
    """Return the page's links that lead nowhere, with their lines."""
    text = page.read_text()
    return [
        f"{page.relative_to(ROOT)}:{link.line}: {link.target}"
        for link in links(text)
        if not link.target.startswith(("http://", "https://", "mailto:"))
        and not _leads(page, text, link.target)
    ]


def _leads(page: Path, text: str, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.exists() or ROOT not in (file, *file.parents):
        return False
    if not anchor:
        return True
    return file.suffix == ".md" and anchor in anchors(text if file == page else file.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_or_a_heading(page: Path) -> None:
    assert broken(page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_file_that_a_page_names_exists(page: Path) -> None:
    named = {name for name in PATHS.findall(page.read_text()) if not _by_runs(name)}
    assert [name for name in sorted(named) if not _exists(page, name)] == []


def _by_runs(name: str) -> bool:
    return name.startswith(WRITTEN_BY_RUNS)


def _exists(page: Path, name: str) -> bool:
    return (ROOT / name).exists() or (page.parent / name).exists()


@pytest.mark.parametrize(("anchor", "target"), ANSWERS.items())
def test_the_readme_answers_the_newcomers_question(anchor: str, target: str) -> None:
    readme = (ROOT / "README.md").read_text()

    assert anchor in anchors(readme)
    assert target in {link.target for link in links(section(readme, anchor))}


def test_a_link_that_leads_nowhere_is_found() -> None:
    page, text = ROOT / "docs" / "page.md", "# A heading, `with code`\n"

    assert not _leads(ROOT / "README.md", text, "#quorum")  # not in this text
    assert _leads(ROOT / "README.md", text, "#a-heading-with-code")
    assert not _leads(page, text, "missing.md")
    assert not _leads(page, text, "../../outside.md")
    assert not _leads(page, text, "glossary.md#no-such-term")
    assert _leads(page, text, "glossary.md#incident")


def test_anchors_are_those_of_headings() -> None:
    text = "# A heading, `with code`\n\n## A\n\n# A\n\nA\n"

    assert anchors(text) == {"a-heading-with-code", "a", "a-1"}
    assert section("# One\n\n1\n\n## Two\n\n2\n", "one") == "# One\n\n1\n\n"
