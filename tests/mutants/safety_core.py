"""The modules that prevent an unauthorised effect, and the tests of each.

Where one file is about the module it stands first: the sooner a mutant is killed.
"""

from typing import Final

_UNIT: Final = "tests/unit"
_EXECUTOR: Final = ("tests/unit/executor",)
_APPROVAL: Final = ("tests/unit/approval",)
_CONSENSUS: Final = ("tests/unit/consensus",)
_INTAKE: Final = ("tests/unit/intake",)
_DOMAIN: Final = f"{_UNIT}/domain"

SAFETY_CORE: Final[dict[str, tuple[str, ...]]] = {
    "quorum/domain/votes.py": (
        f"{_DOMAIN}/test_choose.py",
        f"{_DOMAIN}/test_constants.py",
        f"{_DOMAIN}/test_quorum.py",
        f"{_DOMAIN}/test_tally.py",
        f"{_DOMAIN}/test_envelopes.py",
    ),
    "quorum/domain/ballot_validation.py": (f"{_DOMAIN}/test_envelopes.py", *_CONSENSUS),
    "functions/consensus/admission.py": (f"{_UNIT}/consensus/test_admission.py", *_CONSENSUS),
    "functions/consensus/decide.py": _CONSENSUS,
    "functions/executor/authority.py": _EXECUTOR,
    "functions/executor/certificate.py": _EXECUTOR,
    "functions/executor/guards.py": (f"{_UNIT}/executor/test_guards.py", *_EXECUTOR),
    "functions/executor/checks.py": _EXECUTOR,
    "functions/executor/act.py": _EXECUTOR,
    "functions/executor/undo.py": _EXECUTOR,
    "functions/executor/round_decision.py": _EXECUTOR,
    "functions/executor/ledger.py": _EXECUTOR,
    "functions/executor/target_binding.py": _EXECUTOR,
    "functions/executor/approval_check.py": _EXECUTOR,
    "functions/executor/track_record.py": (
        f"{_UNIT}/executor/test_track_record.py",
        f"{_UNIT}/executor/test_track_record_bounds.py",
        *_EXECUTOR,
    ),
    "functions/approval/approvals.py": _APPROVAL,
    "functions/approval/granting.py": _APPROVAL,
    "functions/slack/webhook.py": ("tests/unit/slack",),
    "quorum/domain/slack_signature.py": ("tests/unit/slack",),
    "functions/api/callers.py": ("tests/unit/api/test_callers.py",),
    "functions/intake/gate.py": _INTAKE,
    "functions/intake/correlation.py": _INTAKE,
    "functions/verification/judgement.py": ("tests/unit/verification",),
    "functions/verification/traffic.py": (
        "tests/unit/verification/test_traffic.py",
        "tests/unit/verification",
    ),
    "functions/verification/request_counts.py": (
        "tests/unit/verification/test_traffic.py",
        "tests/unit/verification",
    ),
    "functions/verification/alarmed_metric.py": (
        "tests/unit/verification/test_alarmed_metric.py",
        "tests/unit/verification",
    ),
    "quorum/domain/alarm_threshold.py": ("tests/unit/domain/test_alarm_threshold.py",),
    "functions/evidence/windows.py": (
        "tests/unit/evidence/test_onset.py",
        "tests/unit/evidence/test_windows.py",
    ),
}
