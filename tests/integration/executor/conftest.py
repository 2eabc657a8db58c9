"""The wire to moto, watched, and moto corrected where AWS documents more."""

import pytest

from tests.integration.executor.models import Wire, revise_aliases


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Watch all clients made from now on."""
    monkeypatch.delenv("MOTO_ECS_SERVICE_RUNNING", raising=False)
    revise_aliases(monkeypatch)
    return Wire()
