"""What runs leave behind does not pile up."""

import os
from pathlib import Path

from local.cleanup import KEPT, tidy


def test_the_newest_logs_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    most = KEPT["emulator-*.log"]
    for age in range(most + 3):
        log = tmp_path / f"emulator-{age}.log"
        log.touch()
        os.utime(log, (10_000 - age, 10_000 - age))
    (tmp_path / "stage.log").touch()

    tidy(tmp_path)

    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {"stage.log", *(f"emulator-{age}.log" for age in range(most))}


def test_there_may_be_nothing_to_tidy(tmp_path: Path) -> None:
    tidy(tmp_path / "missing")
    tidy(tmp_path)
    assert list(tmp_path.iterdir()) == []
