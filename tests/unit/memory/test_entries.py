"""Entries, filters and ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quorum.domain.memory_entries import Embedded, Filters, entry_id
from tests.builders.memory import AT, EMBEDDER, entry


def test_a_vector_has_the_length_of_its_model() -> None:
    one = entry("a", "timeout")
    Embedded(entry=one, vector=EMBEDDER.embed("timeout"))
    with pytest.raises(ValidationError):
        Embedded(entry=one, vector=EMBEDDER.embed("timeout")[1:])


def test_a_vector_holds_finite_numbers() -> None:
    vector = (float("nan"), *EMBEDDER.embed("timeout")[1:])
    with pytest.raises(ValidationError):
        Embedded(entry=entry("a", "timeout"), vector=vector)


@pytest.mark.parametrize(
    ("filters", "admitted"),
    [
        (Filters(), True),
        (Filters(account="111122223333", service="lambda", outcome="unverified"), True),
        (Filters(account="444455556666"), False),
        (Filters(service="sqs"), False),
        (Filters(outcome="worked"), False),
        (Filters(since=AT, until=AT + 1), True),
        (Filters(since=AT + 1), False),
        (Filters(until=AT), False),
    ],
)
def test_every_filter_must_hold(filters: Filters, admitted: bool) -> None:  # noqa: FBT001
    assert filters.admit(entry("a", "timeout")) is admitted


@given(st.lists(st.text(alphabet="ab"), min_size=1), st.lists(st.text(alphabet="ab"), min_size=1))
def test_ids_differ_when_parts_differ(one: list[str], other: list[str]) -> None:
    assert (entry_id("finding", *one) == entry_id("finding", *other)) == (one == other)
