"""Restrictions at run time only ever limit a mode."""

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
def test_restriction_never_exceeds_the_deployed_mode(
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
def test_another_restriction_never_widens_a_mode(
    rules: list[Rule], held: list[Restriction], more: Restriction, verb: str, resource: str
) -> None:
    before = restricted_mode(rules, held, verb, resource)
    after = restricted_mode(rules, [*held, more], verb, resource)

    assert ORDER.index(after) <= ORDER.index(before)


@given(st.lists(ONE), ONE)
def test_newest_restriction_of_a_pattern_replaces_the_others(
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
def test_restriction_applies_to_a_parameter_in_every_stored_spelling(
    rule: str, stored: str, resource: str
) -> None:
    rules = (Rule(verb=RESTORE, resources=(rule,), mode="autonomous"),)
    held = [Restriction(verb=RESTORE, resource=stored, mode="shadow")]

    assert restricted_mode(rules, (), RESTORE, resource) == "autonomous"
    assert restricted_mode(rules, held, RESTORE, resource) == "shadow"


def test_restriction_patterns_of_two_spellings_are_one() -> None:
    held = (Restriction(verb=RESTORE, resource=BARE, mode="shadow"),)

    assert (
        with_restriction(held, Restriction(verb=RESTORE, resource=SLASHED, mode="autonomous")) == ()
    )
