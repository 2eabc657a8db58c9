"""Forged events: appended at the head of the log, or put in the place of true ones."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, get_args

from quorum.domain.events import IncidentEvent
from quorum.domain.evidence import Candidate
from tests.attacks.primitive import Primitive
from tests.attacks.view import Call, View
from tests.builders.event_contents import FIXED

Fields = dict[str, Any] | None
"""The fields of an event; None while it cannot be made."""
KINDS: Final = tuple(
    kind.model_fields["type"].default for kind in get_args(get_args(IncidentEvent)[0])
)
SAID: Final = {"by": {"outsider": "eve"}, "via": "console", "reason": {"outsider": "mine"}}


def _frozen(view: View, **fields: Any) -> dict[str, Any]:
    truth = view.truth
    raw = {
        "round": 1,
        "evidence": "e" * 64,
        "key": f"bundles/{'e' * 64}.json",
        "sources": [s.model_dump(mode="json") for s in truth.sources],
        "candidates": [c.model_dump(mode="json") for c in truth.candidates],
    }
    mine = view.newest("EvidenceFrozen")
    return {**raw, **({} if mine is None else _content(mine)), **fields}


def _content(fact: Any) -> dict[str, Any]:
    header = {"schema_version", "incident_id", "version", "event_id", "occurred_at", "previous"}
    return {n: v for n, v in fact.model_dump(mode="json").items() if n not in {*header, "type"}}


def _old(kind: str, **fields: Any) -> Callable[[View], Fields]:
    """Return the fields of the old incident's event of this type."""

    def said(view: View) -> Fields:
        fact = view.newest(kind, view.old)
        return None if fact is None else {**_content(fact), **fields}

    return said


def _captured(of: Callable[[View], Candidate], *, own: bool = True) -> Callable[[View], Fields]:
    """Return an inverse of another candidate, under the action's own id or under its own."""

    def said(view: View) -> Fields:
        candidate = of(view)
        return {
            "action": view.wanted.id if own else candidate.id,
            "candidate": candidate.model_dump(mode="json"),
            "captured": {"target": "what the intruder wants"},
            "approval_id": None,
        }

    return said


def _decided(of: Callable[[View], Candidate], route: str = "execute") -> Callable[[View], Fields]:
    """Return a decision for the candidate, with the votes that were really cast."""

    def said(view: View) -> Fields:
        mine = view.newest("DecisionMade") or view.newest("DecisionMade", view.old)
        frozen = view.newest("EvidenceFrozen")
        if mine is None or frozen is None:
            return None
        evidence = {"evidence": frozen.evidence, "round": frozen.round}
        return {**_content(mine), **evidence, "action": of(view).id, "route": route}

    return said


def _checked(verdict: str) -> Callable[[View], Fields]:
    return lambda _: {
        "verdict": verdict,
        "alarm_state": "ALARM",
        "requests": 9.0,
        "errors": 9.0,
        "compared_requests": 9.0,
        "seconds": 60.0,
        "reason": "said so",
    }


def _asked(view: View) -> Fields:
    asked = view.newest("ApprovalRequested")
    return None if asked is None else {"approval_id": asked.approval_id, "by": {"outsider": "eve"}}


