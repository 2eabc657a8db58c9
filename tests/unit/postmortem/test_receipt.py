"""Every amount is counted, every price has a source, and what is not known is not nothing."""

from decimal import Decimal
from typing import get_args

import pytest

from functions.postmortem import prices
from functions.postmortem.calls import calls, transitions
from functions.postmortem.dynamodb_cost import CLAIMS, write_units
from functions.postmortem.receipt import LEFT_OUT, Rates, Receipt, receipt
from functions.postmortem.rounds import parts
from quorum.domain.base import OutsiderText
from quorum.domain.events import EvidenceFrozen, IncidentEvent, RecoveryChecked
from quorum.narrative import plain
from tests.builders.candidates import ROLLBACK
from tests.builders.incident_logs import Log, resolved, vote
from tests.builders.step_functions import History

HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"


def paid(log: Log, history: History | None = None, **rates: object) -> Receipt:
    steps = history.steps if history else []
    return receipt(log.events, steps, Rates(**{"memory": {}, **rates}))  # type: ignore[arg-type]


def cost(bill: Receipt, words: str) -> Decimal | None:
    [item] = [item for item in bill.items if words in plain(item.what)]
    return item.microdollars


def with_tokens() -> Log:
    asked = vote("diagnosis-model", ROLLBACK.id, 9000, tokens=(6000, 800))
    again = vote("prediction-model", ROLLBACK.id, 9000, tokens=(4000, 200))
    return Log().open().freeze().decide(votes=(asked, again))


def test_receipt_prices_state_transitions() -> None:
    history = History()
    for _ in range(30):
        history.add("PassStateEntered", 0)

    assert cost(paid(resolved(), history), "30 state transitions") == Decimal(750)


def test_receipt_prices_the_metrics_that_evidence_and_every_look_requested() -> None:
    counts: dict[type, int] = {EvidenceFrozen: 180, RecoveryChecked: 4}
    events = [
        event.model_copy(update={"metrics_requested": counts[type(event)]})
        if type(event) in counts
        else event
        for event in resolved().events
    ]
    history = History()
    for _ in range(5):
        history.call("verification", 0, 1)

    bill = receipt(events, history.steps, Rates(memory={}))

    assert cost(bill, "200 metric requests") == Decimal(2000)


def test_receipt_of_an_earlier_versions_events_has_no_line_for_metrics() -> None:
    assert not [item for item in paid(resolved()).items if "metric request" in plain(item.what)]


def test_receipt_prices_function_calls() -> None:
    history = History()
    for _ in range(8):
        history.call("evidence", 0, 1)

    bill = paid(resolved(), history)

    seconds, requests = cost(bill, "GB-seconds"), cost(bill, "8 function calls")
    assert seconds == Decimal("53.3336")
    assert requests == Decimal("1.6")


def test_receipt_uses_each_functions_memory_and_notes_an_assumed_one() -> None:
    history = History()
    history.call("evidence", 0, 1)
    history.call("consensus", 0, 1)

    bill = paid(resolved(), history, memory={"evidence": 1024})

    assert "1.500 GB-seconds of functions (2.0 s in total)" in plain(bill.items[1].what)
    assert [plain(note) for note in bill.notes] == ["Memory assumed as 512 MB: consensus"]


def test_receipt_prices_tokens_by_model_in_any_region() -> None:
    for model in (HAIKU, f"eu.{HAIKU}", f"global.{HAIKU}"):
        bill = paid(with_tokens(), model_id=model)

        assert cost(bill, "10000 tokens in, 1000 out") == Decimal(10_000 + 5_000)
        assert bill.complete


@pytest.mark.parametrize("model", ["", "anthropic.claude-haiku-5-5", "amazon.nova-lite-v1:0"])
def test_receipt_of_a_model_without_a_price_is_incomplete(model: str) -> None:
    bill = paid(with_tokens(), model_id=model)

    assert cost(bill, "10000 tokens in") is None
    assert not bill.complete


def test_receipt_without_tokens_is_complete_without_a_model() -> None:
    bill = paid(resolved())

    assert cost(bill, "No language model answered") == 0
    assert bill.complete


def test_receipt_without_a_history_is_incomplete() -> None:
    bill = receipt(resolved().events, None, Rates(memory={}))

    assert [item.microdollars for item in bill.items[:2]] == [None, None]
    assert not bill.complete
    assert bill.microdollars == round(bill.items[2].microdollars or 0)


