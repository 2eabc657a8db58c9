"""The packages without signatures of the signing benchmark."""

import io
import zipfile

import pytest

from benchmarks.signing import ADAPTERS, SIGNERS, UNSIGNED, without_signatures


@pytest.mark.parametrize("folder", sorted({row.package for row in SIGNERS}))
def test_a_signers_package_has_replaced_adapters_without_bytecode(folder: str) -> None:
    with zipfile.ZipFile(io.BytesIO(without_signatures(folder))) as archive:
        found = [n for n in archive.namelist() if any(module in n for module in UNSIGNED)]
        sources = {name: archive.read(name).decode() for name in found}

    wanted = {f"{ADAPTERS}/{module}.py": source for module, source in UNSIGNED.items()}
    assert sources
    assert sources.items() <= wanted.items()


def test_a_package_without_these_adapters_raises() -> None:
    with pytest.raises(ValueError, match="warmer"):
        without_signatures("warmer")
