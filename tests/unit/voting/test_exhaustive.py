"""The README's claims, for every set of liars and every way in which the others can vote."""

import pytest

from quorum.domain.constants import DOMAIN_SHARE
from quorum.domain.seats import LAYOUTS, units
from tests.unit.voting import document
from tests.unit.voting.document import BLOCKS, PAGE, README, marks, written
from tests.unit.voting.exhaustive import (
    A,
    B,
    conflict,
    counted,
    first_breach,
    minority,
    sets_of,
    silence_is_safe,
    tolerated,
    whole_roles,
)

TEN = "2/4/3/1"
F = {"2/4/3/1": 3, "1/1/1/1": 1}
layouts = pytest.mark.parametrize("layout", LAYOUTS)


@layouts
def test_every_ballot_is_decided_by_the_product_code(layout: str) -> None:
    result = counted(layout)

    assert result.ballots == 3 ** len(LAYOUTS[layout])
    assert set(result.authorised.values()) == {A, B}
    assert result.authorised.items() <= result.reached.items()


@layouts
def test_few_liars_cannot_act_without_most_honest_seats_or_twice(layout: str) -> None:
    """Any so many seats, and any that may share a failure domain."""
    seats = LAYOUTS[layout]
    weight, total = units(seats)
    few = {
        liars
        for size in range(len(seats))
        for liars in sets_of(size, seats)
        if size <= F[layout]
        or sum(weight[seats[place].name] for place in liars) < DOMAIN_SHARE * total
    }

    assert max(map(len, few)) > 1
    assert first_breach(layout, few) is None


@layouts
def test_whole_role_of_liars_cannot_act_without_most_honest_seats_or_twice(layout: str) -> None:
    assert first_breach(layout, whole_roles(LAYOUTS[layout])) is None


@layouts
def test_lost_vote_never_authorises(layout: str) -> None:
    assert silence_is_safe(layout)


@layouts
def test_one_more_liar_breaks_both_properties(layout: str) -> None:
    seats, ballots = LAYOUTS[layout], counted(layout).authorised
    sets = list(sets_of(F[layout] + 1, seats))
    unfair = next(found for liars in sets if (found := minority(liars, ballots, seats)))
    double = next(found for liars in sets if (found := conflict(liars, ballots)))

    print(f"{layout}, {F[layout] + 1} liars", unfair.words(seats), double.words(seats), sep="\n")
    assert {ballots[said] for said in double.shown} == {A, B}
    assert tolerated(layout) == F[layout]


def test_largest_role_breaks_both_properties_without_the_second_rule() -> None:
    seats, ballots = LAYOUTS[TEN], counted(TEN).reached
    diagnosis = next(liars for liars in whole_roles(seats) if len(liars) == 4)

    unfair, double = minority(diagnosis, ballots, seats), conflict(diagnosis, ballots)

    assert unfair
    assert double
    print(unfair.words(seats), double.words(seats), sep="\n")


def test_readme_and_page_have_the_found_figures() -> None:
    for file in (README, PAGE):
        text = file.read_text()
        assert written(text) == text, "run python -m tests.unit.voting.document --write"


def test_figures_are_put_between_their_marks_and_nowhere_else() -> None:
    first, last = marks("needs")
    text = f"before\n{first}\nold\n{last}\nafter\n"

    assert written(text) == f"before\n{first}\n\n{BLOCKS['needs']()}\n\n{last}\nafter\n"
    assert written(written(text)) == written(text)


def test_failing_layout_has_no_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "first_breach", lambda *_: "found")
    assert "whole role" not in document.claim_of(TEN)
    monkeypatch.setattr(document, "tolerated", lambda _: 0)
    assert document.claim_of(TEN) == "Nothing is claimed of 2/4/3/1."
