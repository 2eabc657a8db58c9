"""The picture in docs/architecture.md is the pipeline's."""

import re

from quorum.domain.seats import SEATS
from stacks.picture import FIRST, LAST, PAGE, picture, written
from tests.unit.stacks.machines import generated, reachable


def test_picture_has_every_seat_with_its_tiers_in_order() -> None:
    drawn = picture()
    for seat in SEATS:
        assert f"<b>{seat.name}</b>: {' → '.join(t.method for t in seat.tiers)}" in drawn


def test_picture_has_only_possible_transitions() -> None:
    states = generated()["States"]
    for start, end in re.findall(r"^  (\w+) (?:-- .+ )?--> (\w+)$", picture(), re.MULTILINE):
        assert end in reachable({"States": states}, start), (start, end)


def test_picture_is_put_between_its_marks_and_nowhere_else() -> None:
    text = f"before\n{FIRST}\nold\n{LAST}\nafter\n"
    assert written(text) == f"before\n{FIRST}\n\n```mermaid\n{picture()}\n```\n\n{LAST}\nafter\n"
    assert written(written(text)) == written(text)
    assert written("no marks") == "no marks"


def test_picture_in_the_page_is_current() -> None:
    page = PAGE.read_text()
    assert FIRST in page
    assert written(page) == page, "run python -m stacks.picture --write"
