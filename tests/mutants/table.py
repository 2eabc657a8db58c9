"""What must not be deleted: each promise as a small change that breaks it, and who notices."""

from typing import Final, NamedTuple

from functions.executor.guards import GUARDS, Guard

EXECUTOR: Final = "functions/executor"
ADAPTERS: Final = "functions/shared/adapters"
UNIT: Final = "tests/unit/executor"
CONTRACTS: Final = "tests/integration/adapters"


class Mutant(NamedTuple):
    """One change: `old`, found exactly once in the file, becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def _guard(guard: Guard) -> Mutant:
    """Return the mutant in which the guard never finds anything."""
    row = f'Guard("{guard.name}", person_may={guard.person_may}, check='
    check = getattr(guard.check, "__name__", "")
    return Mutant(
        f"guard {guard.name}",
        f"{EXECUTOR}/guards.py",
        f"{row}checks.{check})",
        f"{row}lambda _moment: None)",
        (f"{UNIT}/test_guards.py", f"{UNIT}/test_guards_closed.py"),
    )


MUTANTS: Final[tuple[Mutant, ...]] = (
    Mutant(
        "the log's conditional put",
        f"{ADAPTERS}/dynamodb_event_store.py",
        'Attr("version").not_exists()',
        'Attr("version").not_exists() | Attr("version").exists()',
        (f"{CONTRACTS}/test_event_store.py",),
    ),
    Mutant(
        "the fence's condition",
        f"{ADAPTERS}/dynamodb_execution_ledger.py",
        '_item(execution), Attr("id").not_exists()',
        '_item(execution), Attr("id").not_exists() | Attr("id").exists()',
        (f"{CONTRACTS}/test_execution_ledger.py",),
    ),
    Mutant(
        "the fence itself",
        f"{EXECUTOR}/act.py",
        "return mine if tools.ledger.fence(mine) in (None, mine) else None",
        "return mine",
        (f"{UNIT}/test_act.py", f"{UNIT}/test_attempts.py", f"{UNIT}/test_crashes.py"),
    ),
    Mutant(
        "the lease's condition",
        f"{ADAPTERS}/dynamodb_execution_ledger.py",
        'free | Attr("holder").eq(incident_id)',
        'free | Attr("holder").exists()',
        (f"{CONTRACTS}/test_execution_ledger.py",),
    ),
    *map(_guard, GUARDS),
    Mutant(
        "people are told the inverse before the effect",
        f"{EXECUTOR}/act.py",
        "    tell_captured(tools, fence)\n",
        "",
        (f"{UNIT}/test_act.py", f"{UNIT}/test_undo.py", f"{UNIT}/test_crashes.py"),
    ),
    Mutant(
        "the captured inverse in the fence",
        f"{EXECUTOR}/act.py",
        "        captured=captured,\n",
        "",
        (f"{UNIT}/test_act.py", f"{UNIT}/test_undo.py"),
    ),
    Mutant(
        "the log agrees with the ledger",
        f"{EXECUTOR}/undo.py",
        "    agree(incident, fence)\n",
        "",
        (f"{UNIT}/test_undo.py",),
    ),
    Mutant(
        "the inverse that was told is the ledger's",
        f"{EXECUTOR}/ledger.py",
        "    if not told or not _says(incident.captured, fence):\n",
        "    if not told:\n",
        (f"{UNIT}/test_undo.py",),
    ),
    Mutant(
        "what was written that was told is the ledger's",
        f"{EXECUTOR}/ledger.py",
        "    if not told or not _says(incident.captured, fence):\n",
        "    if not _says(incident.captured, fence):\n",
        (f"{UNIT}/test_undo.py",),
    ),
    Mutant(
        "verification's own verdict",
        f"{EXECUTOR}/undo.py",
        '(fence.action, "failed")',
        "(fence.action, found and found.verdict)",
        (f"{UNIT}/test_undo.py",),
    ),
    Mutant(
        "an undo waits for verification",
        f"{EXECUTOR}/undo.py",
        '    if not ordered and tools.verdicts.find(request.incident_id, "action") is None:\n',
        "    if False:\n",
        (f"{UNIT}/test_undo.py",),
    ),
    Mutant(
        "a person's order is signed",
        f"{EXECUTOR}/orders.py",
        "    if tools.verifier.objection(APPROVER, said.message(), sealed.signature):\n",
        "    if False:\n",
        (f"{UNIT}/test_people_step_in.py",),
    ),
    Mutant(
        "a person's order is about this action",
        f"{EXECUTOR}/orders.py",
        "    return about and said.exp",
        "    return said.exp",
        (f"{UNIT}/test_people_step_in.py",),
    ),
    Mutant(
        "a person's order ends",
        f"{EXECUTOR}/orders.py",
        "    return about and said.exp > tools.now().timestamp()",
        "    return about",
        (f"{UNIT}/test_people_step_in.py",),
    ),
    Mutant(
        "a missing setting is another one",
        f"{EXECUTOR}/calls.py",
        "name in state and name in wanted and state[name] == wanted[name]",
        "name in state and state[name] == wanted.get(name)",
        ("tests/unit/executor/test_calls.py",),
    ),
    Mutant(
        "a bundle is of this incident and round",
        "functions/shared/domain/evidence.py",
        "    if (bundle.incident_id, bundle.round) != (incident_id, round_):\n",
        "    if False:\n",
        (f"{UNIT}/test_authority.py", "tests/unit/seating/test_refusals.py"),
    ),
    Mutant(
        "a seat's bundle is of its incident and round",
        "functions/shared/seating.py",
        "        bundle = of_round(\n",
        "        bundle = (lambda found, *_: found)(\n",
        ("tests/unit/seating/test_refusals.py",),
    ),
    Mutant(
        "consensus' bundle is of its incident and round",
        "functions/consensus/decide.py",
        "        bundle = of_round(\n",
        "        bundle = (lambda found, *_: found)(\n",
        ("tests/unit/consensus/test_deciding.py",),
    ),
    Mutant(
        "the executor's bundle is of its incident and round",
        f"{EXECUTOR}/decided.py",
        "    return of_round(found, incident_id, round_)\n",
        "    return found\n",
        (f"{UNIT}/test_authority.py",),
    ),
    Mutant(
        "the age of votes by the executor's clock",
        f"{EXECUTOR}/certificate.py",
        "SEATS, tools.now().timestamp())",
        "SEATS, decision.occurred_at.timestamp())",
        (f"{UNIT}/test_authority.py",),
    ),
    Mutant(
        "the book and the log agree",
        f"{EXECUTOR}/decided.py",
        "    if not same_decision(_as_fact(book, told), told):\n",
        "    if False:\n",
        (f"{UNIT}/test_authority.py",),
    ),
    Mutant(
        "an id binds 128 bits",
        "functions/shared/domain/catalogue.py",
        "ID_DIGITS: Final = 32\n",
        "ID_DIGITS: Final = 12\n",
        ("tests/unit/domain/test_catalogue.py",),
    ),
    Mutant(
        "a quorum needs a whole id",
        f"{EXECUTOR}/binding.py",
        "(signed and named_so_before(candidate))",
        "named_so_before(candidate)",
        (f"{UNIT}/test_authority.py",),
    ),
    Mutant(
        "the stop item's presence",
        f"{ADAPTERS}/dynamodb_stop_switch.py",
        'return None if item is None else str(item.get("reason") or NO_REASON)',
        'return str(item["reason"]) if item and item.get("reason") else None',
        (f"{CONTRACTS}/test_incident_books.py",),
    ),
    Mutant(
        "a stop of before",
        f"{ADAPTERS}/dynamodb_stop_switch.py",
        "            former = get(self._former, KEY)\n",
        "            former = None\n",
        (f"{CONTRACTS}/test_incident_books.py",),
    ),
    Mutant(
        "a closing of before",
        f"{EXECUTOR}/authority.py",
        "return opening is None and incident.is_closed",
        "return False",
        (f"{UNIT}/test_authority.py",),
    ),
    Mutant(
        "a closing that only the log tells of",
        f"{EXECUTOR}/authority.py",
        "return opening is None and incident.is_closed",
        "return incident.is_closed",
        (f"{UNIT}/test_authority.py",),
    ),
    Mutant(
        "a lift of before",
        "functions/shared/striking.py",
        "{**self.controls.lifted_before(), **since}",
        "since",
        ("tests/unit/learning/test_reputation.py",),
    ),
    Mutant(
        "a record of the lift before it",
        f"{ADAPTERS}/dynamodb_stop_switch.py",
        "        self._put(\n            {\n",
        "        (lambda _: None)(\n            {\n",
        (f"{CONTRACTS}/test_incident_books.py",),
    ),
    Mutant(
        "leases last until it was verified",
        f"{EXECUTOR}/operations.py",
        '        return "settled"\n    resource',
        "        pass\n    resource",
        (f"{UNIT}/test_act.py",),
    ),
    Mutant(
        "the last end of the alarm",
        f"{EXECUTOR}/checks.py",
        "if again or opening.flapping else None",
        "if opening.flapping else None",
        (f"{UNIT}/test_guards.py",),
    ),
    Mutant(
        "how the incident opened is known",
        f"{EXECUTOR}/checks.py",
        "    if opening is None:\n        return UNKNOWN_OPENING\n",
        "    if opening is None:\n        return None\n",
        (f"{UNIT}/test_guards.py",),
    ),
    Mutant(
        "a proof before a suspension",
        "functions/learning/struck.py",
        "        proved = [fact for fact in struck if self._proves(fact)]\n",
        "        proved = struck\n",
        ("tests/unit/learning/test_struck.py",),
    ),
    Mutant(
        "what is on record before an outcome",
        "functions/closing/closing.py",
        "        if lacking:\n",
        "        if False:\n",
        ("tests/unit/closing/test_closing.py",),
    ),
    Mutant(
        "the retry names",
        "stacks/asl.py",
        "[*transient_error_names(), *LAMBDA_ERRORS, *errors]",
        "[*LAMBDA_ERRORS, *errors]",
        ("tests/unit/stacks/test_state_machine.py",),
    ),
    Mutant(
        "a role's grant, between table and policy",
        "stacks/policies.py",
        "        *row.needs,\n",
        "        *row.needs[1:],\n",
        ("tests/infrastructure/test_grants_suffice.py",),
    ),
    Mutant(
        "a role's grant, in the table",
        "stacks/rows/background.py",
        'needs=(Need(("lambda:InvokeFunction",), "warm-aliases"),)',
        "needs=()",
        ("tests/infrastructure/test_grants_suffice.py",),
    ),
    Mutant(
        "the signature's check",
        "functions/shared/domain/envelopes.py",
        "    why = objection(vote.seat, vote.message(), sealed.signature)\n",
        "    why = None\n",
        ("tests/unit/domain/test_envelopes.py", f"{UNIT}/test_certificate.py"),
    ),
    Mutant(
        "the claim's slot",
        f"{ADAPTERS}/dynamodb_ballot_box.py",
        'item, Attr("entry").not_exists())\n        return ballot if',
        'item, Attr("entry").not_exists() | Attr("entry").exists())\n        return ballot if',
        (f"{CONTRACTS}/test_books.py", f"{CONTRACTS}/test_conditional_puts.py"),
    ),
    Mutant(
        "the strike for equivocation",
        f"{EXECUTOR}/certificate.py",
        "return {*struck, *striking.out()}",
        "return set(striking.out()) - set(struck)",
        (f"{UNIT}/test_certificate.py",),
    ),
    Mutant(
        "a vote's expiry",
        "functions/shared/domain/envelopes.py",
        '        (vote.exp > question.at, "it has expired"),\n',
        "",
        ("tests/unit/domain/test_envelopes.py", f"{UNIT}/test_certificate.py"),
    ),
    Mutant(
        "the floor in what is proposed",
        "functions/shared/domain/pins.py",
        "    if one is None or least is None:\n        return True\n",
        "    if one is None or least is None:\n        return False\n",
        ("tests/unit/domain/test_pins.py",),
    ),
    Mutant(
        "the tags that the executor reads again",
        f"{EXECUTOR}/pinned.py",
        "to, settings = target(candidate), pins(tags)",
        "to, settings = target(candidate), pins({} if tags else tags)",
        ("tests/integration/executor/test_pins.py",),
    ),
    Mutant(
        "consensus asking people about one caller's failures",
        "functions/consensus/routing.py",
        "return [*known, *reservations(bundle, candidate)]",
        "return known",
        ("tests/unit/consensus/test_routing.py",),
    ),
    Mutant(
        "the spread in the bundle",
        "functions/evidence/assembling.py",
        "        spread=_spread(found),\n",
        "",
        ("tests/unit/evidence/test_spread.py",),
    ),
    Mutant(
        "a breaker's time that lies ahead",
        "functions/shared/resilience.py",
        "return not since - seconds <= now < since + seconds",
        "return now >= since + seconds",
        ("tests/unit/shared/test_resilience.py",),
    ),
    Mutant(
        "the daily budget",
        f"{ADAPTERS}/dynamodb_token_budget.py",
        "            if tokens > 0 and spent + tokens > most:\n                return False\n",
        "",
        (f"{CONTRACTS}/test_token_budget.py",),
    ),
    Mutant(
        "no model in a storm",
        "functions/shared/analysis/model_answer.py",
        "    if bundle.storm:\n",
        "    if False and bundle.storm:\n",
        ("tests/unit/analysis/test_asking_a_model.py",),
    ),
    Mutant(
        "a parameter's slash in a restriction",
        "functions/shared/domain/patterns.py",
        " or fnmatchcase(plain(resource), plain(pattern))",
        "",
        ("tests/unit/domain/test_patterns.py", "tests/unit/domain/test_restrictions.py"),
    ),
    Mutant(
        "a restriction of another service",
        "functions/api/controls.py",
        "if wanted := misfit(said.verb, said.resource):",
        "if (wanted := misfit(said.verb, said.resource)) and not wanted:",
        ("tests/unit/api/test_routes.py",),
    ),
    Mutant(
        "the end of our own raises",
        "functions/shared/domain/catalogue.py",
        "if not lowered and twice > MOST_TIMES",
        "if lowered and twice > MOST_TIMES",
        ("tests/unit/domain/test_concurrency.py",),
    ),
    Mutant(
        "half of the account's concurrency",
        f"{EXECUTOR}/verbs/raise_concurrency.py",
        'if MOST_SHARE * target.to_units > limits["ConcurrentExecutions"]:',
        "if MOST_SHARE * target.to_units < 0:",
        ("tests/integration/executor/test_what_people_are_told.py",),
    ),
    Mutant(
        "Q2",
        "functions/shared/domain/votes.py",
        "    if pivotal:\n",
        "    if False and pivotal:\n",
        ("tests/unit/domain/test_tally.py", "tests/unit/domain/test_quorum.py"),
    ),
)
