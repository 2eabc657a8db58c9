"""Installation by hashes, and the permissions of the log file."""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from local import daemon


def test_makefile_installs_uv_by_the_hashes_of_the_lock() -> None:
    makefile = Path("Makefile").read_text()
    found = re.search(r"define UV_ALONE\n(.*?)\nendef", makefile, re.DOTALL)
    assert found is not None

    command = ["awk", found.group(1), "requirements.txt"]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    lines = ran.stdout.splitlines()

    assert re.fullmatch(r"uv==[0-9.]+ \\", lines[0])
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines[1:])
    assert len(lines) > 2
    assert not lines[-1].endswith("\\")
    installs = [line for line in makefile.splitlines() if "pip install" in line]
    assert all("--require-hashes" in line for line in installs)


def test_the_log_of_the_stage_is_readable_by_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "stage.log"
    log.write_text("of an earlier run, readable by all")
    log.chmod(0o644)
    monkeypatch.setattr(daemon, "STATE", tmp_path)
    monkeypatch.setattr(daemon, "LOG", log)
    monkeypatch.setattr(daemon, "FILE", tmp_path / "stage.json")
    monkeypatch.setattr("sys.executable", "/bin/false")
    before = os.umask(0o022)
    try:
        with pytest.raises(RuntimeError, match="did not start"):
            daemon.up(1)
    finally:
        os.umask(before)

    assert stat.S_IMODE(log.stat().st_mode) == 0o600
