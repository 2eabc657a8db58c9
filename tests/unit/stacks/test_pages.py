"""Generated pages are current, and cover every row that they are generated from."""

import re

import pytest

from stacks.config import Config
from stacks.config_rules import EXPLAINED
from stacks.configuration_page import GROUPS, MEANINGS, kind, page
from stacks.own_alarms import OWN_ALARMS
from stacks.pages import BLOCKS, DOCS, Block, pages

RUNBOOK = DOCS / "runbook.md"


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_page_equals_its_commands_output(name: str) -> None:
    assert (DOCS / name).read_text() == pages()[name], "run python -m stacks.pages --write"


def test_every_configuration_key_has_its_meaning_type_default_and_allowed_values() -> None:
    assert set(MEANINGS) == set(Config.model_fields)
    assert sorted(key for keys in GROUPS.values() for key in keys) == sorted(MEANINGS)
    for key in Config.model_fields:
        _, _, section = page().partition(f"### `{key}`\n")
        for stated in (MEANINGS[key], "- Type: ", "- Default: ", f"- Allowed: {EXPLAINED[key]}"):
            assert stated in section.partition("\n### ")[0], key


def test_a_type_is_that_of_the_model() -> None:
    schema = Config.model_json_schema()
    kinds = {key: kind(field, schema["$defs"]) for key, field in schema["properties"].items()}

    assert kinds["audit_trail"] == "boolean"
    assert kinds["approval_seconds"] == "integer"
    assert kinds["alarm_prefixes"] == "list of strings"
    assert kinds["people"] == kinds["autonomy"] == "list of objects"
    assert kinds["alarm_tags"] == "object"


def test_the_runbook_has_a_section_for_each_own_alarm_and_for_no_other() -> None:
    _, _, alarms = RUNBOOK.read_text().partition("## Own alarms\n")
    sections = re.split(r"^### ", alarms.partition("\n## ")[0], flags=re.MULTILINE)[1:]

    assert [section.splitlines()[0] for section in sections] == [row.name for row in OWN_ALARMS]
    for section in sections:
        assert "**Meaning.** " in section
        assert "**Do.** " in section


def test_a_table_is_put_between_its_marks_and_nowhere_else() -> None:
    block = Block("page.md", "numbers", lambda: "| 1 |")
    first, last = block.marks

    text = block.inserted(f"before\n{first}\nold\n{last}\nafter\n")

    assert text == f"before\n{first}\n\n| 1 |\n\n{last}\nafter\n"
    assert block.inserted(text) == text
    with pytest.raises(ValueError, match="not found"):
        block.inserted("no marks\n")


def test_every_table_is_in_the_page_of_its_row() -> None:
    for block in BLOCKS:
        assert block.marks[0] in (DOCS / block.page).read_text()
