"""The dependencies as one layer: wheels for the target platform, from the hashed lock."""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from stacks.bytecode import compiled, interpreter
from stacks.clients import services
from stacks.packaging import ROOT, STORE, Package, digest_of, zip_tree
from stacks.stages import Stage

LOCK: Final = ROOT / "functions" / "requirements.lock"
_PLATFORMS: Final = {"arm64": "aarch64-manylinux2014", "x86_64": "x86_64-manylinux2014"}


def layer_package(stage: Stage) -> Package:
    """Return the layer's zip. Raises CalledProcessError, after uv has printed why."""
    compiler, called = interpreter(stage.python) or "source", services(ROOT / "functions")
    words = [stage.python, stage.architecture, str(stage.on_aws), compiler, *called]
    digest = digest_of(words, [LOCK])
    target = STORE / f"layer-{digest[:32]}.zip"
    if not target.exists():
        with TemporaryDirectory() as scratch:
            tree = Path(scratch) / "python"
            _install(tree, stage)
            _keep_data_of(called, tree / "botocore" / "data")
            compiled(tree, stage.python, prefix="/opt/python")
            zip_tree(Path(scratch), target, packed=stage.on_aws)
    return Package(target, digest)


def _keep_data_of(called: Iterable[str], data: Path) -> None:
    """Drop what botocore knows of services that nobody calls: two thirds of the layer's files."""
    for folder in (path for path in data.iterdir() if path.is_dir()):
        if folder.name not in called:
            shutil.rmtree(folder)


def _install(tree: Path, stage: Stage) -> None:
    """Install wheels only: nothing of the lock is built or run here."""
    uv = Path(sys.prefix) / "bin" / "uv"
    platform = ["--python-platform", _PLATFORMS[stage.architecture]] if stage.on_aws else []
    lock = ["--requirements", str(LOCK), "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    target = ["--target", str(tree), "--python-version", stage.python, *platform]
    command = [str(uv), "pip", "install", "--quiet", *target, *lock]
    subprocess.run(command, check=True)  # noqa: S603 - a command of ours
