"""The import contracts cover every function there is, and are enforced."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]


def test_every_function_is_in_the_independence_contract() -> None:
    (apart,) = [contract for contract in CONTRACTS if contract["type"] == "independence"]
    assert apart["modules"] == ["functions.*"]
    assert not [p for p in (ROOT / "functions").glob("*/") if not (p / "__init__.py").exists()]
