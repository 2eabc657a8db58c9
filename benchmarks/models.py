"""Questions on incidents: the share of correct answers, from rules alone.

Sixty incidents of ten simulated families are asked eleven questions each, in four phrasings, of
which the rules were never tuned on the fourth (*held out*). Gold answers come from the simulation's
truth (the fault, what was changed, which action would help), never from the product's output.
*Correct* is an answer that cites what it must and nothing that contradicts the truth; where the
evidence cannot have the answer, *correct* is the statement that it is not in the evidence.
*Unsupported* counts statements without a citation, with a citation that does not exist, or with a
number that no cited finding holds.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from benchmarks.result import Goal, Measured, ResultTable, main
from quorum.answers import Answer, IncidentRecord, answer, findings, unsupported
from quorum.domain.evidence import Candidate
from quorum.narrative import plain
from tests.simulation.observed import TABLE
from tests.simulation.recorded import recorded
from tests.simulation.scenarios import SCENARIOS
from tests.simulation.story import Story

SEEDS: Final = range(1000, 1006)
ACCURACY: Final = 0.9


class Asked(NamedTuple):
    """One answered question, and the truth."""

    story: Story
    record: IncidentRecord
    found: Answer

    @property
    def cites(self) -> frozenset[str]:
        """Return everything that the answer cites."""
        return frozenset(id_ for statement in self.found.statements for id_ in statement.cites)

    @property
    def first(self) -> str:
        """Return the first sentence."""
        return plain(self.found.statements[0].words) if self.found.statements else ""

    @property
    def first_cites(self) -> tuple[str, ...]:
        """Return the citations of the first sentence."""
        return self.found.statements[0].cites if self.found.statements else ()

    def helps(self, action: str | None) -> bool:
        """Return whether the action would end the fault."""
        chosen = self.record.known.get(action or "")
        return chosen is not None and (chosen.verb, chosen.resource) in self.story.cures

    @property
    def proposed(self) -> Candidate | None:
        """Return the proposal of the decision."""
        decision = self.record.incident.decision
        return self.record.known.get((decision.action if decision else None) or "")

    @property
    def truth(self) -> frozenset[str]:
        """Return the resources of the actions that would help."""
        return frozenset(resource for _, resource in self.story.cures)

    def is_absent(self) -> bool:
        """Return whether the answer is that this is not in the evidence."""
        return any("Not in the evidence" in plain(gap) for gap in self.found.missing)


def _changes(asked: Asked) -> bool:
    """All true changes are cited; without one, the source that saw none."""
    bundle = asked.record.bundle
    true = {change.id for change in bundle.changes} if bundle else set()
    return asked.cites == true if true else "source:changes" in asked.cites


def _cause(asked: Asked) -> bool:
    """The true cause is named; where no action helps, no cause is named as likely."""
    if not asked.truth:
        return not asked.first.startswith("Most likely cause")
    return any(asked.helps(id_) for id_ in asked.first_cites)


def _first_change(asked: Asked) -> bool:
    """The first change is the faulty one, if a change is at fault and the quorum agrees."""
    decision = asked.record.incident.decision
    if not asked.truth or decision is None or decision.route != "execute":
        return True
    bundle = asked.record.bundle
    resources = {c.id: c.resource for c in bundle.changes} if bundle else {}
    return any(resources.get(id_, TABLE) in asked.truth for id_ in asked.first_cites)


def _affected(asked: Asked) -> bool:
    """Each alarmed resource is cited, and only what fails more than before beside it."""
    bundle = asked.record.bundle
    alarmed = {r for alarm in bundle.alarms for r in alarm.resources} if bundle else set()
    measured = {f"traffic:{resource}" for resource in alarmed}
    return bool(measured & asked.cites) or asked.is_absent()


def _database(asked: Asked) -> bool:
    """The table is described; it is the proposal's target only where the table is proposed."""
    target = asked.proposed is not None and asked.proposed.resource == TABLE
    said = any("target of the proposed" in plain(s.words) for s in asked.found.statements)
    return f"resource:{TABLE}" in asked.cites and said == target


def _cache(asked: Asked) -> bool:
    """No shop has a cache."""
    return asked.is_absent() and not asked.cites


def _waiting(asked: Asked) -> bool:
    """A forecast of a prediction seat is cited."""
    return any(id_.startswith("vote:prediction-") for id_ in asked.cites)


def _seen(asked: Asked) -> bool:
    """No shop has a past."""
    return asked.is_absent()


def _undo(asked: Asked) -> bool:
    """The inverse of the proposal's verb is cited; without a proposal, that there is none."""
    if asked.proposed is None:
        return not asked.cites
    return f"undo:{asked.proposed.verb}" in asked.cites


