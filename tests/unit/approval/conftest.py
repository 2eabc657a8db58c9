"""A case per test."""

import pytest

from tests.builders.approvals import ApprovalCase


@pytest.fixture
def case() -> ApprovalCase:
    """Return an incident with an approval request."""
    return ApprovalCase()
