"""Commands of `python -m benchmarks`."""

from pathlib import Path

from benchmarks.__main__ import NAMES, PUBLIC, commands


def test_benchmarks_on_public_data_run_if_their_folder_exists(tmp_path: Path) -> None:
    (tmp_path / "nab").mkdir()
    assert [name for name, *_ in commands(None)] == list(NAMES)
    found = {name: rest for name, *rest in commands(tmp_path)}
    expected = {name for name, folder in PUBLIC.items() if folder == "nab"}
    assert set(found) - set(NAMES) == expected
    assert found["anomaly"] == ["--data", str(tmp_path / "nab")]
