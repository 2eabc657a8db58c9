"""Contents of events of every type, without the fields that all events have."""

from typing import Any, Final

from hypothesis import strategies as st

from quorum.domain.base import OutsiderText
from tests.builders.alarms import alarm
from tests.builders.candidates import ROLLBACK
from tests.fakes.clock import START

ACTION: Final = ROLLBACK.id
ALARM: Final = alarm()
_DECISION: Final[dict[str, Any]] = {
    "round": 1,
    "evidence": "e" * 64,
    "action": ACTION,
    "ranking": ((ACTION, 7000),),
    "votes": (),
    "silent": (),
    "reason": "quorum",
    "level": None,
}
_CHECK: Final[dict[str, Any]] = {
    "alarm_state": "OK",
    "requests": 10.5,
    "errors": 0,
    "compared_requests": 11,
    "seconds": 60,
    "reason": "seen",
}
_TIMING: Final = {"role": "detection", "seconds": 31.5, "target": 30, "maximum": 60}
_EFFECT: Final = {"action": ACTION, "request_id": "r"}

_SAID: Final = {"by": {"outsider": "ada"}, "via": "console", "reason": {"outsider": "mine"}}
FIXED: Final[dict[str, dict[str, Any]]] = {
    "IncidentTakenOver": _SAID,
    "UndoRequested": _SAID,
    "AlarmJoined": {"alarm": ALARM},
    "AlarmRecovered": {"alarm_name": ALARM.name, "recovered_at": START},
    "EvidenceFrozen": {
        "round": 1,
        "evidence": "e" * 64,
        "key": "bundles/e.json",
        "sources": (),
        "candidates": (ROLLBACK,),
    },
    "RoleOverran": {"timing": _TIMING},
    "ApprovalRefused": {
        "approval_id": "q",
        "by": {"outsider": "eve"},
        "via": "slack",
        "why": "unauthorised",
        "reason": "not known",
    },
    "SeatStruck": {"seat": "diagnosis-change", "round": 1, "proof": ("one", "other")},
    "ApprovalGiven": {
        "approval_id": "q",
        "by": OutsiderText.of("ann"),
        "via": "cli",
        "action": ACTION,
        "missing": 1,
    },
    "ApprovalRequested": {
        "approval_id": "q",
        "action": ACTION,
        "reason": "below the threshold",
        "level": "senior_sre",
        "expires_at": START,
    },
    "InverseCaptured": {
        "action": ACTION,
        "candidate": ROLLBACK,
        "captured": {"version": "4"},
        "approval_id": None,
    },
    "ActionTaken": {**_EFFECT, "written": {"version": "3"}},
    "ActionRefused": {"action": ACTION, "guard": "storm", "reason": "five", "person_may": True},
    "ActionUndone": {**_EFFECT, "restored": {"version": "4"}},
    "UndoRefused": {"action": ACTION, "reason": "another caller changed it"},
    "IncidentForgotten": {
        "by": OutsiderText.of("sam"),
        "via": "cli",
        "reason": OutsiderText.of("a drill"),
    },
    "PostMortemWritten": {"key": "k", "content": "c" * 64, "cost_microdollars": 1000},
}
"""Events whose fields change nothing in the fold."""


_MESSAGE: Final = st.sampled_from(["opened", "decision", "escalated"])
DRAWN: Final[dict[str, st.SearchStrategy[dict[str, Any]]]] = {
    "DecisionMade": st.fixed_dictionaries(
        {
            "route": st.sampled_from(["execute", "approve", "dismiss", "escalate"]),
            "score_bp": st.integers(0, 10_000),
        }
    ).map(lambda drawn: {**_DECISION, **drawn}),
    "ApprovalAnswered": st.fixed_dictionaries(
        {
            "approval_id": st.just("q"),
            "answer": st.sampled_from(["granted", "denied", "expired"]),
        }
    ),
    "RecoveryChecked": st.sampled_from(["recovered", "failed", "unverified"]).map(
        lambda verdict: {**_CHECK, "verdict": verdict}
    ),
    "IncidentClosed": st.sampled_from(
        ["resolved", "dismissed", "escalated", "undone", "unverified"]
    ).map(lambda outcome: {"outcome": outcome, "reason": "done"}),
    "MessageSent": _MESSAGE.map(
        lambda kind: {"message": kind, "channel": "email", "reference": "m"}
    ),
    "MessageFailed": _MESSAGE.map(
        lambda kind: {"message": kind, "channel": "email", "reason": "down"}
    ),
    "WatchdogBarked": st.sampled_from(["undecided", "execution_failed"]).map(
        lambda finding: {"finding": finding}
    ),
}
"""Events whose fields the fold reads."""
OPENED: Final[dict[str, Any]] = {"type": "IncidentOpened", "alarm": ALARM, "flapping": False}
