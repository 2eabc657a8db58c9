"""The seat table, and the rules without which the quorum's proof would not hold."""

from dataclasses import replace

import pytest

from quorum.domain.constants import ROLE_TIMES, ROLE_WEIGHTS
from quorum.domain.seats import (
    LAYOUTS,
    SEATS,
    Seat,
    SeatTableError,
    Tier,
    check,
    seat,
    too_heavy,
    units,
)


def test_ten_seats_share_the_canonical_weights_one_tenth_each() -> None:
    weight, total = units(SEATS)

    assert (total, set(weight.values()), len(weight)) == (10, {1}, 10)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_table_that_ships_is_sound_and_has_the_seats_that_its_name_says(layout: str) -> None:
    seats = LAYOUTS[layout]

    check(seats)

    assert set(seats) <= set(SEATS)
    numbers = [sum(row.role == role for row in seats) for role in ROLE_WEIGHTS]
    assert "/".join(map(str, numbers)) == layout


def test_every_role_is_within_its_maximum_even_when_every_tier_takes_its_longest() -> None:
    for row in SEATS:
        assert row.longest_seconds() <= ROLE_TIMES[row.role].maximum, row.name


def test_a_seat_that_reads_outsiders_text_has_a_tier_without_a_model() -> None:
    for row in SEATS:
        if "model" in row.domains():
            assert any("model" not in tier.domains for tier in row.tiers), row.name


@pytest.mark.parametrize("role", list(ROLE_WEIGHTS))
def test_a_role_without_a_seat_is_refused(role: str) -> None:
    with pytest.raises(SeatTableError, match=f"no seat for role {role}"):
        check(row for row in SEATS if row.role != role)


def test_duplicate_seat_name_is_refused() -> None:
    twice = replace(SEATS[0], tiers=(Tier("another", 1),))

    with pytest.raises(SeatTableError, match="seat detection-statistical is listed twice"):
        check([*SEATS, twice])


@pytest.mark.parametrize("method", ["threshold", "error-ratio", "burn-rate"])
def test_duplicate_method_is_refused(method: str) -> None:
    first, *rest = SEATS
    copied = replace(first, tiers=(*first.tiers, Tier(method, 1)))

    with pytest.raises(SeatTableError, match=f"method {method} is listed twice"):
        check([copied, *rest])


def test_a_failure_domain_of_more_than_three_seats_is_refused() -> None:
    assert sum("model" in row.domains() for row in SEATS) == 3
    first, *rest = SEATS
    fourth = Tier("model-detection", 1, domains=frozenset({"model"}))

    with pytest.raises(SeatTableError, match="failure domain model holds 4 seats"):
        check([replace(first, tiers=(*first.tiers, fourth)), *rest])


def test_failure_domain_counts_a_seat_by_any_of_its_tiers() -> None:
    shared = frozenset({"one-vendor"})
    crowded = [
        replace(row, tiers=(*row.tiers, Tier(f"last-{n}", 1, domains=shared))) if n < 4 else row
        for n, row in enumerate(SEATS)
    ]

    with pytest.raises(SeatTableError, match="one-vendor holds 4"):
        check(crowded)


@pytest.mark.parametrize(
    ("roles", "heavy"),
    [
        ({"diagnosis"}, False),
        ({"detection", "resolution"}, False),
        ({"prediction", "resolution"}, True),
        ({"diagnosis", "resolution"}, True),
    ],
)
def test_failure_domain_of_a_four_seat_table_is_limited_by_weight(
    roles: set[str], *, heavy: bool
) -> None:
    four = LAYOUTS["1/1/1/1"]

    assert too_heavy([row.name for row in four if row.role in roles], four) == heavy


def test_a_seat_is_found_by_its_name() -> None:
    assert seat("diagnosis-change") is SEATS[3]
    with pytest.raises(SeatTableError, match="'unknown'"):
        seat("unknown")


def test_the_longest_time_counts_every_attempt_and_every_wait() -> None:
    row = Seat("a", "detection", (Tier("m", 10, attempts=3), Tier("n", 5, attempts=1)))

    assert row.longest_seconds() == 3 * 10 + 2 * 2 + 5
