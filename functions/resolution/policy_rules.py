"""Rules: what is feasible and safe here, and which of that is the smallest that addresses it.

A score card in log-odds, one line per rule. Feasibility is not scored: what cannot be done, or
cannot be undone, is out.
"""

from math import exp
from typing import Final

from functions.resolution.symptoms import Symptoms, symptoms
from quorum.domain.call_graph import addressed_failures, callees, witnesses
from quorum.domain.catalogue import verb
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.change_windows import change_span

ONSETS: Final = 2
"""Alarm periods around the onset that count as at the onset."""
START: Final = -1.1
POINTS: Final = {
    "of the newest change": 0.7,
    "of a change at the onset": 2.2,
    "throttles show": 0.8,
    "its symptom does not show": -4.0,
    "somebody below fails too": -3.0,
    "low risk": 0.2,
    "high risk": -1.0,
}
"""Fitted to simulated incidents (`tests/calibration.py`) and rounded; risks are judgement."""


def policy_rules(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return the probability of every feasible candidate by the score card."""
    seen = symptoms(bundle)
    odds, why = {}, {}
    for candidate in bundle.candidates:
        if refusal(bundle, candidate) is None:
            why[candidate.id] = held(bundle, candidate, seen)
            odds[candidate.id] = exp(START + sum(POINTS[rule] for rule in why[candidate.id]))
    whole = 1 + sum(odds.values())
    best = max(odds, key=lambda i: (odds[i], i), default=None)
    return Opinion(
        probabilities={i: o / whole for i, o in odds.items()},
        none=1 / whole,
        reason=", ".join(why[best]) if best else "no candidate is feasible",
        cites=next((c.cites for c in bundle.candidates if c.id == best), ()),
    )


def refusal(bundle: Bundle, candidate: Candidate) -> str | None:
    """Return why the candidate is out whatever it promises, or None."""
    if not verb(candidate.verb).reversible:
        return "it cannot be undone"
    states = {state.resource: state.settings for state in bundle.states}
    settings = states.get(candidate.resource, {})
    if any(settings.get(name) != value for name, value in candidate.observed.items()):
        return "the resource is not as the candidate assumes"
    return None


def held(bundle: Bundle, candidate: Candidate, seen: Symptoms) -> list[str]:
    """Return the rules that hold for the candidate, by name."""
    rules = [f"{verb(candidate.verb).risk} risk"]
    spans = {c.id: change_span(bundle, c) for c in bundle.changes}
    cited = [spans[i] for i in candidate.cites if i in spans]
    newest = max((span.last for span in spans.values()), default=0.0)
    rules += ["of the newest change"] if any(s.last == newest for s in cited) else []
    near = ONSETS * bundle.alarms[0].period_seconds
    at_onset = any(s.first - near <= bundle.onset <= s.last + near for s in cited)
    rules += ["of a change at the onset"] if at_onset else []
    places = witnesses(bundle, candidate.resource, seen.seen)
    showing = seen.throttles if addressed_failures(candidate) == "throttles" else seen.errors
    shows = showing & {*places, candidate.resource}
    rules += [] if shows else ["its symptom does not show"]
    rules += ["throttles show"] if candidate.resource in showing & seen.throttles else []
    below = {c for place in places for c in callees(bundle, place)}
    if addressed_failures(candidate) == "errors" and below & seen.any:
        rules.append("somebody below fails too")
    return [rule for rule in rules if rule in POINTS]
