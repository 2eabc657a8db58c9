"""A copy of the tree for changes that must not reach the original."""

import shutil
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


def copied(tree: Path) -> Path:
    """Copy the sources and tests there; return where."""
    ignored = shutil.ignore_patterns(
        ".git", ".venv", ".local", "node_modules", "cdk.out", "__pycache__", ".*_cache"
    )
    shutil.copytree(ROOT, tree, ignore=ignored)
    return tree
