"""Division of runbooks into passages."""

from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.runbook_passages import MOST_CHARACTERS, passages

RUNBOOK = """\
Intro.

# Checkout
## Throttling ##
Raise the concurrency.
```sh
# not a heading
aws lambda get-function
```
## Errors

# Stock
Call the team.
"""


def test_a_section_is_a_passage_with_its_headings() -> None:
    found = passages("shop.md", RUNBOOK)
    assert [one.headings for one in found] == [(), ("Checkout", "Throttling"), ("Stock",)]
    assert "# not a heading" in found[1].text.outsider
    assert found[2].text.outsider == "Call the team."


def test_a_long_section_is_divided_between_words() -> None:
    text = "# A\n" + " ".join(f"word{n}" for n in range(900))
    found = passages("long.md", text)
    assert [one.part for one in found] == list(range(len(found)))
    assert len(found) > 1
    assert {one.headings for one in found} == {("A",)}
    assert " ".join(one.text.outsider for one in found) == text.removeprefix("# A\n")


@given(st.text(alphabet="ab \n", max_size=400).map(lambda text: text * 12))
def test_no_character_is_lost(text: str) -> None:
    found = passages("any.md", text)
    assert all(0 < len(one.text.outsider) <= MOST_CHARACTERS for one in found)
    kept = "".join(one.text.outsider for one in found)
    assert "".join(kept.split()) == "".join(text.split())


def test_secrets_do_not_enter_the_memory() -> None:
    (found,) = passages("keys.md", "password=hunter2hunter2")
    assert "hunter2" not in found.text.outsider
