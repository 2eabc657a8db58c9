"""One machine for all tests: reading its definition takes longer than executing it."""

from collections.abc import Iterator

import pytest

from tests.integration.stacks import moto_machine


@pytest.fixture(scope="package")
def machine() -> Iterator[moto_machine.Machine]:
    with moto_machine.machine() as made:
        yield made
