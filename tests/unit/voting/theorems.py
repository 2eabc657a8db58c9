"""The two rules over the reals, for any confidences and any number of seats in each role.

A role's seats together say something between nothing and the role's weight; how many they are does
not matter to the rules. So the variables are shares of weight per role: its liars' weight, what
its honest seats say for A and for B, and what its liars say to each of two counters. Every vote of
every layout is a point of this space; a theorem holds when Z3 finds no point that breaks it.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from z3 import And, ArithRef, BoolRef, Or, Real, RealVal, Solver, Sum

from quorum.domain.constants import AUTONOMOUS_THRESHOLD, ROLE_WEIGHTS

TIMEOUT_MS: Final = 20_000
Support = Mapping[str, Any]
"""By role, the weighted confidence for one action: Fractions, or reals of Z3."""


def share(value: Fraction) -> ArithRef:
    """Return the fraction as Z3 has it."""
    return RealVal(f"{value.numerator}/{value.denominator}")


WEIGHTS: Final = {role: share(weight) for role, weight in ROLE_WEIGHTS.items()}
THRESHOLD: Final = share(AUTONOMOUS_THRESHOLD)


def reaches(support: Support) -> Any:
    """Return the first rule: the threshold over the whole weight."""
    return Sum(*support.values()) >= THRESHOLD


def no_role_is_pivotal(support: Support) -> BoolRef:
    """Return the second rule: without any one role more than half of the rest is left."""
    total = Sum(*support.values())
    return And(*(2 * (total - support[role]) > 1 - weight for role, weight in WEIGHTS.items()))


def authorised(support: Support) -> BoolRef:
    """Return both rules."""
    return And(reaches(support), no_role_is_pivotal(support))


class Election:
    """Votes for A and B that two counters see; what is `possible` is asserted of all of them."""

    def __init__(self) -> None:
        self.liars = _each("liars")
        self.honest = {action: _each(f"honest_{action}") for action in "AB"}
        self.lies = {(c, a): _each(f"lies_{c}_{a}") for c in (1, 2) for a in "AB"}
        self.possible = [
            condition
            for role, weight in WEIGHTS.items()
            for condition in self._bounds(role, weight)
        ]

    def _bounds(self, role: str, weight: ArithRef) -> list[Any]:
        parts = [*self.honest.values(), *self.lies.values(), self.liars]
        honest = Sum(*(said[role] for said in self.honest.values()))
        return [
            *(part[role] >= 0 for part in parts),
            self.liars[role] + honest <= weight,
            *(
                self.lies[c, "A"][role] + self.lies[c, "B"][role] <= self.liars[role]
                for c in (1, 2)
            ),
        ]

    def support(self, action: str, counter: int = 1) -> dict[str, Any]:
        """Return what this counter sees for the action."""
        honest, lies = self.honest[action], self.lies[counter, action]
        return {role: honest[role] + lies[role] for role in WEIGHTS}

    def liars_weigh(self) -> Any:
        """Return the weight of all liars."""
        return Sum(*self.liars.values())

    def liars_are_in_one_role(self) -> BoolRef:
        """Return that all liars are in one role, of which they may be the whole."""
        alone = (And(*(w == 0 for r, w in self.liars.items() if r != role)) for role in WEIGHTS)
        return Or(*alone)

    def honest_majority(self, action: str) -> Any:
        """Return that honest votes for it are more than half of the honest weight."""
        return 2 * Sum(*self.honest[action].values()) > 1 - self.liars_weigh()


def example(election: Election, *conditions: Any) -> dict[str, Fraction] | None:
    """Return a possible election of which the conditions hold, or None: its parts that are not 0.

    Raises TimeoutError when Z3 finds no answer in time.
    """
    solver = Solver()
    solver.set("timeout", TIMEOUT_MS)
    solver.add(*election.possible, *conditions)
    verdict = str(solver.check())
    if verdict == "unknown":
        raise TimeoutError(solver.reason_unknown())
    if verdict == "unsat":
        return None
    model = solver.model()
    values = {str(part): model[part].as_fraction() for part in model.decls()}
    return {name: value for name, value in values.items() if value}


def _each(name: str) -> dict[str, ArithRef]:
    return {role: Real(f"{name}_{role}") for role in WEIGHTS}
