"""The evidence behind whole incidents: the votes, their citations, and the result without them."""

import pytest

from local.scenarios import NAMES, load
from quorum.domain.evidence import Change
from quorum.domain.votes import HEALTHY
from quorum.seats.llm.rendering import citable
from tests.e2e.played import (
    CURABLE,
    Result,
    bundle,
    cases,
    on,
    run,
    score,
    without_changes,
)
from tests.seat_table import votes

MOST = 5
"""Of ten seats: half of them, so that no role alone is meant."""
FAST = {("bad-release", 7)}


def broken(result: Result) -> str:
    """Return the resource that the scenario broke last."""
    return str(result["changes"][-1]["resource"])


def cited(result: Result, action: str) -> set[str]:
    """Return what those cite who voted for the action."""
    return {cite for vote in result["votes"] if vote["action"] == action for cite in vote["cites"]}


def change_of(result: Result, resource: str) -> Change:
    """Return the newest change of the resource in the evidence."""
    found = [c for c in bundle(result).changes if c.resource == resource]
    return max(found, key=lambda change: change.at)


def symptoms(result: Result, resource: str) -> set[str]:
    """Return the series of the alarms and of the resource."""
    series = bundle(result).series
    return {s.id for s in series if s.alarmed or s.resource == resource}


@pytest.mark.parametrize(("name", "seed"), cases(NAMES, FAST))
def test_votes_cite_and_name_only_parts_of_the_evidence(name: str, seed: int) -> None:
    result = run(name, seed)
    evidence = bundle(result)
    listed = {HEALTHY, *(candidate.id for candidate in evidence.candidates)}

    for vote in result["votes"]:
        assert set(vote["cites"]) <= citable(evidence)
        assert vote["action"] is None or (vote["action"] in listed and vote["cites"])


@pytest.mark.parametrize(("name", "seed"), cases(NAMES, FAST))
def test_the_deployed_seats_votes_equal_those_of_their_methods(name: str, seed: int) -> None:
    result = run(name, seed)
    again = {seat: (c.action, c.conf_bp / 10_000) for seat, c in votes(bundle(result)).items()}
    recorded = {vote["seat"]: (vote["action"], vote["confidence"]) for vote in result["votes"]}

    assert recorded
    assert recorded == {seat: again[seat] for seat in recorded}


@pytest.mark.parametrize(("name", "seed"), cases(CURABLE, FAST))
def test_half_of_the_seats_vote_for_the_cure_and_cite_the_change_it_reverts(
    name: str, seed: int
) -> None:
    result = run(name, seed)
    done, cure = result["changes"][-1], on(result, broken(result))
    change = change_of(result, broken(result))

    assert cure.verb == load(name).cure
    assert sum(vote["action"] == cure.id for vote in result["votes"]) >= MOST
    assert change.id in cited(result, cure.id)
    assert cure.resource.startswith("ssm:") or str(change.after) == done["after"]
    assert cited(result, cure.id) & symptoms(result, cure.resource)


@pytest.mark.parametrize(("name", "seed"), cases(CURABLE, FAST))
def test_confidence_in_the_cure_is_lower_without_the_change(name: str, seed: int) -> None:
    result = run(name, seed)
    whole, cure = bundle(result), on(result, broken(result)).id

    assert score(without_changes(whole, broken(result)), cure) < score(whole, cure) - 0.1


@pytest.mark.parametrize(("name", "seed"), cases(("ambiguous",), FAST))
def test_two_causes_share_the_support_of_one(name: str, seed: int) -> None:
    result = run(name, seed)
    whole = bundle(result)
    release, setting = (change["resource"] for change in result["changes"][-2:])

    for one, other in ((release, setting), (setting, release)):
        shared = score(whole, on(result, one).id)
        assert shared < 0.7
        assert score(without_changes(whole, other), on(result, one).id) > shared


@pytest.mark.parametrize("cause", load("ambiguous").alone)
@pytest.mark.parametrize("seed", [7, 11])
def test_either_cause_alone_is_repaired(cause: str, seed: int) -> None:
    result = run("ambiguous", seed, "--alone", cause)

    assert result["outcome"] == "resolved"
    assert result["action"]["verb"] == load("ambiguous").only(cause).cure
    assert result["action"]["resource"] == broken(result)


@pytest.mark.parametrize(("name", "seed"), cases(("two-faults",), set()))
def test_two_faults_are_both_in_the_evidence_and_neither_explains_all(name: str, seed: int) -> None:
    result = run(name, seed)
    both = {change["resource"] for change in result["changes"][-2:]}

    assert both <= {change.resource for change in bundle(result).changes}
    assert both <= {candidate["resource"] for candidate in result["candidates"]}
    assert result["score"] < 0.7


@pytest.mark.parametrize(("name", "seed"), cases(("partial-canary",), set()))
def test_a_canary_is_found_and_left_to_a_person(name: str, seed: int) -> None:
    result = run(name, seed)
    wanted = [vote["resource"] for vote in result["votes"] if vote["verb"]]

    assert wanted.count(broken(result)) > len(wanted) / 2
    assert result["world"]["resources"][broken(result)]["alias_weighted"]


@pytest.mark.parametrize(("name", "seed"), cases(("wrong-fix",), set()))
def test_the_misleading_change_is_the_release_just_before(name: str, seed: int) -> None:
    result = run(name, seed)
    release = result["changes"][-2]

    assert result["action"]["resource"] == release["resource"]
    assert change_of(result, release["resource"]).id in cited(result, result["action"]["id"])


@pytest.mark.parametrize(("name", "seed"), cases(("false-alarm",), {("false-alarm", 7)}))
def test_no_seat_votes_for_an_action_on_a_healthy_shop(name: str, seed: int) -> None:
    result = run(name, seed)

    assert {vote["action"] for vote in result["votes"]} <= {None, HEALTHY}
    assert cited(result, HEALTHY)