def test_receipt_total_is_the_sum_of_its_lines() -> None:
    history = History()
    history.call("evidence", 0, 1)

    bill = paid(with_tokens(), history, model_id=HAIKU)

    total = sum(item.microdollars or 0 for item in bill.items)
    assert bill.microdollars == round(total)
    assert bill.microdollars > 15_000


def test_receipt_notes_a_call_without_a_duration() -> None:
    history = History()
    history.add("LambdaFunctionScheduled", 0, after=1, name="postmortem")

    bill = paid(resolved(), history, memory={"postmortem": 512})

    assert [plain(n) for n in bill.notes] == ["Duration unknown for 1 call: postmortem"]


def test_write_units_count_events_ballots_and_claims() -> None:
    log = Log().open()
    opened = write_units(log.events)
    log.freeze()
    frozen = write_units(log.events) - opened
    log.decide()
    decided = write_units(log.events) - opened - frozen

    assert opened == 2 * 1 + 1 + 1  # the event and its index, the transition, one open key
    assert frozen == 2  # the bundle's candidates do not fit in one kilobyte
    assert decided == 3 + 9 + 1  # the event with nine votes, nine ballots, the decision


def test_write_units_grow_with_an_events_size() -> None:
    small, large = Log().open().freeze(), Log().open().freeze()
    reason = OutsiderText.of("x" * 2000)
    small.decide(votes=(vote("diagnosis-change", None, 0),))
    large.decide(votes=(vote("diagnosis-change", None, 0, reason=reason),))

    assert write_units(large.events) == write_units(small.events) + 4


def test_claims_are_of_known_event_types() -> None:
    members = get_args(get_args(IncidentEvent)[0])
    assert set(CLAIMS) <= {member.model_fields["type"].default for member in members}


def test_prices_have_a_source_and_a_unit() -> None:
    table = [
        prices.STATE_TRANSITION,
        prices.LAMBDA_REQUEST,
        prices.LAMBDA_GB_SECOND,
        prices.DYNAMODB_WRITE,
        *(price for model in prices.MODELS.values() for price in model),
    ]

    assert all(price.source and price.unit and price.dollars > 0 for price in table)
    assert LEFT_OUT


def of_two_rounds() -> tuple[list[IncidentEvent], History]:
    """Return the log and history of an incident with a second look, an action and two checks."""
    asked = vote("diagnosis-model", ROLLBACK.id, 9000, tokens=(6000, 800))
    log = (
        Log()
        .open()
        .freeze()
        .decide(route="escalate", level="senior_sre", score_bp=6600, votes=(asked,))
    )
    events = [*log.freeze(round=2).decide(round=2).act().check().close().events]
    counts: dict[type, int] = {EvidenceFrozen: 100, RecoveryChecked: 4}
    events = [
        event.model_copy(update={"metrics_requested": counts[type(event)]})
        if type(event) in counts
        else event
        for event in events
    ]
    history = History()
    history.call("closing", 0, 1)
    history.call("evidence", 0, 1)
    history.attempt("evidence", 1, 2)
    history.call("seat", 0, 3)
    for _ in range(2):
        history.call("evidence", 4, 6)
    history.call("verification", 7, 8)
    return events, history


def test_rounds_of_a_receipt_add_up_to_its_lines() -> None:
    events, history = of_two_rounds()
    bill = receipt(events, history.steps, Rates(memory={}, model_id=HAIKU))

    assert len(bill.rounds) == 3
    assert sum(bill.rounds) == sum(item.microdollars or 0 for item in bill.items)
    assert all(cost > 0 for cost in bill.rounds)


def test_first_round_has_the_model_and_the_retry_of_its_evidence() -> None:
    events, history = of_two_rounds()
    first, *_ = parts(events, history.steps)

    assert [type(event) for event in first.events].count(EvidenceFrozen) == 1
    assert first.steps is not None
    assert transitions(first.steps) == 4
    assert [call.function for call in calls(first.steps)] == [
        "closing",
        "evidence",
        "evidence",
        "seat",
    ]


def test_rounds_without_a_history_have_the_cost_of_their_events() -> None:
    events, _ = of_two_rounds()
    bill = receipt(events, None, Rates(memory={}))

    assert len(bill.rounds) == 2
    assert all(cost > 0 for cost in bill.rounds)


def test_incident_that_froze_nothing_has_one_round() -> None:
    assert len(paid(Log().open()).rounds) == 1
