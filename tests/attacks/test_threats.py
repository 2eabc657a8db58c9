"""docs/threat-model.md is current with the templates and the tables."""

from tests.attacks.cloud.deployed import Deployed
from tests.attacks.threats import EFFECT, KEEPS, MISLEADS, PAGE, could_cause, level, table, written
from tests.attacks.trusting import keepers, trusted


def test_the_page_equals_its_commands_output(deployed: Deployed) -> None:
    page = PAGE.read_text()
    assert written(page, table(deployed)) == page


def test_every_role_has_a_line(deployed: Deployed, roles: tuple[str, ...]) -> None:
    assert set(could_cause(deployed)) == set(roles)


def test_the_page_trusts_the_roles_that_the_attacks_found_able(deployed: Deployed) -> None:
    chosen = {role for role in could_cause(deployed) if level(deployed, role) == EFFECT}
    misled = {role for role in could_cause(deployed) if level(deployed, role) == MISLEADS}
    assert chosen | misled == trusted(deployed) | {"inventory"}
    kept = {role for role in could_cause(deployed) if level(deployed, role) == KEEPS}
    assert kept == set(keepers(deployed)) - trusted(deployed)
