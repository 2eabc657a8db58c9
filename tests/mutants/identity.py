"""Mutants of authentication: each check of approval's, broken once."""

from typing import Final

from tests.mutants.row import Mutant

APPROVAL: Final = "functions/approval"
DOMAIN: Final = "quorum/domain"
TOKENS: Final = "quorum/adapters/signing/jwt_tokens.py"
_APPROVAL: Final = ("tests/unit/approval",)
_KEYS: Final = ("tests/integration/adapters/test_tokens.py",)
_DOORS: Final = ("tests/unit/api/test_route_authentication.py", "tests/unit/api/test_callers.py")
_DESK: Final = ("tests/unit/slack/test_interactions.py",)
_PEOPLE: Final = ("tests/unit/domain/test_people.py",)
_SIGN_IN: Final = ("tests/integration/console/test_sign_in.py",)


def _of(file: str, tests: tuple[str, ...], *changes: tuple[str, str, str]) -> tuple[Mutant, ...]:
    return tuple(Mutant(f"proof: {name}", file, old, new, tests) for name, old, new in changes)


IDENTITY: Final[tuple[Mutant, ...]] = (
    *_of(
        f"{APPROVAL}/authentication.py",
        _APPROVAL,
        ("the role", "if not caller.person.has(ESCALATION_LEVEL):", "if False:"),
        ("the claims", "        if problem:\n            raise RefusedError(problem)\n", ""),
        (
            "the signature",
            "if problem:\n            raise RefusedError(\n                _LATE",
            "if False:\n            raise RefusedError(_LATE",
        ),
        ("the workspace", "if mismatch:", "if False:"),
        ("the button", "    if not matches:", "    if False:"),
        (
            "the button's question",
            "(press.action, press.approval_id, request.action) == button",
            "(press.action, request.action) == (button[0], button[2])",
        ),
        (
            "the button's choice",
            "(press.action, press.approval_id, request.action) == button",
            "(press.action, press.approval_id) == button[:2]",
        ),
        (
            "the press's incident",
            'return AuthenticatedCaller(person, "slack", reason, press.incident_id)',
            'return AuthenticatedCaller(person, "slack", reason)',
        ),
        (
            "the incident taken over",
            '(press.action, press.incident_id) == ("take_over", request.incident_id)',
            'press.action == "take_over"',
        ),
    ),
    *_of(
        f"{DOMAIN}/token_claims.py",
        _APPROVAL,
        ("the issuer", 'if claims.get("iss") != ours.issuer:', "if False:"),
        ("the client", 'if claims.get("aud") != ours.client:', "if False:"),
        ("the kind of token", 'if claims.get("token_use") != "id":', "if False:"),
        ("the expiry", "if until <= now:", "if until <= 0:"),
        ("the last second", "if until <= now:", "if until < now:"),
        ("the future", "if max(since, after) > now + SKEW_SECONDS else None", "if False else None"),
        ("what is no number", "and math.isfinite(value)", ""),
        ("a verified address", '== "true"', '!= ""'),
    ),
    *_of(
        f"{DOMAIN}/slack_interactions.py",
        _APPROVAL,
        ("the app", "if app.app and press.app != app.app:", "if False:"),
        ("the team", "if app.team and app.team not in press.teams:", "if False:"),
        (
            "the member's home",
            "if press.home and press.home not in our_teams(app, press.teams):",
            "if False:",
        ),
    ),
    *_of(
        f"{DOMAIN}/slack_signature.py",
        _APPROVAL,
        ("the hmac", "if not genuine or", "if"),
        ("the window", "> WINDOW_SECONDS else None", "> 1e9 else None"),
    ),
    *_of(
        f"{APPROVAL}/trusted_records.py",
        _APPROVAL,
        ("the book", "if self._is_stored(event):", "if True:"),
        ("the book's content", "**stored.decision}) == event", "**stored.decision}) is not None"),
        (
            "the round of the evidence",
            "require_round(frozen, decision.incident_id, decision.round)",
            "frozen",
        ),
        (
            "the id of the candidate",
            "if not (id_matches_parameters(candidate) or has_former_id(candidate)):",
            "if False:",
        ),
        ("the short id of before", "or has_former_id(candidate)", ""),
        ("the end", "return self.closings.find(incident_id) is not None", "return False"),
        (
            "what was done",
            "for pair in pairs if pair.is_in_force",
            "for pair in pairs if not pair.is_undone",
        ),
        ("what was undone", "if pair.is_in_force", 'if pair.act.state == "done"'),
    ),
    *_of(
        f"{APPROVAL}/approvals.py",
        _APPROVAL,
        (
            "the time that people have",
            "now + SKEW_SECONDS < approval.expires_at",
            "False",
        ),
        ("an answer in time", "self.now().timestamp() >= approval.expires_at", "False"),
        (
            "every task that waits",
            "for token in approval.waiting():",
            "for token in approval.waiting()[-1:]:",
        ),
        ("the question's incident", "incident_id not in {None, approval.incident_id}", "False"),
        ("whose answer it is", "else answered.by == person", "else True"),
    ),
    *_of(
        f"{APPROVAL}/granting.py",
        _APPROVAL,
        ("decided anew", "if approval_id(decision) != approval.approval_id:", "if False:"),
        ("two people", "if missing:", "if False:"),
        ("one grant per person", "if person in approval.people:", "if False:"),
    ),
    *_of(
        f"{APPROVAL}/interventions.py",
        _APPROVAL,
        ("who has it", "if record.by != caller.person.id:", "if False:"),
        ("taken over when closed", "and self.records.is_closed(incident_id)", "and False"),
        ("another incident's question", "if a and a.incident_id == incident_id", "if a"),
        ("an incident that is none", "if not history:", "if False:"),
    ),
    *_of(
        TOKENS,
        _KEYS,
        (
            "the signature of a token",
            "options=_SIGNATURE_ONLY",
            'options={**_SIGNATURE_ONLY, "verify_signature": False}',
        ),
        ("the algorithms", "if key.algorithm_name in ALGORITHMS and key.key_id:", "if key.key_id:"),
        ("weak keys", '"enforce_minimum_key_length": True', '"enforce_minimum_key_length": False'),
        ("the interval", "now - self._fetched_at >= REFETCH_SECONDS", "True"),
        ("https alone", 'if not issuer.startswith(("https://", LOOPBACK)):', "if False:"),
        ("no redirect", "retries=False, redirect=False", "redirect=True"),
        (
            "a key that is not known",
            "if name not in self._keys and self._may_fetch():",
            "if not self._keys and self._may_fetch():",
        ),
    ),
    *_of(
        "functions/api/routes/authenticated.py",
        _DOORS,
        ("the guard", "if CALLER not in app.context:", "if False:"),
    ),
    *_of(
        "functions/api/routes/application.py",
        _DOORS,
        ("a write without a caller", "    if caller is None:", "    if False:"),
        (
            "deep bodies",
            "except (ValueError, RecursionError):\n        return False",
            "except (ValueError, RecursionError):\n        return True",
        ),
        (
            "fields named to an unauthenticated caller",
            "        if CALLER not in self.app.context:",
            "        if False:",
        ),
    ),
    *_of(
        "functions/api/callers.py",
        _DOORS,
        ("the claims of a caller", "return None if wrong else", "return"),
    ),
    *_of(
        "functions/slack/interactions.py",
        _DESK,
        ("what is handed on", '== "forged":', '== "never":'),
        ("the workspace at the desk", "        if elsewhere:", "        if False:"),
    ),
    *_of(
        f"{DOMAIN}/grants.py",
        _PEOPLE,
        ("invisible characters", 'not in "CZ"', 'not in "Z"'),
        (
            "compatible letters",
            '"NFKC", unicodedata.normalize("NFKC", text)',
            '"NFC", unicodedata.normalize("NFC", text)',
        ),
        ("case", ".casefold())", ")"),
    ),
    *_of(
        f"{DOMAIN}/people.py",
        _PEOPLE,
        ("one person listed twice", '    "name": _approver_name,\n', ""),
    ),
    *_of(
        f"{DOMAIN}/catalogue.py",
        ("tests/unit/narrative/test_described.py",),
        (
            "what people are shown",
            "    if not (id_matches_parameters(candidate) or has_former_id(candidate)):\n",
            "    if False:\n",
        ),
    ),
    *_of(
        "functions/api/console/static/console.js",
        _SIGN_IN,
        ("the state", 'query.get("state") !== state', "false"),
        ("a state at all", "!state || ", ""),
        ("a verifier at all", "!verifier || ", ""),
    ),
)
