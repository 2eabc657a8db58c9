"""Reader of the NAB format: labelled series, and stored outputs of detectors."""

import csv
import io
import json
import tarfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

PROBATION: Final = 0.15
PROBATION_ROWS: Final = 750
"""Share of a file's first rows that is not scored, and the maximum number of these rows."""


class AnomalyWindow(NamedTuple):
    """An anomaly's first and last row."""

    first: int
    last: int


class Labelled(NamedTuple):
    """One file. `times` are epoch seconds, read as UTC."""

    name: str
    times: tuple[int, ...]
    values: tuple[float, ...]
    windows: tuple[AnomalyWindow, ...]

    @property
    def category(self) -> str:
        """Return the file's folder."""
        return self.name.partition("/")[0]

    @property
    def probation(self) -> int:
        """Return the number of first rows that are not scored."""
        return min(int(PROBATION * len(self.times)), PROBATION_ROWS)


def corpus(directory: Path) -> list[Labelled]:
    """Return the labelled files by name. Raises OSError, or KeyError if a column is missing."""
    labels = json.loads((directory / "labels" / "combined_windows.json").read_text())
    return [_labelled(directory / "data" / name, name, labels[name]) for name in sorted(labels)]


def outputs(archive: Path) -> dict[str, list[float]]:
    """Return a detector's stored scores by file name (as in `corpus`), in the order of its rows."""
    detector = archive.name.removeprefix("results-").removesuffix(".tar.xz")
    found = {}
    with tarfile.open(archive) as stored:
        for member in stored.getmembers():
            category, _, name = member.name.removeprefix(f"{detector}/").rpartition("/")
            file = stored.extractfile(member) if category and name.endswith(".csv") else None
            if file is not None:
                rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8"))
                key = f"{category}/{name.removeprefix(f'{detector}_')}"
                found[key] = [float(row["anomaly_score"]) for row in rows]
    return found


def _labelled(path: Path, name: str, spans: Iterable[tuple[str, str]]) -> Labelled:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    times = [_epoch(row["timestamp"]) for row in rows]
    place = {at: n for n, at in reversed(list(enumerate(times)))}
    windows = [AnomalyWindow(place[_epoch(start)], place[_epoch(end)]) for start, end in spans]
    values = tuple(float(row["value"]) for row in rows)
    return Labelled(name, tuple(times), values, tuple(windows))


def _epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
