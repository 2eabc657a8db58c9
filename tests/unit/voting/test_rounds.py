"""Rounds together: at most one effect at a time, at most three, and a person after the first.

For each rule there is an exploration without it, and the shortest course in which that goes wrong.
The number of a fence, which keeps concurrent attempts apart, is in `test_retries`.
"""

import inspect
import sys
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest

from functions.approval.approvals import Approvals
from functions.approval.granting import GrantCollector
from functions.consensus import routing
from functions.executor import act, approval_check, authority, guards, succession
from quorum.domain.executions import Execution
from quorum.domain.incident_records import Verdict
from tests.unit.voting.rounds import WEAK, Courses, Look, Space, explore

LOOKS: Final = (Look("3"), Look("3", WEAK), Look("2"), Look("2", honest=True))
FEW: Final = (Look("3"), Look("2", WEAK))
ENDS: Final[tuple[Verdict, ...]] = ("failed", "partial")
IN_ORDER: Final = Space(Look("3"), FEW[1:], ("partial",), 4, in_order=True)


@pytest.mark.parametrize("first", LOOKS[:2])
def test_two_rounds_keep_every_promise(first: Look) -> None:
    found = explore(Space(first, LOOKS, ENDS, 2))

    assert not found.problem, shown(found)
    assert found.most_effects == 2
    assert found.states > 100


@pytest.mark.slow
def test_three_rounds_keep_every_promise() -> None:
    found = explore(Space(FEW[1], FEW, ENDS, 3))

    assert not found.problem, shown(found)
    assert found.most_effects == 3
    assert found.states > 300


@pytest.mark.slow
@pytest.mark.parametrize("first", LOOKS[:2])
def test_three_rounds_of_all_looks_keep_every_promise(first: Look) -> None:
    found = explore(Space(first, LOOKS, ENDS, 3))

    assert not found.problem, shown(found)


def test_fourth_round_has_no_fourth_effect() -> None:
    found = explore(IN_ORDER)

    assert not found.problem, shown(found)
    assert found.most_effects == 3


class Edit(NamedTuple):
    """A change of a function's source."""

    function: Callable[..., Any]
    old: str
    new: str


class Rule(NamedTuple):
    """A rule, the source without it, and the problem that it prevents."""

    edits: tuple[Edit, ...]
    problem: str
    space: Space = Space(FEW[0], FEW, ENDS, 3)


RULES: Final = {
    "one action at a time": Rule(
        (
            Edit(
                succession.next_number,
                "ended_at = end_of(deps, newest)",
                "ended_at = end_of(deps, newest) or 0.0",
            ),
        ),
        "two effects at a time",
    ),
    "at most three": Rule(
        (Edit(succession.next_number, "len(pairs) >= MOST_ACTIONS", "not pairs"),),
        "more than three effects",
        IN_ORDER,
    ),
    "a person after the first": Rule(
        (
            Edit(
                guards.check_guards,
                "for guard in guards if",
                'for guard in guards if guard.name != "second_action" and',
            ),
        ),
        "an autonomous effect after another one",
    ),
    "no action again": Rule(
        (Edit(succession.next_number, "if any(", "if not pairs and any("),),
        "an action again that was undone",
    ),
    "evidence after the last end": Rule(
        (
            Edit(
                succession.next_number,
                "warrant.bundle.taken_at.timestamp() < ended_at",
                "not pairs",
            ),
        ),
        "an effect on evidence from before the last end",
    ),
    "the newest decision": Rule(
        (Edit(authority.authorise, "require_newest(deps, incident, command.round)", "pass"),),
        "a former round acts by itself",
    ),
    "a grant of the newest decision": Rule(
        (
            Edit(Approvals._answer, "and self.records.is_decided(", "and not self.records and ("),
            Edit(GrantCollector.grant, "approval_id(decision) != approval.approval_id", "False"),
        ),
        "a grant after a newer decision",
        Space(FEW[1], FEW, ENDS, 3),
    ),
    "a grant of its own round": Rule(
        (
            Edit(
                approval_check.granted_approval,
                "approval is None or wanted_id != approval_id(decision)",
                "approval is None",
            ),
            Edit(approval_check._granting_person, "not grant.binds(decision, candidate)", "False"),
        ),
        "a grant of another round",
        Space(Look("3", WEAK), [Look("3", WEAK)], ENDS, 3),
    ),
    "consensus asks after an action": Rule(
        (Edit(routing._doubts, "(bundle.tried, ", "(False, "),),
        "consensus executes after an action that the evidence lists",
        Space(FEW[0], [Look("2", honest=True)], ENDS, 3),
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_rounds_go_wrong_without_the_rule(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = RULES[name]
    for edit in rule.edits:
        rewrite(monkeypatch, edit)
    monkeypatch.setattr(act, "Execution", Execution.model_construct)
    found = explore(rule.space)

    print(f"without “{name}”: {shown(found)}")
    assert found.problem == rule.problem


def rewrite(patch: pytest.MonkeyPatch, edit: Edit) -> None:
    """Replace the function by one of the changed source."""
    function, module = edit.function, sys.modules[edit.function.__module__]
    source = inspect.cleandoc("\n" + inspect.getsource(function))
    assert source.count(edit.old) == 1, edit
    found: dict[str, Any] = {}
    exec(source.replace(edit.old, edit.new), vars(module), found)  # noqa: S102 - the product's own
    name, (*path, _) = function.__name__, function.__qualname__.split(".")
    owners = [getattr(module, path[0])] if path else list(sys.modules.values())
    for owner in owners:
        if vars(owner).get(name) is function:
            patch.setattr(owner, name, found[name])


def shown(found: Courses) -> str:
    """Return the problem and the course that leads to it."""
    return "\n  ".join([found.problem or "no problem", *map(str, found.trace)])
