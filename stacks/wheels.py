"""The layers of dependencies: wheels for the target platform, from a hashed lock."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from stacks import botocore_data
from stacks.bytecode import compiled, interpreter
from stacks.operations import operations
from stacks.packages import ROOT, STORE, Package, digest_of, zip_tree
from stacks.stages import Stage

LOCK: Final = ROOT / "functions" / "requirements.lock"
BUILT: Final = ("--only-binary", ":all:")
SEARCH_LOCK: Final = ROOT / "functions" / "search.lock"
"""OpenSearch's client, without what is in the other lock and what its import does not load."""
_PLATFORMS: Final = {"arm64": "aarch64-manylinux2014", "x86_64": "x86_64-manylinux2014"}


def layer_package(stage: Stage, lock: Path = LOCK) -> Package:
    """Return the layer's zip. Raises CalledProcessError after uv has printed the cause."""
    compiler, called = interpreter(stage.python) or "source", operations()
    shipped = [f"{service}:{name}" for service, names in called.items() for name in sorted(names)]
    words = [stage.python, stage.architecture, str(stage.on_aws), compiler, *shipped]
    digest = digest_of(words, [lock, Path(botocore_data.__file__)])
    name = "layer" if lock == LOCK else lock.stem
    target = STORE / f"{name}-{digest[:32]}.zip"
    if not target.exists():
        with TemporaryDirectory() as scratch:
            tree = Path(scratch) / "python"
            _install(tree, stage, lock)
            if (tree / "botocore").exists():
                botocore_data.trim(tree / "botocore" / "data", called)
            compiled(tree, stage.python, prefix="/opt/python")
            zip_tree(Path(scratch), target, packed=stage.on_aws)
    return Package(target, digest)


def _install(tree: Path, stage: Stage, lock: Path) -> None:
    """Install the locked wheels into the tree; no package is built or run."""
    uv = Path(sys.prefix) / "bin" / "uv"
    platform = ["--python-platform", _PLATFORMS[stage.architecture]] if stage.on_aws else []
    wheels = ["--requirements", str(lock), "--require-hashes", "--no-deps"]
    # Copies: the installed files are trimmed afterwards, and links would change uv's cache
    target = ["--target", str(tree), "--python-version", stage.python, "--link-mode", "copy"]
    command = [str(uv), "pip", "install", "--quiet", *target, *platform, *wheels, *BUILT]
    subprocess.run(command, check=True)  # noqa: S603 - a fixed command
