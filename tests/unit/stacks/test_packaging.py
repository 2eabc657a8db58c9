"""What ships: the whitelist and nothing else, the same bytes from the same sources."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from stacks import packaging
from stacks.bytecode import compiled, interpreter
from stacks.clients import services
from stacks.functions_table import ROWS
from stacks.packaging import function_package, sources, zip_tree

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
PAGES = ("functions/api/console/static/", "functions/api/console/templates/")
FOLDERS = sorted({row.package for row in ROWS})


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_function_ships_the_shared_code_and_its_own_folder_alone(folder: str) -> None:
    shipped = {path.as_posix() for path in sources(folder)}
    assert "functions/__init__.py" in shipped
    allowed = ("functions/shared/", f"functions/{folder}/")
    assert all(path.startswith(allowed) for path in shipped - {"functions/__init__.py"})
    code = {path for path in shipped if not path.startswith(PAGES)}
    assert not [path for path in code if "__pycache__" in path or not path.endswith(".py")]


def test_the_zip_holds_just_that_and_its_bytecode() -> None:
    with zipfile.ZipFile(function_package("warmer", OWN).path) as archive:
        names = set(archive.namelist())
    wanted = {path.as_posix() for path in sources("warmer")}
    assert {name for name in names if name.endswith(".py")} == wanted
    assert all("/__pycache__/" in name for name in names - wanted)
    assert len(names - wanted) == len(wanted)


def test_the_same_tree_gives_the_same_bytes(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "b.py").write_text("B = 1\n")
    (tree / "a.py").write_text("A = 1\n")
    zip_tree(tree, tmp_path / "one.zip")
    (tree / "a.py").touch()
    zip_tree(tree, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_another_source_is_another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaging, "ROOT", tmp_path)
    monkeypatch.setattr(packaging, "STORE", tmp_path / "store")
    for name in ("__init__.py", "shared/a.py", "warmer/handler.py", "other/b.py"):
        path = tmp_path / "functions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    before = function_package("warmer", OWN)
    (tmp_path / "functions/other/b.py").write_text("X = 1\n")
    assert function_package("warmer", OWN) == before
    (tmp_path / "functions/shared/a.py").write_text("X = 1\n")
    assert function_package("warmer", OWN).digest != before.digest


def test_bytecode_is_used_wherever_it_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("X = 1\n")
    assert compiled(tmp_path, OWN, prefix="/var/task")
    (tmp_path / "module.py").write_text("X = 2\n")
    command = [sys.executable, "-c", "import module; print(module.X)"]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)  # noqa: S603
    assert done.stdout == "1\n", "the source was read although there is bytecode"


def test_without_the_interpreter_source_ships(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("X = 1\n")
    assert interpreter("3.5") is None
    assert not compiled(tmp_path, "3.5", prefix="/var/task")
    assert [path.name for path in tmp_path.rglob("*")] == ["module.py"]


def test_the_layer_keeps_the_data_of_every_service_that_is_called() -> None:
    called = services(Path("functions"))
    assert {"dynamodb", "s3", "stepfunctions", "sts", "xray"} <= set(called)


def test_a_client_whose_service_is_not_written_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import boto3\nclient = boto3.client(NAME)\n")
    with pytest.raises(ValueError, match="no literal service"):
        services(tmp_path)
