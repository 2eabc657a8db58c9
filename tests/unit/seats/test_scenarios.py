"""The ten seats together on simulated incidents: what the quorum would do, without models."""

from collections import Counter
from functools import cache
from statistics import fmean

import pytest

from quorum.domain.evidence import Bundle
from quorum.domain.votes import HEALTHY, Choice
from tests.calibration import judge, stories
from tests.seat_table import METHODS, counted, kind, votes
from tests.simulation.scenarios import SCENARIOS, bad_parameter, bad_release, healthy
from tests.simulation.story import Story

SEEDS = range(20)
CLEAR = ("bad-release", "throttled-function", "bad-parameter", "partial-canary")
UNCLEAR = ("ambiguous", "two-faults", "unexplained", "throttled-table", "false-alarm")
Case = tuple[Story, Bundle, dict[str, Choice]]


@cache
def case(scenario: str, seed: int) -> Case:
    story = SCENARIOS[scenario](seed)
    bundle = story.bundle()
    return story, bundle, votes(bundle)


def best(found: Case) -> tuple[float, str]:
    """Return the highest score of an action, and what the action is worth."""
    story, bundle, choices = found
    ranking = [score for score in counted(choices).ranking if score.action != HEALTHY]
    if not ranking:
        return 0.0, "abstains"
    return float(ranking[0].share), kind(story, bundle, ranking[0].action)


@pytest.mark.parametrize("scenario", CLEAR)
def test_a_clear_fault_is_found_by_nearly_all_seats(scenario: str) -> None:
    cases = [case(scenario, seed) for seed in SEEDS]
    assert all(best(found)[1] == "cure" for found in cases)
    assert fmean(best(found)[0] for found in cases) >= 0.65
    agreeing = [
        sum(kind(story, bundle, choice.action) == "cure" for choice in choices.values())
        for story, bundle, choices in cases
    ]
    assert fmean(agreeing) >= 8
    assert sum(counted(found[2]).action is not None for found in cases) >= 6, "some act alone"


@pytest.mark.parametrize("scenario", UNCLEAR)
def test_ambiguous_fault_needs_a_person(scenario: str) -> None:
    for seed in SEEDS:
        assert counted(case(scenario, seed)[2]).action is None


def test_coincidence_misleads_seats_and_rarely_acts_autonomously() -> None:
    outcomes = Counter(best(case("wrong-fix", seed))[1] for seed in SEEDS)
    assert outcomes["wrong"] == len(SEEDS), "the deployment just before is the best guess"
    acted = sum(counted(case("wrong-fix", seed)[2]).action is not None for seed in SEEDS)
    assert acted <= len(SEEDS) // 3


def test_healthy_shop_is_dismissed_and_no_seat_votes_for_an_action() -> None:
    for seed in SEEDS:
        choices = case("false-alarm", seed)[2]
        wanted = {name: choice.action for name, choice in choices.items() if choice.action}
        assert wanted == {"detection-statistical": HEALTHY, "detection-signature": HEALTHY}


def test_either_cause_of_ambiguous_alone_is_decided_differently() -> None:
    for seed in range(5):
        release, parameter = bad_release(seed), bad_parameter(seed)
        ranked = [
            counted(votes(story.bundle())).ranking[0].action for story in (release, parameter)
        ]
        assert [action.partition(":")[0] for action in ranked] == [
            "lambda.rollback_alias",
            "ssm.restore_parameter",
        ]


def without(bundle: Bundle, story: Story, what: str) -> Bundle:
    _, culprit = story.cures[0]
    match what:
        case "change":
            return bundle.model_copy(
                update={"changes": tuple(c for c in bundle.changes if c.resource != culprit)}
            )
        case "versions":
            return bundle.model_copy(
                update={"series": tuple(s for s in bundle.series if s.version is None)}
            )
        case "errors":
            return bundle.model_copy(
                update={"series": tuple(s for s in bundle.series if s.measure != "errors")}
            )
        case "edges":
            return bundle.model_copy(update={"edges": ()})
        case _:
            return bundle.model_copy(update={"templates": ()})


@pytest.mark.parametrize("what", ["change", "versions", "errors", "edges", "logs"])
def test_without_decisive_evidence_the_confidence_is_lower(what: str) -> None:
    whole: list[float] = []
    partial: list[float] = []
    for seed in range(10):
        story, bundle, choices = case("bad-release", seed)
        action = next(c.id for c in bundle.candidates if (c.verb, c.resource) == story.cures[0])
        for found, given in ((whole, choices), (partial, votes(without(bundle, story, what)))):
            scores = dict(counted(given).ranking)
            found.append(float(scores.get(action, 0)))
    assert fmean(partial) < fmean(whole) - 0.02


def test_two_plausible_causes_split_the_support() -> None:
    split = fmean(best(case("ambiguous", seed))[0] for seed in SEEDS)
    clear = fmean(best(case("bad-parameter", seed))[0] for seed in SEEDS)
    assert split < clear / 2


@pytest.mark.parametrize("method", METHODS)
def test_tier_confidence_exceeds_accuracy_by_at_most_a_tenth(method: str) -> None:
    answers = [
        judged
        for name, story in stories(160)
        if (judged := judge(method, name, story, bundle_of(name, story))) is not None
    ]
    voted = [answer for answer in answers if answer.confidence is not None]
    if len(voted) >= 30:
        promised = fmean(answer.confidence or 0.0 for answer in voted)
        assert promised <= fmean(answer.right for answer in voted) + 0.1


_BUNDLES: dict[tuple[str, float], Bundle] = {}


def bundle_of(name: str, story: Story) -> Bundle:
    """Return the story's bundle, simulated once for all methods."""
    key = (name, story.world.strike)
    if key not in _BUNDLES:
        _BUNDLES[key] = story.bundle()
    return _BUNDLES[key]


def test_scenario_is_the_same_for_the_same_seed() -> None:
    assert healthy(3).bundle() == healthy(3).bundle()
    assert healthy(3).bundle() != healthy(4).bundle()
