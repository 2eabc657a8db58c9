"""Only principals in the trust table can have an effect that honest seats or a person did not want.

Every role of the templates, everything that IAM lets it do, between any two stages of each scene.
"""

from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.attacks.cloud.deployed import Deployed
from tests.attacks.cloud.state import Done
from tests.attacks.exploring import Broken, Explored, Explorer
from tests.attacks.scenes import SCENES
from tests.attacks.trusting import keepers, trusted

Explorers = Callable[[str], Explorer]
ROUNDS = frozenset({"an action that does not help", "a look follows"})
"""Their pairs take minutes, as further rounds follow: `pytest -m slow tests/attacks`."""
Unexplained = Callable[[Explored], Iterator[Broken]]


@pytest.fixture(scope="module")
def borne_out(explorers: Explorers) -> frozenset[Done]:
    """Return the effects of ten honest seats and their undo: only these may lift a guard."""
    return frozenset(explorers("an action that does not help").honest)


@pytest.fixture
def unexplained(
    deployed: Deployed, borne_out: frozenset[Done]
) -> Callable[[Explored], Iterator[Broken]]:
    """Yield what some role caused that is neither trusted for it nor keeps a guard."""
    chosen, kept = trusted(deployed), keepers(deployed)

    def of(explored: Explored) -> Iterator[Broken]:
        for broken in explored.broken:
            stores = {deployed.synth.named(s) for role in broken.roles for s in kept.get(role, ())}
            lifted = {s for move in broken.moves for s in move.stores} & stores
            guards = set(kept) if lifted and set(broken.effects) <= borne_out else set()
            if set(broken.roles) - chosen - guards:
                yield broken

    return of


def report(found: Iterable[Broken]) -> str:
    """Return counterexamples, the shortest first."""
    ordered = sorted(found, key=lambda broken: len(broken.moves))
    return "\n".join(broken.words() for broken in ordered[:5])


def test_every_role_of_the_templates_is_an_intruder(
    deployed: Deployed, roles: tuple[str, ...]
) -> None:
    templates = [r for t in deployed.synth.both for r in t["Resources"].values()]
    assert len(roles) == sum(r["Type"] == "AWS::IAM::Role" for r in templates)


@pytest.mark.parametrize("scene", SCENES)
def test_one_move_at_any_moment_has_no_unwanted_effect(
    scene: str, explorers: Explorers, roles: tuple[str, ...], unexplained: Unexplained
) -> None:
    explored = explorers(scene).explore(roles)
    print(f"\n{scene}: {explored.words()}")
    assert not report(unexplained(explored))


@pytest.mark.parametrize(
    "scene",
    [pytest.param(s, marks=[pytest.mark.slow] if s in ROUNDS else []) for s in SCENES],
)
def test_two_moves_in_any_order_have_no_unwanted_effect(
    scene: str,
    explorers: Explorers,
    roles: tuple[str, ...],
    deployed: Deployed,
    unexplained: Unexplained,
) -> None:
    explored = explorers(scene).explore_pairs(harmless(roles, deployed))
    print(f"\n{scene}, pairs: {explored.words()}")
    assert not report(unexplained(explored))


def harmless(roles: tuple[str, ...], deployed: Deployed) -> list[str]:
    """Return the roles that are not trusted for effect: two things of another's prove nothing."""
    return [role for role in roles if role not in trusted(deployed)]


def test_roles_that_can_cause_effects_are_exactly_the_trusted(
    explorers: Explorers, roles: tuple[str, ...], deployed: Deployed
) -> None:
    able = {
        role
        for scene in SCENES
        for broken in explorers(scene).explore(roles).broken
        for role in broken.roles
    }
    guards = set(keepers(deployed)) - trusted(deployed)
    assert able - guards == trusted(deployed)
    assert able & guards == {"api", "intake", "verification"}


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
def test_every_two_moves_have_no_unwanted_effect(
    scene: str,
    explorers: Explorers,
    roles: tuple[str, ...],
    deployed: Deployed,
    unexplained: Unexplained,
) -> None:
    explored = explorers(scene).explore(harmless(roles, deployed), 2)
    print(f"\n{scene}, all pairs: {explored.words()}")
    assert not report(unexplained(explored))


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
def test_three_moves_in_any_order_have_no_unwanted_effect(
    scene: str,
    explorers: Explorers,
    roles: tuple[str, ...],
    deployed: Deployed,
    unexplained: Unexplained,
) -> None:
    explored = explorers(scene).explore_pairs(harmless(roles, deployed), 3)
    print(f"\n{scene}, threes: {explored.words()}")
    assert not report(unexplained(explored))
