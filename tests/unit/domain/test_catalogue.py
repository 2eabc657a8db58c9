"""An action's id binds its parameters, and its description follows from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.catalogue import (
    VERBS,
    CatalogueError,
    action_id,
    describe,
    has_former_id,
    id_matches_parameters,
)
from quorum.domain.evidence import Candidate, Scalar
from tests.builders.candidates import GOOD as FIELDS
from tests.builders.candidates import candidate

GOOD = [candidate(verb, resource, parameters=p) for verb, (resource, p) in FIELDS.items()]

PARAMETERS: dict[str, Scalar] = {"function": "checkout", "from_units": 1, "to_units": 2}


def test_action_id_is_the_verb_and_128_bits_of_its_parameters_digest() -> None:
    assert action_id("lambda.raise_reserved_concurrency", PARAMETERS) == (
        "lambda.raise_reserved_concurrency:b3bb42e644fac82f457c8fe09879a322"
    )


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4))
def test_action_id_changes_with_the_parameters(other: dict[str, Scalar]) -> None:
    same = action_id("sqs.redrive", other) == action_id("sqs.redrive", PARAMETERS)
    assert same == (other == PARAMETERS)


@pytest.mark.parametrize("good", GOOD, ids=lambda candidate: candidate.verb)
def test_candidate_is_described_by_its_parameters_and_not_its_summary(good: Candidate) -> None:
    lie = good.model_copy(update={"summary": "Do nothing"})

    assert describe(lie) == describe(good)
    assert describe(good) != "Do nothing"
    for name, value in good.parameters.items():
        if name.startswith("to_"):
            assert str(value) in describe(good) or value == "PAY_PER_REQUEST"


def test_every_verb_has_a_description_and_a_missing_parameter_is_named() -> None:
    assert {good.verb for good in GOOD} == {row.name for row in VERBS}
    for good in GOOD:
        with pytest.raises(CatalogueError, match="has no parameter"):
            describe(good.model_copy(update={"parameters": {}}))


@pytest.mark.parametrize("good", GOOD, ids=lambda candidate: candidate.verb)
def test_candidate_with_changed_parameters_does_not_match_its_id(good: Candidate) -> None:
    other = good.model_copy(update={"parameters": {**good.parameters, "more": 1}})
    short = good.model_copy(update={"id": good.id[:-20]})

    assert (id_matches_parameters(good), has_former_id(good)) == (True, False)
    assert (id_matches_parameters(other), has_former_id(other)) == (False, False)
    assert (id_matches_parameters(short), has_former_id(short)) == (False, True)
