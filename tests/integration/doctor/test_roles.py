"""Roles against their rows, as IAM's simulator decides on the synthesised policies."""

from typing import Any

import pytest

from stacks.doctor.check import Check
from stacks.doctor.table import CHECKS, examine
from tests.attacks.cloud.deployed import Deployed
from tests.builders.doctor import Account
from tests.integration.doctor.simulator import install, with_policy

ROLES = next(row for row in CHECKS if row.name == "roles")


def examined(deployed: Deployed) -> list[Check]:
    """Return the checks of the roles of this deployment."""
    account = Account()
    install(account.clients, deployed)
    return examine(ROLES, account.subject())


def test_roles_as_synthesised_are_as_their_rows(deployed: Deployed) -> None:
    (found,) = examined(deployed)

    assert found.status == "ok", found


@pytest.mark.parametrize(
    ("role", "statement", "named"),
    [
        (
            "consensus",
            {"Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": "*"},
            "should be allowed",
        ),
        (
            "communication",
            {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*"},
            "should be denied",
        ),
        ("courier", {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}, "sts:AssumeRole"),
        ("api", {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}, "lambda:UpdateAlias"),
        (
            "verb-lambda-rollback-alias",
            {"Effect": "Deny", "Action": "*", "Resource": "*"},
            "should be allowed",
        ),
    ],
)
def test_a_changed_policy_is_an_error_of_its_role_alone(
    deployed: Deployed, role: str, statement: dict[str, Any], named: str
) -> None:
    (found,) = examined(with_policy(deployed, role, statement))

    assert found.status == "error"
    assert found.name == f"role {role}"
    assert named in found.detail
    assert found.remedy


def test_a_role_that_does_not_exist_allows_nothing(deployed: Deployed) -> None:
    account = Account()
    install(account.clients, deployed)
    account.clients.refuse("SimulatePrincipalPolicy", "NoSuchEntity")

    found = examine(ROLES, account.subject())

    assert {one.status for one in found} == {"error"}
    assert "role executor" in {one.name for one in found}
