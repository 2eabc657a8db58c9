"""Packages: each function's folder and imports, reproducible, byte-compiled."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from benchmarks.lambda_sandbox import AS_IN_LAMBDA, resolved
from stacks.bytecode import compiled, interpreter
from stacks.config import Config
from stacks.functions_table import ROWS
from stacks.packages import function_package, sources, zip_tree
from stacks.resource_arns import ResourceArns
from stacks.settings import environment, packaged
from tests.unit.stacks.boto3_services import services

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
LOAD = """
import importlib, sys
module = importlib.import_module(sys.argv[1])
print(module.__file__.partition("/functions/")[0])
"""
PAGES = ("functions/api/console/static/", "functions/api/console/templates/")
FOLDERS = sorted({row.package for row in ROWS})


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_package_holds_the_functions_folder_and_its_imports(folder: str) -> None:
    shipped = {path.as_posix() for path in sources(folder)}
    assert {
        "functions/__init__.py",
        "quorum/__init__.py",
        f"functions/{folder}/handler.py",
    } <= shipped
    allowed = ("quorum/", f"functions/{folder}/")
    assert all(path.startswith(allowed) for path in shipped - {"functions/__init__.py"})
    code = {path for path in shipped if not path.startswith(PAGES)}
    assert not [path for path in code if "__pycache__" in path or not path.endswith(".py")]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_handler_is_imported_from_its_own_zip(folder: str, tmp_path: Path) -> None:
    row = next(row for row in reversed(ROWS) if row.package == folder)
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    command = [sys.executable, "-S", "-P", "-c", LOAD, f"functions.{folder}.handler"]
    done = subprocess.run(  # noqa: S603 - ours
        command,
        cwd=tmp_path,
        env={
            **AS_IN_LAMBDA,
            **resolved(environment(row, ResourceArns(Config(stage="dev")))),
            **packaged(row, Config(stage="dev")),
            "PYTHONPATH": f"{function_package(folder, OWN).path}:{packages}",
        },
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(function_package(folder, OWN).path)]


def test_a_zip_holds_the_sources_and_their_bytecode() -> None:
    with zipfile.ZipFile(function_package("warmer", OWN).path) as archive:
        names = set(archive.namelist())
    wanted = {path.as_posix() for path in sources("warmer")}
    assert {name for name in names if name.endswith(".py")} == wanted
    assert all("/__pycache__/" in name for name in names - wanted)
    assert len(names - wanted) == len(wanted)


def test_zip_tree_is_reproducible(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "b.py").write_text("B = 1\n")
    (tree / "a.py").write_text("A = 1\n")
    zip_tree(tree, tmp_path / "one.zip")
    (tree / "a.py").touch()
    zip_tree(tree, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of the folders that `python -m stacks.packages` reads."""
    for folder in ("quorum", "functions", "stacks"):
        shutil.copytree(folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def listed(tree: Path) -> dict[str, dict[str, Any]]:
    command = [sys.executable, "-m", "stacks.packages", "--json"]
    done = subprocess.run(command, cwd=tree, check=True, capture_output=True, text=True)  # noqa: S603
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)["functions"]
    return found


def test_a_comment_changes_only_the_packages_that_import_it(tree: Path) -> None:
    before = listed(tree)
    edited = "quorum/adapters/channels/slack_blocks.py"
    with (tree / edited).open("a") as source:
        source.write("# a comment\n")
    after = listed(tree)
    changed = {name for name in before if before[name]["hash"] != after[name]["hash"]}
    assert changed == {name for name in before if edited in before[name]["files"]}
    assert {"communication", "courier"} <= changed
    assert "executor" not in changed
    assert len(changed) < 5


@pytest.mark.parametrize("line", ["import importlib", "x = __import__('os')", "import runpy"])
def test_a_dynamic_import_is_rejected(tree: Path, line: str) -> None:
    (tree / "quorum/domain/votes.py").write_text(f"{line}\n")
    command = [sys.executable, "-m", "stacks.packages", "--json"]
    done = subprocess.run(command, cwd=tree, check=False, capture_output=True, text=True)  # noqa: S603
    assert done.returncode != 0
    assert "quorum/domain/votes.py imports dynamically" in done.stderr


def test_a_re_exported_name_ships_with_its_package(tree: Path) -> None:
    handler = tree / "functions/warmer/handler.py"
    handler.write_text("from quorum.narrative import plain\n" + handler.read_text())
    assert "quorum/narrative/gaps.py" in listed(tree)["warmer"]["files"]


def test_bytecode_is_valid_at_any_path(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("X = 1\n")
    assert compiled(tmp_path, OWN, prefix="/var/task")
    (tmp_path / "module.py").write_text("X = 2\n")
    command = [sys.executable, "-c", "import module; print(module.X)"]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)  # noqa: S603
    assert done.stdout == "1\n", "the source was read although there is bytecode"


def test_compiled_leaves_the_source_without_an_interpreter(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("X = 1\n")
    assert interpreter("3.5") is None
    assert not compiled(tmp_path, "3.5", prefix="/var/task")
    assert [path.name for path in tmp_path.rglob("*")] == ["module.py"]


def test_services_lists_all_created_clients() -> None:
    called = services(Path("functions"), Path("quorum"))
    assert {"dynamodb", "s3", "stepfunctions", "sts", "xray"} <= set(called)


def test_services_raises_for_a_client_without_a_literal_service(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import boto3\nclient = boto3.client(NAME)\n")
    with pytest.raises(ValueError, match="no literal service"):
        services(tmp_path)
