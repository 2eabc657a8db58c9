"""Policy rules: feasible and safe candidates, and the smallest one that addresses the symptom.

A score card in log-odds, one line per rule. Feasibility is not scored: a candidate that is not
possible, or not reversible, is excluded.
"""

from math import exp
from typing import Final

from functions.resolution.symptoms import Symptoms, symptoms
from quorum.domain.call_graph import addressed_failures, callees, witnesses
from quorum.domain.catalogue import verb
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.change_windows import Span, change_span

ONSETS: Final = 2
"""Alarm periods around the onset that count as at the onset."""
START: Final = -1.1
POINTS: Final = {
    "reverts the latest change": 0.7,
    "the change coincides with the onset": 2.2,
    "the resource is throttled": 0.8,
    "its symptom is not visible": -4.0,
    "a dependency fails too": -3.0,
    "low risk": 0.2,
    "high risk": -1.0,
}
"""Fitted to simulated incidents (`tests/calibration.py`) and rounded; the risks are estimated."""


def policy_rules(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return the probability of every feasible candidate by the score card."""
    seen = symptoms(bundle)
    odds, rules = {}, {}
    for candidate in bundle.candidates:
        if infeasible(bundle, candidate) is None:
            rules[candidate.id] = matching_rules(bundle, candidate, seen)
            odds[candidate.id] = exp(START + sum(POINTS[rule] for rule in rules[candidate.id]))
    total = 1 + sum(odds.values())
    best = max(odds, key=lambda i: (odds[i], i), default=None)
    return Opinion(
        probabilities={i: o / total for i, o in odds.items()},
        none=1 / total,
        reason=", ".join(rules[best]) if best else "no candidate is feasible",
        cites=next((c.cites for c in bundle.candidates if c.id == best), ()),
    )


def infeasible(bundle: Bundle, candidate: Candidate) -> str | None:
    """Return the reason to exclude the candidate regardless of its score, or None."""
    if not verb(candidate.verb).reversible:
        return "it cannot be undone"
    states = {state.resource: state.settings for state in bundle.states}
    settings = states.get(candidate.resource, {})
    if any(settings.get(name) != value for name, value in candidate.observed.items()):
        return "the resource is not as the candidate assumes"
    return None


def matching_rules(bundle: Bundle, candidate: Candidate, seen: Symptoms) -> list[str]:
    """Return the names of the rules that hold for the candidate."""
    rules = [f"{verb(candidate.verb).risk} risk"]
    spans = {c.id: dated(bundle, c) for c in bundle.changes}
    cited = [spans[i] for i in candidate.cites if i in spans]
    newest = max((span.last for span in spans.values()), default=0.0)
    rules += ["of the newest change"] if any(s.last == newest for s in cited) else []
    near = ONSETS * bundle.alarms[0].period_seconds
    return span.first - near <= bundle.onset <= span.last + near
