"""The estimated cost of an incident, from its log and the execution's history at list prices."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from functions.postmortem import prices
from functions.postmortem.calls import Call, calls, transitions
from functions.postmortem.dynamodb_cost import write_units
from functions.postmortem.rounds import Part, parts
from quorum.domain.events import (
    ApprovalAnswered,
    DecisionMade,
    EvidenceFrozen,
    IncidentEvent,
    RecoveryChecked,
)
from quorum.narrative import Verbatim, Words, plural
from quorum.ports.workflow import HistoryStep

DEFAULT_MEMORY_MB: Final = 512
VERIFICATION: Final = "verification"
"""The end of the name of the function that looks at the recovery."""
LEFT_OUT: Final = (
    "the end of writing this report, and later steps",
    "functions outside the state machine: intake, publisher, projection, learning, schedules",
    "reads, the read model, the memory, streams, queues, S3, published metrics, logs, e-mail, keys",
    "tokens of discarded answers and of methods that failed",
    "run time of functions after their caller's timeout; free tiers and taxes",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the receipt. `microdollars` is None when price or amount is unknown."""

    what: Words
    microdollars: Decimal | None
    source: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """All lines, and the sum of the known costs."""

    items: tuple[Item, ...]
    notes: tuple[Words, ...]
    rounds: tuple[Decimal, ...] = ()
    """The known cost of each round, in millionths of a dollar. Their sum is that of the items."""

    @property
    def microdollars(self) -> int:
        """Return the sum of the known costs, in millionths of a dollar."""
        known = sum((i.microdollars for i in self.items if i.microdollars is not None), Decimal(0))
        return int(known.to_integral_value(ROUND_HALF_UP))

    @property
    def complete(self) -> bool:
        """Return whether every line's cost is known."""
        return all(item.microdollars is not None for item in self.items)


@dataclass(frozen=True, slots=True)
class Rates:
    """The deployment's figures: memory per function in MB, and the language model's id."""

    memory: Mapping[str, int]
    model_id: str = ""


def receipt(
    events: Sequence[IncidentEvent], steps: Sequence[HistoryStep] | None, rates: Rates
) -> Receipt:
    """Return the receipt; without a history (None) its part of the cost is unknown."""
    rounds = parts(events, steps)
    return Receipt(
        items=tuple(_items(Part(events, steps), rounds, rates)),
        notes=tuple(_notes(_calls(steps), rates)),
        rounds=tuple(
            sum((i.microdollars or Decimal(0) for i in _items(part, (part,), rates)), Decimal(0))
            for part in rounds
        ),
    )


def _items(whole: Part, rounds: Sequence[Part], rates: Rates) -> Iterator[Item]:
    """Yield the lines of the whole, which has these rounds."""
    yield from _workflow(whole.steps)
    yield from _functions(whole.steps, rates)
    yield _writes(whole.events)
    yield _signatures(whole.events)
    yield from _metric_requests(rounds)
    yield from _tokens(whole.events, rates)


def _calls(steps: Sequence[HistoryStep] | None) -> Sequence[Call]:
    return calls(steps) if steps is not None else ()


def _workflow(steps: Sequence[HistoryStep] | None) -> Iterator[Item]:
    price = prices.STATE_TRANSITION
    if steps is None:
        yield Item(("State transitions: unknown",), None, price.source)
        return
    count = transitions(steps)
    yield Item((plural(count, price.unit),), price.microdollars(count), price.source)


def _functions(steps: Sequence[HistoryStep] | None, rates: Rates) -> Iterator[Item]:
    price, made = prices.LAMBDA_GB_SECOND, _calls(steps)
    if steps is None:
        yield Item(("Function calls: unknown",), None, price.source)
        return
    seconds = sum((Decimal(str(call.seconds or 0)) for call in made), Decimal(0))
    used = sum((_gigabyte_seconds(call, rates) for call in made), Decimal(0))
    what = f"{used:.3f} GB-seconds of functions ({seconds:.1f} s in total)"
    yield Item((what,), price.microdollars(used), price.source)
    requests = prices.LAMBDA_REQUEST
    yield Item(
        (plural(len(made), "function call"),), requests.microdollars(len(made)), requests.source
    )


def _gigabyte_seconds(call: Call, rates: Rates) -> Decimal:
    memory = rates.memory.get(call.function, DEFAULT_MEMORY_MB)
    return Decimal(memory) / 1024 * Decimal(str(call.seconds or 0))


def _writes(events: Sequence[IncidentEvent]) -> Item:
    price = prices.DYNAMODB_WRITE
    units = write_units(events)
    what = f"{plural(units, price.unit)} for events, ballots and claims, at least"
    return Item((what,), price.microdollars(units), price.source)


def _signatures(events: Sequence[IncidentEvent]) -> Item:
    """Return the cost of KMS signatures; verification uses cached public keys and is free."""
    price = prices.KMS_SIGN
    votes = sum(len(e.certificate) for e in events if isinstance(e, DecisionMade))
    grants = sum(len(e.grants) for e in events if isinstance(e, ApprovalAnswered))
    what = f"{plural(votes + grants, price.unit)} of votes and approvals by KMS, at least"
    return Item((what,), price.microdollars(votes + grants), price.source)


def _metric_requests(rounds: Sequence[Part]) -> Iterator[Item]:
    """Yield the cost of GetMetricData: each round's evidence, and each look at the recovery.

    An earlier version's events have no counts: then there is no line.
    """
    price = prices.METRIC_DATA
    count = sum(map(_metrics_requested, rounds))
    if count:
        what = f"{plural(count, price.unit)} for evidence and verification, at least"
        yield Item((what,), price.microdollars(count), price.source)


def _metrics_requested(part: Part) -> int:
    events = part.events
    frozen = sum(e.metrics_requested for e in events if isinstance(e, EvidenceFrozen))
    checked = [e.metrics_requested for e in events if isinstance(e, RecoveryChecked)]
    looks = sum(call.function.endswith(VERIFICATION) for call in _calls(part.steps))
    return frozen + max(checked, default=0) * max(looks, len(checked))


def _tokens(events: Sequence[IncidentEvent], rates: Rates) -> Iterator[Item]:
    votes = [vote for e in events if isinstance(e, DecisionMade) for vote in e.votes]
    tokens_in, tokens_out = sum(v.tokens[0] for v in votes), sum(v.tokens[1] for v in votes)
    if not tokens_in + tokens_out:
        yield Item(("No language model answered",), Decimal(0), "the votes")
        return
    price = prices.model_price(rates.model_id)
    cost = price and (
        price.tokens_in.microdollars(tokens_in) + price.tokens_out.microdollars(tokens_out)
    )
    what: Words = (f"{tokens_in} tokens in, {tokens_out} out, of ", Verbatim(rates.model_id or "?"))
    yield Item(what, cost, price.tokens_in.source if price else "price unknown")


def _notes(made: Sequence[Call], rates: Rates) -> Iterator[Words]:
    unseen = Counter(call.function for call in made if call.seconds is None)
    if unseen:
        names = ", ".join(sorted(unseen))
        yield (f"Duration unknown for {plural(unseen.total(), 'call')}: ", Verbatim(names))
    assumed = sorted({call.function for call in made} - set(rates.memory))
    if assumed:
        yield (f"Memory assumed as {DEFAULT_MEMORY_MB} MB: ", Verbatim(", ".join(assumed)))
