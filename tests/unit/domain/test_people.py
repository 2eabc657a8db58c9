"""Identities of people in each channel: a name belongs to exactly one person."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.grants import normalised_name
from quorum.domain.people import MAX_BYTES, VIEWER, People

ADA: dict[str, Any] = {
    "id": "ada",
    "name": "Ada",
    "email": "ada@example.com",
    "slack": "U0ADA",
    "subject": "sub-ada",
    "roles": [ESCALATION_LEVEL],
}
BOB: dict[str, Any] = {"id": "bob", "name": "Bob", "roles": [VIEWER]}


def refused(*people: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as error:
        People.model_validate(people)
    return str(error.value)


def test_person_is_found_by_the_name_of_each_channel() -> None:
    people = People.model_validate([BOB, ADA])
    ada = people.by_slack("U0ADA")

    assert ada is not None
    assert ada.id == "ada"
    assert people.by_email("Ada@Example.com") == people.by_subject("sub-ada") == ada
    assert (ada.has(ESCALATION_LEVEL), ada.has(VIEWER)) == (True, False)


@pytest.mark.parametrize("name", ["", "U0EVE", "ada"])
def test_unknown_name_finds_no_person(name: str) -> None:
    people = People.model_validate([ADA, BOB])  # Bob has no name on any way in

    assert people.by_slack(name) is None
    assert people.by_email(name) is None
    assert people.by_subject(name) is None


@pytest.mark.parametrize("way", ["id", "email", "slack", "subject", "name"])
def test_name_of_two_people_is_refused_with_its_channel(way: str) -> None:
    names = {"email": "e@example.com", "slack": "U0EVE", "subject": "sub-eve", "name": "Eve"}
    other = {**ADA, "id": "eve", **names}

    assert f"{way} {ADA[way]!r} belongs to two people" in refused(ADA, {**other, way: ADA[way]})


def test_addresses_that_differ_in_case_are_one() -> None:
    assert "belongs to two people" in refused(ADA, {**BOB, "email": "ADA@example.com"})


SPELT = [
    "Ada Byron",
    " ada  BYRON ",
    "Ada\u200bByron",
    "Ada\u00a0Byron\u200d",
    "\u202eAda Byron",
    "\uff21da Byron",
    "A\u00adda By\ufeffron\u2060",
    "Ada\tByron",
]
"""One name, as it can be spelt: blanks, case, no width, directions, full width, soft hyphens."""


@pytest.mark.parametrize("spelt", SPELT)
def test_a_name_is_one_however_it_is_spelt(spelt: str) -> None:
    assert normalised_name(spelt) == "adabyron"
    twice = {**BOB, "name": spelt, "roles": [ESCALATION_LEVEL]}
    assert "belongs to two people" in refused({**ADA, "name": "Ada Byron"}, twice)


@pytest.mark.parametrize(("one", "other"), [("Ada", "Adam"), ("Ada", "Adä"), ("ß", "s")])
def test_other_names_are_other_people(one: str, other: str) -> None:
    people = [{**ADA, "name": one}, {**BOB, "name": other, "roles": [ESCALATION_LEVEL]}]
    assert len(People.model_validate(people)) == 2


def test_composed_and_decomposed_names_are_one() -> None:
    assert normalised_name("Ren\u00e9") == normalised_name("Rene\u0301")
    assert normalised_name("Stra\u00dfe") == normalised_name("STRASSE")


def test_two_viewers_may_share_a_name() -> None:
    assert len(People.model_validate([BOB, {**BOB, "id": "bob2"}])) == 2


INVISIBLE = st.sampled_from(["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", " ", "\t"])


@given(name=st.text(min_size=1, max_size=30), hidden=st.lists(INVISIBLE, max_size=5), at=st.data())
def test_invisible_characters_do_not_make_another_person(
    name: str, hidden: list[str], at: st.DataObject
) -> None:
    spelt = name
    for one in hidden:
        place = at.draw(st.integers(0, len(spelt)))
        spelt = spelt[:place] + one + spelt[place:]
    joined = "".join(c for c in spelt if c not in "\u200b\u200c\u200d\u2060\ufeff\u00ad \t")
    assert normalised_name(spelt) == normalised_name(joined)
    assert normalised_name(normalised_name(name)) == normalised_name(name)


def test_unknown_role_is_refused_with_the_known_roles() -> None:
    said = refused({**BOB, "roles": ["root"]})

    assert "'root'" in said
    assert ESCALATION_LEVEL in said


def test_person_without_a_role_is_refused() -> None:
    assert "roles" in refused({**BOB, "roles": []})


def test_invalid_list_of_people_is_refused_at_synth() -> None:
    crowd = [{**BOB, "id": f"bob{n}", "name": "B" * 100} for n in range(20)]

    assert f"maximum is {MAX_BYTES}" in refused(*crowd)


@given(st.sets(st.from_regex(r"^[a-z0-9]{1,8}$", fullmatch=True), max_size=20))
def test_people_read_by_a_function_are_those_configured(ids: set[str]) -> None:
    people = People.model_validate(
        [{"id": i, "name": "Zoë", "slack": f"U0{i.upper()}", "roles": [VIEWER]} for i in ids]
    )

    assert People.model_validate(json.loads(people.compact())) == people
