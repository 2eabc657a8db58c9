"""The NAB reader, and the results of the two benchmarks that use it."""

import io
import json
import random
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import anomaly, dataset, forecast
from benchmarks.anomaly_tuning import chosen_without, scored
from benchmarks.nab import PROBATION_ROWS, AnomalyWindow, Labelled, corpus, outputs
from benchmarks.nab_score import PROFILES
from benchmarks.plot_table import PLOTS
from benchmarks.plots import draw
from benchmarks.result import Result
from functions.detection.streaming_anomaly import TUNING

START = datetime(2014, 1, 1, tzinfo=UTC)
ROWS = 1000
SPIKE = 700
NAMES = ("realAWSCloudwatch/cpu.csv", "realTraffic/speed.csv")


def stamp(row: int) -> str:
    return f"{START + timedelta(minutes=5 * row):%Y-%m-%d %H:%M:%S}"


def values(seed: int) -> list[float]:
    dice = random.Random(seed)  # noqa: S311
    found = [dice.gauss(50, 3) for _ in range(ROWS)]
    found[SPIKE] += 200
    return found


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("nab")
    (place / "labels").mkdir()
    windows = {name: [[stamp(SPIKE - 10), stamp(SPIKE + 20)]] for name in NAMES}
    (place / "labels" / "combined_windows.json").write_text(json.dumps(windows))
    for seed, name in enumerate(NAMES):
        file = place / "data" / name
        file.parent.mkdir(parents=True)
        rows = "".join(f"{stamp(n)},{v}\n" for n, v in enumerate(values(seed)))
        file.write_text(f"timestamp,value\n{rows}")
    with tarfile.open(place / "results-other.tar.xz", "w:xz") as archive:
        for name in NAMES:
            category, _, file_name = name.partition("/")
            lines = "".join(f"{int(n == SPIKE)}.0\n" for n in range(ROWS))
            content = f"anomaly_score\n{lines}".encode()
            member = tarfile.TarInfo(f"other/{category}/other_{file_name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return place


def test_corpus_has_series_and_windows(directory: Path) -> None:
    first, second = corpus(directory)
    assert (first.name, first.category, second.category) == (
        NAMES[0],
        "realAWSCloudwatch",
        "realTraffic",
    )
    assert first.windows == (AnomalyWindow(SPIKE - 10, SPIKE + 20),)
    assert first.times[1] - first.times[0] == 300
    assert len(first.values) == ROWS


def test_probation_is_a_share_of_the_rows_up_to_a_maximum() -> None:
    short, long = (Labelled("a/b", tuple(range(n)), (), ()) for n in (100, 100_000))
    assert (short.probation, long.probation) == (15, PROBATION_ROWS)


def test_stored_outputs_are_read_by_file_name(directory: Path) -> None:
    found = outputs(directory / "results-other.tar.xz")
    assert set(found) == set(NAMES)
    assert found[NAMES[0]][SPIKE] == 1.0


def run(name: str, directory: Path, place: Path) -> Result:
    module = {"anomaly": anomaly, "forecast": forecast}[name]
    file = place / f"{name}.json"
    assert dataset.main(name, module.measure, ["--data", str(directory), "--json", str(file)]) == 0
    return Result.model_validate_json(file.read_text())


def test_anomaly_writes_its_figures(
    directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run("anomaly", directory, tmp_path).model_dump()
    assert found["standard"] > 80
    assert found["causal"] is True
    assert found["configurations_scored"] == scored()
    assert set(found["by_category"]["low_fp"]) == {"realAWSCloudwatch", "realTraffic"}
    assert set(found["left_out_category"]) == set(PROFILES)
    assert str(directory) not in json.dumps(found, default=str) + capsys.readouterr().out
    other = next(r for r in found["tables"][0]["rows"] if r["detector"].startswith("other"))
    assert other["standard"] == pytest.approx(98, abs=3)


def test_forecast_writes_its_figures_and_plots(directory: Path, tmp_path: Path) -> None:
    result = run("forecast", directory, tmp_path)
    found = result.model_dump()
    assert found["series"] == 1
    assert 0 < found["answered"] <= 1
    assert found["brier_skill"] is not None
    drawn = draw([result], tmp_path)
    assert [file.name for file in drawn] == [p.file for p in PLOTS if p.benchmark == "forecast"]
    assert all(0 < file.stat().st_size < 100_000 for file in drawn)
    first = drawn[0].read_bytes()
    assert draw([result], tmp_path)[0].read_bytes() == first


def test_tuning_without_a_category_is_stored_for_each_category() -> None:
    for category in (
        "realAWSCloudwatch",
        "realAdExchange",
        "realKnownCause",
        "realTraffic",
        "realTweets",
        "artificialWithAnomaly",
        "anotherOne",
    ):
        tuning, thresholds = chosen_without(category)
        assert tuning.views
        assert set(thresholds) == set(PROFILES)
        assert (tuning == TUNING) == (category == "anotherOne")
