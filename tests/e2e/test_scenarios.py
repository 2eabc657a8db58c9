"""Whole incidents on the emulator, IAM enforced: the same command that a newcomer types."""

import pytest

from local import archive, replay
from local.scenarios import NAMES, load
from local.shop.plan import draw
from tests.e2e.played import CURABLE, cases, exported, report, run

DETECTION = {"detection-statistical", "detection-signature"}


@pytest.mark.parametrize(("name", "seed"), cases(CURABLE, {("bad-release", 7)}))
def test_curable_faults_are_cured_at_their_place(name: str, seed: int) -> None:
    result = run(name, seed)
    broken = result["changes"][-1]["resource"]

    assert result["outcome"] == "resolved"
    assert result["action"]["verb"] == load(name).cure
    assert result["action"]["resource"] == broken
    letters = f"{draw(seed).dead_letters}-not-empty"
    ringing = {alarm for alarm, state in result["world"]["alarms"].items() if state == "ALARM"}
    # what a throttled function could not take in time is a dead letter, and stays one
    assert ringing <= ({letters} if name == "throttled-function" else set())
    assert result["world"]["shop_answers"]
    asked = "Check `target_unproven` failed" in report(result)  # a slow laptop's few requests
    assert result["autonomous"] == (result["score"] >= 0.7 and not asked)
    assert result["autonomous"] or result["approved_by"]


@pytest.mark.parametrize(("name", "seed"), cases(("bad-release",), {("bad-release", 7)}))
def test_the_alias_points_to_the_former_version_after_a_bad_release(name: str, seed: int) -> None:
    result = run(name, seed)
    release = result["changes"][-1]

    assert result["world"]["resources"][release["resource"]]["alias_version"] == release["before"]


@pytest.mark.parametrize(("name", "seed"), cases(CURABLE, {("bad-release", 7)}))
def test_votes_name_the_broken_resource_and_cite_the_evidence(name: str, seed: int) -> None:
    result = run(name, seed)
    broken = result["changes"][-1]["resource"]
    chosen = [vote for vote in result["votes"] if vote["resource"]]

    assert sum(vote["resource"] == broken for vote in chosen) > len(chosen) / 2
    assert all(vote["cites"] for vote in chosen)
    assert len({c["resource"] for c in result["candidates"]}) >= 2
    assert len(result["candidates"]) >= 2


@pytest.mark.parametrize(("name", "seed"), cases(("bad-release",), {("bad-release", 7)}))
def test_an_exported_incident_is_decided_again_with_the_same_result(name: str, seed: int) -> None:
    result = run(name, seed)
    found = list(replay.rounds(archive.read(exported(result))))

    assert all(again.agrees for again in found)
    repeated = [v.seat for again in found for v in again.votes if v.result == "same"]
    assert len(repeated) >= 8


@pytest.mark.parametrize(("name", "seed"), cases(("false-alarm",), {("false-alarm", 7)}))
def test_a_false_alarm_is_dismissed_by_both_detection_seats(name: str, seed: int) -> None:
    result = run(name, seed)
    healthy = {v["seat"] for v in result["votes"] if v["action"] and not v["verb"]}

    assert result["outcome"] == "dismissed"
    assert result["action"] is None
    assert healthy >= DETECTION


@pytest.mark.parametrize(
    ("name", "seed"),
    cases(("ambiguous", "partial-canary", "two-faults"), set()),
)
def test_ambiguous_evidence_needs_a_person(name: str, seed: int) -> None:
    result = run(name, seed)

    assert result["outcome"] == "escalated"
    assert result["action"] is None
    assert not result["autonomous"]


@pytest.mark.parametrize(("name", "seed"), cases(("wrong-fix",), set()))
def test_an_action_that_did_not_help_is_undone(name: str, seed: int) -> None:
    result = run(name, seed)
    release = next(c for c in result["changes"] if c["resource"] == result["action"]["resource"])

    assert result["outcome"] == "undone"
    assert result["autonomous"] == (result["score"] >= 0.7)
    assert result["autonomous"] or result["approved_by"]
    assert "ALARM" in result["world"]["alarms"].values()
    assert result["world"]["resources"][release["resource"]]["alias_version"] == release["after"]


@pytest.mark.parametrize(("name", "seed"), cases(("second-cause",), set()))
def test_the_second_action_cures_after_the_first_was_undone(name: str, seed: int) -> None:
    result = run(name, seed)

    assert result["outcome"] == "resolved"
    assert [one["result"] for one in result["tried"]] == ["undone", "recovered"]
    assert result["action"]["verb"] == load(name).cure
    assert result["approved_by"]
    assert result["world"]["shop_answers"]


@pytest.mark.parametrize(("name", "seed"), cases(("late-metrics",), set()))
def test_a_later_look_decides_what_the_first_one_could_not(name: str, seed: int) -> None:
    result = run(name, seed)

    assert result["outcome"] == "resolved"
    assert result["rounds"] > 1
    assert result["action"]["verb"] == load(name).cure
    assert result["autonomous"] == (result["score"] >= 0.7)


@pytest.mark.parametrize(("name", "seed"), cases(("slow-dependency",), set()))
def test_slow_front_is_cured_at_the_function_that_it_waits_for(name: str, seed: int) -> None:
    result = run(name, seed)
    shop, release = draw(seed), result["changes"][-1]

    assert result["outcome"] == "resolved"
    assert release["resource"] == f"lambda:{shop.deepest.name}"
    assert (result["action"]["verb"], result["action"]["resource"]) == (
        load(name).cure,
        release["resource"],
    )
    assert result["world"]["resources"][release["resource"]]["alias_version"] == release["before"]
    assert result["world"]["alarms"][f"{shop.front.name}-slow"] == "OK"
    assert result["world"]["shop_answers"]


@pytest.mark.parametrize("name", NAMES)
def test_the_twin_without_a_fault_sees_no_action(name: str) -> None:
    result = run(name, 5, "--twin")

    assert result["outcome"] == "dismissed"
    assert result["action"] is None
