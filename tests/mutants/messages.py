"""Mutants of messages to people: each check, and the test that fails without it."""

from typing import Final

from tests.mutants.row import Mutant

LETTERS: Final = "quorum/messaging/content"
COURIER: Final = "tests/unit/courier"
FORGED: Final = (f"{COURIER}/test_forged.py",)
BREAKERS: Final = (f"{COURIER}/test_breakers.py",)
HOSTILE: Final = ("tests/unit/messaging/test_hostile.py",)
WATCHDOG: Final = ("tests/unit/watchdog/test_forged.py", "tests/unit/watchdog/test_executions.py")
OUTBOUND: Final = ("tests/integration/adapters/test_outbound.py",)

MESSAGES: Final[tuple[Mutant, ...]] = (
    Mutant(
        "a message of before asks for approvals",
        "quorum/domain/notices.py",
        '        if ids["kind"] != "escalated":\n',
        "        if False:\n",
        FORGED,
    ),
    Mutant(
        "an incident that does not exist",
        f"{LETTERS}/corroboration.py",
        "    if not context.exists:\n        raise",
        "    if False:\n        raise",
        FORGED,
    ),
    Mutant(
        "an end that is not kept",
        f"{LETTERS}/corroboration.py",
        "        if context.ending is None:\n",
        "        if False:\n",
        FORGED,
    ),
    Mutant(
        "a kind that did not happen",
        f"{LETTERS}/corroboration.py",
        "    if not _HAPPENED[notice.kind](context):\n",
        "    if False:\n",
        FORGED,
    ),
    Mutant(
        "a finding sent as another kind of message",
        f"{LETTERS}/corroboration.py",
        '    if notice.kind != "escalated":\n',
        "    if False:\n",
        FORGED,
    ),
    Mutant(
        "a log that contradicts itself, as a state",
        f"{LETTERS}/corroboration.py",
        "    if context.broken:\n",
        "    if False:\n",
        FORGED,
    ),
    Mutant(
        "that the log is broken, of one that is not",
        f"{LETTERS}/corroboration.py",
        '    if notice.about == "broken":\n',
        "    if False:\n",
        FORGED,
    ),
    Mutant(
        "deliveries that only the log names",
        f"{LETTERS}/incident_context.py",
        "return kept if opening is not None else [*logged, *kept]",
        "return [*logged, *kept]",
        FORGED,
    ),
    Mutant(
        "deliveries that the log of an earlier version names",
        f"{LETTERS}/incident_context.py",
        "return kept if opening is not None else [*logged, *kept]",
        "return kept",
        FORGED,
    ),
    Mutant(
        "an end that only the log names",
        f"{LETTERS}/incident_context.py",
        "if events and opening is None else None",
        "if events else None",
        FORGED,
    ),
    Mutant(
        "a question of another incident",
        f"{LETTERS}/incident_context.py",
        "if found is not None and found.incident_id == incident_id:",
        "if found is not None:",
        FORGED,
    ),
    Mutant(
        "an action whose id is not its parameters",
        "quorum/narrative/formatting.py",
        "        if id_matches_parameters(candidate) or has_former_id(candidate)\n",
        "",
        (*HOSTILE, *FORGED),
    ),
    Mutant(
        "an action's own words",
        "quorum/domain/catalogue.py",
        "        return describe(candidate)\n",
        "        return candidate.summary\n",
        HOSTILE,
    ),
    Mutant(
        "a button for an action that is not known",
        f"{LETTERS}/attachments.py",
        "    if approval.action not in known:\n",
        "    if False:\n",
        HOSTILE,
    ),
    Mutant(
        "control sequences in Slack's markup",
        "quorum/adapters/channels/slack_blocks.py",
        'return markup.replace("<", "&lt;").replace(">", "&gt;")',
        "return markup",
        HOSTILE,
    ),
    Mutant(
        "outsiders' text in mail",
        "quorum/narrative/safe_text.py",
        'lambda text: f"<q>{escape(_unquoted(text))}</q>",',
        'lambda text: f"<q>{_unquoted(text)}</q>",',
        HOSTILE,
    ),
    Mutant(
        "a page past the breakers",
        "functions/courier/sending.py",
        "        if not any(one.kind in NEEDS_A_PERSON for one in messages):\n",
        "        if True:\n",
        BREAKERS,
    ),
    Mutant(
        "the count of undeliverable messages",
        "functions/courier/courier.py",
        "        drained.undeliverable += int(kept)\n",
        "",
        BREAKERS,
    ),
    Mutant(
        "the count of what is refused",
        "functions/courier/courier.py",
        "                drained.refused += 1\n",
        "                pass\n",
        FORGED,
    ),
    Mutant(
        "a person who is needed when nothing can be read",
        "functions/courier/courier.py",
        "        if notice.kind in NEEDS_A_PERSON:\n",
        "        if False:\n",
        (f"{COURIER}/test_courier.py",),
    ),
    Mutant(
        "the watchdog's end by the book",
        "functions/watchdog/watched.py",
        "        return one.opening is None and self._incident(one).is_closed\n",
        "        return self._incident(one).is_closed\n",
        WATCHDOG,
    ),
    Mutant(
        "the watchdog's decision by the book",
        "functions/watchdog/watched.py",
        "        if one.opening is None:\n            return self._incident(one).decision",
        "        if True:\n            return self._incident(one).decision",
        WATCHDOG,
    ),
    Mutant(
        "an alert that only the log has",
        "functions/watchdog/watched.py",
        "        if one.opening is not None:\n            return False\n",
        "",
        WATCHDOG,
    ),
    Mutant(
        "a pipeline on the log's word alone",
        "functions/watchdog/watched.py",
        "return one.opening is not None and bool(",
        "return bool(",
        WATCHDOG,
    ),
    Mutant(
        "a death that Step Functions confirms",
        "functions/watchdog/watchdog.py",
        "        if one is None or status is None or status not in FAILED:\n            return []\n"
        "        return self._failed(one, FAILED[status])\n",
        '        return self._failed(one, "execution_failed") if one else []\n',
        WATCHDOG,
    ),
    Mutant(
        "the alert about a failed execution that cannot be closed",
        "functions/watchdog/watchdog.py",
        "        finally:\n            self._alert(one, finding)\n",
        "        finally:\n            pass\n        self._alert(one, finding)\n",
        WATCHDOG,
    ),
    Mutant(
        "the services' own hosts",
        "quorum/adapters/channels/outbound_addresses.py",
        "    if channel in HOSTS and (host not in HOSTS[channel] or",
        "    if channel in HOSTS and (",
        OUTBOUND,
    ),
    Mutant(
        "encrypted addresses",
        "quorum/adapters/channels/outbound_addresses.py",
        'if parts.scheme != "https" or parts.username is not None:',
        "if parts.username is not None:",
        OUTBOUND,
    ),
    Mutant(
        "stand-ins on the local stage alone",
        "quorum/adapters/channels/outbound_addresses.py",
        "    if local and host in LOOPBACK:\n",
        "    if host in LOOPBACK:\n",
        OUTBOUND,
    ),
    Mutant(
        "who is connected to",
        "quorum/adapters/channels/outbound_addresses.py",
        "        if public(connected.getpeername()[0]):\n",
        "        if True:\n",
        OUTBOUND,
    ),
    Mutant(
        "redirections of Slack's client",
        "quorum/adapters/channels/slack_notifier.py",
        "install_opener(build_opener(_Nowhere))",
        "install_opener(build_opener())",
        OUTBOUND,
    ),
    Mutant(
        "what an error shows",
        "quorum/domain/base.py",
        ", hide_input_in_errors=True",
        "",
        ("tests/integration/test_log_lines.py",),
    ),
    Mutant(
        "who may send to the outbox",
        "stacks/constructs/queues.py",
        "        if STAGES[stage].on_aws:",
        "        if False:",
        ("tests/infrastructure/test_channels.py",),
    ),
    Mutant(
        "the request URL's reserved concurrency",
        "stacks/concurrency.py",
        "    return config.door_concurrency if reachable else 0\n",
        "    return 0\n",
        ("tests/infrastructure/test_channels.py",),
    ),
)
