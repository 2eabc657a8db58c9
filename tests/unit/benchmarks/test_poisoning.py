"""Poisoned evidence is detected if log lines name callers; a bad release is not poison."""

import json
from pathlib import Path
from random import Random

import pytest

from benchmarks import poisoning
from benchmarks.poisoning import CallerCounts, alone, logged, main
from quorum.domain.poisoning import is_from_new_callers, is_from_one_caller
from tests.simulation.scenarios import bad_release, poisoned
from tests.simulation.timing import cloud

MINUTES = ("minutes", cloud)


def attacked() -> poisoning.Alone:
    found = (alone(poisoned(seed, cloud, lag=5, share=0.3)) for seed in range(40))
    return next(one for one in found if one)


def test_one_attacker_is_concentrated_and_many_newcomers_are_strange() -> None:
    found = attacked()

    one, many = (logged(found, Random(1), CallerCounts(20, n)) for n in (1, 100))  # noqa: S311

    assert one is not None
    assert many is not None
    assert is_from_one_caller(one)
    assert is_from_new_callers(many)
    assert not is_from_one_caller(many)


def test_many_known_attackers_are_not_detected() -> None:
    found = logged(attacked(), Random(1), CallerCounts(20, 100, known=True))  # noqa: S311

    assert found is not None
    assert not is_from_one_caller(found)
    assert not is_from_new_callers(found)


def test_a_bad_release_is_neither_concentrated_nor_strange() -> None:
    shops = (alone(bad_release(seed, cloud)) for seed in range(10))
    spreads = [logged(one, Random(1), CallerCounts(20)) for one in shops if one]  # noqa: S311

    assert len(spreads) > 2
    assert not any(s is None or is_from_one_caller(s) or is_from_new_callers(s) for s in spreads)


def test_the_seed_selects_the_shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poisoning, "SHOPS", 2)
    monkeypatch.setattr(poisoning, "PACES", (MINUTES,))
    monkeypatch.setattr(poisoning, "LAGS", (5,))
    out = tmp_path / "out.json"

    assert main(["--seed", "3", "--json", str(out)]) == 0

    found = json.loads(out.read_text())
    assert [len(table["rows"]) for table in found["tables"]] == [2, 4, 4]
    assert all(row["before"] <= 2 for row in found["tables"][0]["rows"])