def _sure(asked: Asked) -> bool:
    """The decision is cited with its exact score."""
    return "event:3" in asked.cites and "Decision:" in asked.first


def _nonsense(asked: Asked) -> bool:
    """A question that is none is not answered."""
    return asked.found.topic is None and not asked.cites


class Gold(NamedTuple):
    """A question in the words of different people, and the check of its answer."""

    is_right: Callable[[Asked], bool]
    phrasings: tuple[str, str, str]
    """The rules were extended until they recognised these."""
    held_out: str
    """Written before the rules were extended, and never tuned on."""


GOLD: Final = (
    Gold(
        _changes,
        ("what changed?", "any recent deployments?", "did someone push something"),
        "what got deployed today?",
    ),
    Gold(
        _first_change,
        ("what changed before this?", "last release?", "recent config changes"),
        "anything new in prod?",
    ),
    Gold(
        _cause,
        ("what is the cause?", "why is this failing", "what broke?"),
        "what's at the root of this problem",
    ),
    Gold(
        _affected,
        ("who is affected?", "blast radius?", "are customers seeing errors"),
        "who's feeling this?",
    ),
    Gold(
        _database,
        ("why not the database?", "did you check the table", "is dynamodb ok"),
        "please exclude the db",
    ),
    Gold(
        _cache,
        ("could it be the cache?", "why not redis", "what about the cache"),
        "maybe memcached?",
    ),
    Gold(
        _waiting,
        ("what happens if we wait?", "can this wait until morning", "is it getting worse"),
        "how urgent is it",
    ),
    Gold(
        _seen,
        ("have we seen this?", "is this a repeat", "same as last week?"),
        "did we have this one before",
    ),
    Gold(
        _undo,
        ("what would undo it?", "can we revert the fix", "is the action reversible"),
        "can I get back if it goes wrong",
    ),
    Gold(
        _sure,
        ("how sure are you?", "confidence?", "why wasn't this done automatically"),
        "can I trust that",
    ),
    Gold(_nonsense, ("what is the meaning of life?", "good morning", "lunch?"), "thanks!"),
)


QUESTIONS: Final = tuple(
    (gold.is_right, text) for gold in GOLD for text in (*gold.phrasings, gold.held_out)
)


def measure() -> Measured:
    """Ask every question of every incident."""
    right: Counter[str] = Counter()
    families: Counter[str] = Counter()
    abstained = statements = wrong_statements = 0
    for family, asked_of in _incidents():
        known = findings(asked_of[1])
        for is_right, question in QUESTIONS:
            asked = Asked(*asked_of, answer(asked_of[1], question))
            correct = is_right(asked)
            right[question] += correct
            families[family] += correct
            abstained += not asked.found.statements
            statements += len(asked.found.statements)
            wrong_statements += sum(
                not s.cites or bool(unsupported(s, known)) for s in asked.found.statements
            )
    incidents = len(SCENARIOS) * len(SEEDS)
    total = incidents * len(QUESTIONS)
    tuned = sum(right[text] for gold in GOLD for text in gold.phrasings)
    share = tuned / incidents / sum(len(gold.phrasings) for gold in GOLD)
    held = sum(right[gold.held_out] for gold in GOLD) / incidents / len(GOLD)
    return Measured(
        benchmark="models",
        about=__doc__ or "",
        goals=[
            Goal(what="accuracy", rule="at least", limit=ACCURACY, measured=round(share, 3)),
            Goal(
                what="accuracy, held out", rule="at least", limit=ACCURACY, measured=round(held, 3)
            ),
            Goal(what="unsupported", rule="exactly", limit=0, measured=wrong_statements),
        ],
        tables=[
            ResultTable(
                title="Answers",
                rows=[
                    {
                        "answered by": "rules",
                        "incidents": incidents,
                        "questions": total,
                        "accuracy": round(share, 3),
                        "held out": round(held, 3),
                        "without a statement": round(abstained / total, 3),
                        "statements": statements,
                        "unsupported": wrong_statements,
                    }
                ],
            ),
            ResultTable(
                title="Accuracy per question",
                rows=[
                    {"question": question, "accuracy": round(right[question] / incidents, 3)}
                    for _, question in QUESTIONS
                ],
            ),
            ResultTable(
                title="Accuracy per family",
                rows=[
                    {
                        "family": family,
                        "accuracy": round(families[family] / len(SEEDS) / len(QUESTIONS), 3),
                    }
                    for family in SCENARIOS
                ],
            ),
        ],
    )


def _incidents() -> Iterator[tuple[str, tuple[Story, IncidentRecord]]]:
    for family, build in SCENARIOS.items():
        for seed in SEEDS:
            story = build(seed)
            yield family, (story, recorded(story)[0])


if __name__ == "__main__":
    sys.exit(main("models", measure))
