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
        reason=", ".join(rules[best]) if best else "no feasible candidate",
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
    symptom = addressed_failures(candidate)
    places = {*witnesses(bundle, candidate.resource, seen.seen)}
    showing = seen.throttles if symptom == "throttles" else seen.errors
    visible = showing | seen.saturated if symptom == "errors" else showing
    below = {callee for place in places for callee in callees(bundle, place)}
    spans = {change.id: change_span(bundle, change) for change in bundle.changes}
    latest = max((span.last for span in spans.values()), default=0.0)
    cited = [spans[change] for change in candidate.cites if change in spans]
    holds = {
        f"{verb(candidate.verb).risk} risk": True,
        "reverts the latest change": any(span.last == latest for span in cited),
        "the change coincides with the onset": any(_at_onset(bundle, span) for span in cited),
        "its symptom is not visible": not visible & {*places, candidate.resource},
        "the resource is throttled": candidate.resource in showing & seen.throttles,
        "a dependency fails too": symptom == "errors" and bool(below & seen.any),
    }
    return [rule for rule, held in holds.items() if held and rule in POINTS]


def _at_onset(bundle: Bundle, span: Span) -> bool:
    near = ONSETS * bundle.alarms[0].period_seconds
    return span.first - near <= bundle.onset <= span.last + near
