"""Old files of earlier runs are removed."""

import os
from pathlib import Path

from local.cleanup import KEEP_NEWEST, remove_old_files


def test_cleanup_keeps_the_newest_logs_and_other_files(tmp_path: Path) -> None:
    kept_count = KEEP_NEWEST["emulator-*.log"]
    for age in range(kept_count + 3):
        log = tmp_path / f"emulator-{age}.log"
        log.touch()
        os.utime(log, (10_000 - age, 10_000 - age))
    (tmp_path / "stage.log").touch()

    remove_old_files(tmp_path)

    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {"stage.log", *(f"emulator-{age}.log" for age in range(kept_count))}


def test_cleanup_accepts_an_empty_or_missing_folder(tmp_path: Path) -> None:
    remove_old_files(tmp_path / "missing")
    remove_old_files(tmp_path)
    assert list(tmp_path.iterdir()) == []
