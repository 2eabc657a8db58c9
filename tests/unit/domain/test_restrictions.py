"""What people switch at run time can only ever hold back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.autonomy import Mode, Rule, mode
from quorum.domain.catalogue import VERBS
from quorum.domain.restrictions import (
    ORDER,
    Restriction,
    most_autonomous_mode,
    restricted_mode,
    with_restriction,
)

VERB_NAMES = st.sampled_from([verb.name for verb in VERBS])
PATTERNS = st.sampled_from(["lambda:*", "lambda:checkout", "lambda:c*", "lambda:prices", "sqs:*"])
MODES: st.SearchStrategy[Mode] = st.sampled_from(ORDER)
RULES = st.lists(
    st.builds(lambda v, p, m: Rule(verb=v, resources=(p,), mode=m), VERB_NAMES, PATTERNS, MODES)
)
ONE = st.builds(
    lambda v, p, m: Restriction(verb=v, resource=p, mode=m), VERB_NAMES, PATTERNS, MODES
)
RESOURCES = st.sampled_from(["lambda:checkout", "lambda:prices", "sqs:parcels"])


@given(RULES, st.lists(ONE), VERB_NAMES, RESOURCES)
def test_no_restriction_goes_beyond_the_deployment(
    rules: list[Rule], held: list[Restriction], verb: str, resource: str
) -> None:
    deployed = mode(rules, verb, resource)
    found = restricted_mode(rules, held, verb, resource)

    assert (
        ORDER.index(found)
        <= ORDER.index(deployed)
        <= ORDER.index(most_autonomous_mode(rules, verb))
    )


@given(RULES, st.lists(ONE), ONE, VERB_NAMES, RESOURCES)
def test_one_more_restriction_never_lets_anything_go(
    rules: list[Rule], held: list[Restriction], more: Restriction, verb: str, resource: str
) -> None:
    before = restricted_mode(rules, held, verb, resource)
    after = restricted_mode(rules, [*held, more], verb, resource)

    assert ORDER.index(after) <= ORDER.index(before)


@given(st.lists(ONE), ONE)
def test_the_newest_word_on_a_pattern_is_the_only_one(
    held: list[Restriction], new: Restriction
) -> None:
    then = with_restriction(with_restriction((), new) + tuple(held), new)
    same = [one for one in then if (one.verb, one.resource) == (new.verb, new.resource)]

    assert same == ([] if new.mode == "autonomous" else [new])


SLASHED, BARE = "ssm:/shop/*", "ssm:shop/*"
RESTORE = "ssm.restore_parameter"


@pytest.mark.parametrize("rule", [SLASHED, BARE])
@pytest.mark.parametrize("stored", [SLASHED, BARE])
@pytest.mark.parametrize("resource", ["ssm:/shop/prices", "ssm:shop/prices"])
def test_a_parameter_is_held_back_however_its_pattern_was_spelt_when_it_was_stored(
    rule: str, stored: str, resource: str
) -> None:
    rules = (Rule(verb=RESTORE, resources=(rule,), mode="autonomous"),)
    held = [Restriction(verb=RESTORE, resource=stored, mode="shadow")]

    assert restricted_mode(rules, (), RESTORE, resource) == "autonomous"
    assert restricted_mode(rules, held, RESTORE, resource) == "shadow"


def test_the_other_spelling_of_a_pattern_is_the_same_pattern() -> None:
    held = (Restriction(verb=RESTORE, resource=BARE, mode="shadow"),)

    assert (
        with_restriction(held, Restriction(verb=RESTORE, resource=SLASHED, mode="autonomous")) == ()
    )