APPENDED: Final[Mapping[str, tuple[str, Callable[[View], Fields]]]] = {
    "evidence: the old incident's": ("EvidenceFrozen", _old("EvidenceFrozen")),
    "evidence: the old incident's, as round 2": ("EvidenceFrozen", _old("EvidenceFrozen", round=2)),
    "evidence: another candidate as well": (
        "EvidenceFrozen",
        lambda v: _frozen(v, candidates=[v.strange.model_dump(mode="json")]),
    ),
    "evidence: nothing observed, no gaps": (
        "EvidenceFrozen",
        lambda v: _frozen(
            v,
            second_fault=False,
            sources=[],
            candidates=[{**c.model_dump(mode="json"), "observed": {}} for c in v.truth.candidates],
        ),
    ),
    "inverse: of another candidate": ("InverseCaptured", _captured(lambda v: v.other)),
    "inverse: of a strange action": ("InverseCaptured", _captured(lambda v: v.strange)),
    "inverse: of a strange action, openly": (
        "InverseCaptured",
        _captured(lambda v: v.strange, own=False),
    ),
    "inverse: of other settings": ("InverseCaptured", _captured(lambda v: v.wanted)),
    "taken: the wanted action": (
        "ActionTaken",
        lambda v: {"action": v.wanted.id, "written": {}, "request_id": "r"},
    ),
    "taken: a strange action": (
        "ActionTaken",
        lambda v: {"action": v.strange.id, "written": {}, "request_id": "r"},
    ),
    "decision: the old incident's": ("DecisionMade", _old("DecisionMade")),
    "decision: for another candidate": ("DecisionMade", _decided(lambda v: v.other)),
    "decision: execute": ("DecisionMade", _decided(lambda v: v.wanted)),
    "decision: dismiss": ("DecisionMade", _decided(lambda v: v.wanted, route="dismiss")),
    "checked: failed": ("RecoveryChecked", _checked("failed")),
    "checked: recovered": ("RecoveryChecked", _checked("recovered")),
    "checked: unverified": ("RecoveryChecked", _checked("unverified")),
    "closed: resolved": ("IncidentClosed", lambda _: {"outcome": "resolved", "reason": "r"}),
    "closed: escalated": ("IncidentClosed", lambda _: {"outcome": "escalated", "reason": "r"}),
    "answered: granted": (
        "ApprovalAnswered",
        lambda v: (said := _asked(v)) and {**said, "answer": "granted", "action": v.wanted.id},
    ),
    "sent: escalated": (
        "MessageSent",
        lambda _: {"message": "escalated", "channel": "email", "reference": "m"},
    ),
    "sent: opened": (
        "MessageSent",
        lambda _: {"message": "opened", "channel": "email", "reference": "m"},
    ),
    "failed: escalated": (
        "MessageFailed",
        lambda _: {"message": "escalated", "channel": "email", "reason": "down"},
    ),
    "refused: a person may": (
        "ActionRefused",
        lambda v: {"action": v.wanted.id, "guard": "storm", "reason": "r", "person_may": True},
    ),
    "barked": ("WatchdogBarked", lambda _: {"finding": "execution_failed"}),
}
"""Events that an intruder would forge to cause an effect or to prevent an alert."""


def _plain(kind: str) -> Callable[[View], Fields]:
    def said(view: View) -> Fields:
        fields = dict(FIXED[kind])
        if "action" in fields and kind != "ApprovalGiven":
            fields["action"] = view.wanted.id
        return fields

    return said


def _never(kind: str) -> Callable[[View], list[Call]]:
    """Return putting something else in the event's place."""
    other = {"type": "MessageFailed", "message": "opened", "channel": "email", "reason": "r"}
    return lambda view: view.rewritten(kind, **other)


REWRITTEN: Final[Mapping[str, Callable[[View], list[Call]]]] = {
    "opening: no flapping, no storm": lambda v: v.rewritten(
        "IncidentOpened", flapping=False, storm=False
    ),
    "opening: of the old alarm": lambda v: v.rewritten(
        "IncidentOpened", alarm=v.world.old_bundle.alarms[0].model_dump(mode="json")
    ),
    "evidence: the old incident's": lambda v: _rewrite(v, "EvidenceFrozen", _old("EvidenceFrozen")),
    "evidence: a strange candidate": lambda v: v.rewritten(
        "EvidenceFrozen", candidates=[v.strange.model_dump(mode="json")]
    ),
    "decision: for another candidate": lambda v: v.rewritten(
        "DecisionMade", action=v.other.id, route="execute"
    ),
    "decision: execute": lambda v: v.rewritten("DecisionMade", route="execute", level=None),
    "inverse: of a strange action": lambda v: v.rewritten(
        "InverseCaptured", candidate=v.strange.model_dump(mode="json"), captured={"target": "mine"}
    ),
    "taken: something else was written": lambda v: v.rewritten("ActionTaken", written={}),
    "checked: failed": lambda v: v.rewritten("RecoveryChecked", verdict="failed"),
    **{f"{kind}: never was": _never(kind) for kind in KINDS if kind != "IncidentOpened"},
}


def _rewrite(view: View, kind: str, said: Callable[[View], Fields]) -> list[Call]:
    fields = said(view)
    return view.rewritten(kind, **fields) if fields else []


def _append(kind: str, said: Callable[[View], Fields]) -> Callable[[View], list[Call]]:
    def calls(view: View) -> list[Call]:
        fields = said(view)
        return view.appended(kind, fields) if fields else []

    return calls


def forged_facts() -> Iterator[Primitive]:
    """Yield forged and rewritten events of every type."""
    for name, (kind, said) in APPENDED.items():
        yield Primitive(f"append {name}", _append(kind, said))
    for kind in KINDS:
        if kind in FIXED:
            yield Primitive(f"append {kind}", _append(kind, _plain(kind)))
    for name, calls in REWRITTEN.items():
        yield Primitive(f"rewrite {name}", calls)
