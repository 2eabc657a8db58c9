"""A sandbox like Lambda's: unpacked functions and layer, and interpreters limited to them."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from stacks.config import Config
from stacks.functions_table import ROWS
from stacks.packages import Package, function_package
from stacks.resource_arns import ResourceArns
from stacks.rows.row import Row
from stacks.settings import environment, packaged
from stacks.stages import STAGES
from stacks.wheels import layer_package

ISSUER: Final = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_0"
PROBE: Final = Path(__file__).with_name("import_probe.py")
AS_IN_LAMBDA: Final = {
    "PATH": "/usr/bin:/bin",
    "LAMBDA_TASK_ROOT": "/var/task",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_SERVICE_NAME": "bare",
}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A directory with the unpacked packages."""

    root: Path

    def probe(self, *words: str, row: Row | None = None) -> dict[str, Any]:
        """Run the import probe in a fresh interpreter. Raises CalledProcessError."""
        found: dict[str, Any] = json.loads(self._run([], words, row).stdout.splitlines()[-1])
        return found

    def instructions(self, *words: str, row: Row | None = None) -> int | None:
        """Return the number of instructions of the same run, which is independent of the load.

        None if valgrind is not installed. Raises CalledProcessError.
        """
        if shutil.which("valgrind") is None:
            return None
        counting = ["valgrind", "--tool=cachegrind", "--cache-sim=no"]
        done = self._run([*counting, "--cachegrind-out-file=/dev/null"], words, row)
        found = re.search(rb"I\s+refs:\s+([\d,]+)", done.stderr)
        return int(found[1].replace(b",", b"")) if found else None

    def _run(
        self, under: list[str], words: tuple[str, ...], row: Row | None
    ) -> subprocess.CompletedProcess[bytes]:
        task = [str(self.root / row.package)] if row else []
        config = Config(stage="dev")
        variables = (
            {**environment(row, ResourceArns(config)), **packaged(row, config)} if row else {}
        )
        search = ":".join([*task, str(self.root / "layer" / "python")])
        return subprocess.run(
            [*under, sys.executable, "-S", "-P", str(PROBE), *words],
            env={**AS_IN_LAMBDA, "PYTHONPATH": search, **resolved(variables)},
            capture_output=True,
            check=True,
            cwd=self.root,
        )


def handlers() -> dict[str, Row]:
    """Return one row per handler folder, which the seats of a role share."""
    return {row.package: row for row in reversed(ROWS)}


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """Unpack all functions and the layer, byte-compiled for the running Python."""
    stage = STAGES["local"]
    with TemporaryDirectory() as scratch:
        root = Path(scratch)
        _unpack(layer_package(stage), root / "layer")
        for folder in handlers():
            _unpack(function_package(folder, stage.python), root / folder)
        yield Sandbox(root)


def sizes(package: Package) -> tuple[int, int]:
    """Return the sizes of the zip and of its unpacked content, in bytes."""
    with zipfile.ZipFile(package.path) as archive:
        return package.path.stat().st_size, sum(entry.file_size for entry in archive.infolist())


def _unpack(package: Package, target: Path) -> None:
    with zipfile.ZipFile(package.path) as archive:
        archive.extractall(target)


def resolved(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables with placeholders for CloudFormation's values."""
    found = {name: value.replace("\0", "") for name, value in variables.items()}
    return found | ({"TOKEN_ISSUER": ISSUER} if "TOKEN_ISSUER" in found else {})
