"""The import contracts cover every function there is."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_every_function_is_held_apart_from_the_others() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = project["tool"]["importlinter"]["contracts"]
    (apart,) = [contract for contract in contracts if contract["type"] == "independence"]
    folders = {
        f"functions.{folder.name}"
        for folder in (ROOT / "functions").iterdir()
        if (folder / "__init__.py").exists() and folder.name != "shared"
    }
    assert set(apart["modules"]) == folders
