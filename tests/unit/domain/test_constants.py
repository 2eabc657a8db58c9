"""The canonical constants have the design's values and one definition."""

import ast
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest

from functions.learning import reputation
from quorum.domain import constants, grants, signed

ROOT: Final = Path(__file__).parents[3]
HOME: Final = Path(constants.__file__)
DEFINED: Final = {name for name in vars(constants) if name.isupper()}


def test_constants_are_the_designs() -> None:
    assert {
        "detection": Fraction(2, 10),
        "diagnosis": Fraction(4, 10),
        "prediction": Fraction(3, 10),
        "resolution": Fraction(1, 10),
    } == constants.ROLE_WEIGHTS
    assert Fraction(7, 10) == constants.AUTONOMOUS_THRESHOLD
    assert Fraction(15, 100) == constants.PROPOSAL_SHARE
    assert constants.ESCALATION_LEVEL == "senior_sre"
    breaker = (
        constants.BREAKER_FAILURES,
        constants.BREAKER_COOLDOWN_SECONDS,
        constants.BREAKER_SUCCESSES,
    )
    assert breaker == (5, 30, 2)
    assert constants.CALL_TIMEOUT_SECONDS == 30
    assert constants.ROLE_TIMES == {
        "detection": (30, 60),
        "diagnosis": (120, 180),
        "prediction": (90, 150),
        "resolution": (180, 300),
        "communication": (10, 30),
    }
    assert constants.CHANNEL_RATES == {"slack": (1, 1), "pagerduty": (2, 60), "email": (10, 1)}


def test_penalties_and_floor_are_the_designs() -> None:
    assert constants.CONFIDENCE_PENALTIES_BP == {
        "logs": 2000,
        "metrics": 1500,
        "traces": 1000,
        "stale": 500,
        "other": 1000,
    }
    assert (constants.PARTIAL_DATA_START_BP, constants.PARTIAL_DATA_FLOOR_BP) == (8000, 6000)
    assert constants.CONNECTION_POOLS == {"datadog": 20, "pagerduty": 10, "aws": 50}
    assert constants.TARGET_UTILISATION_PERCENT == 70
    assert constants.SCALE_OUT == {
        "cascade_failure": ("resolution", 5),
        "ddos": ("resolution", 5),
        "database_slowdown": ("diagnosis", 3),
    }


def test_limits_of_votes_effects_and_storms_are_the_designs() -> None:
    """Tests may count in these: a change is noticed here."""
    assert (constants.VOTE_LIFETIME_SECONDS, constants.CLOCK_SKEW_SECONDS) == (900, 5)
    assert constants.EFFECTS_PER_HOUR == 3
    assert (constants.STORM_INCIDENTS, constants.STORM_WINDOW_SECONDS) == (5, 600)
    assert (constants.FLAPPING_WINDOW_SECONDS, constants.RELATED_WINDOW_SECONDS) == (1800, 600)
    assert constants.UNDECIDED_AFTER_SECONDS == 300
    assert (Fraction(1, 3), 10_000) == (constants.DOMAIN_SHARE, constants.BASIS_POINTS)
    assert (signed.MAX_BYTES, signed.MAX_SIGNATURE_BYTES) == (4096, 72)
    assert (grants.APPROVER, grants.PEOPLE_FOR_HIGH_RISK) == ("approval", 2)
    assert (reputation.MIN_JUDGED, reputation.COIN_FLIP) == (20, 0.5)


def modules() -> Iterator[Path]:
    for folder in ("quorum", "functions", "stacks", "local", "benchmarks"):
        yield from (ROOT / folder).rglob("*.py")


def assigned(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_constant_is_used_and_not_defined_again(path: Path) -> None:
    if path == HOME:
        return
    tree = ast.parse(path.read_text())
    texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}

    assert not assigned(tree) & DEFINED
    assert constants.ESCALATION_LEVEL not in texts
