"""Recognition of a question: its topic, and the resources that it names. Rules, no model.

A question is untrusted text. It selects one of these topics and resources of the evidence, and
nothing of it is repeated in an answer.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

from quorum.domain.base import ResourceId

Topic = Literal[
    "summary",
    "cause",
    "changes",
    "alternatives",
    "affected",
    "waiting",
    "seen",
    "undo",
    "confidence",
    "unknowns",
    "status",
]
LONGEST: Final = 300
"""Maximum characters of a question."""

EXAMPLES: Final[Mapping[Topic, str]] = {
    "summary": "Summarise this incident",
    "cause": "What is the cause?",
    "changes": "What changed?",
    "alternatives": "Why not another cause?",
    "affected": "Who is affected?",
    "waiting": "What happens if we wait?",
    "seen": "Have we seen this before?",
    "undo": "What would undo it?",
    "confidence": "How sure is this?",
    "unknowns": "What is not known?",
    "status": "What happens next?",
}
"""One question per topic, in the order in which people are offered them."""

_TOPICS: Final[tuple[tuple[Topic, re.Pattern[str]], ...]] = (
    (
        "confidence",
        re.compile(
            r"automatic|autonomous|approval (needed|required)|how (sure|certain|"
            r"confident)"
        ),
    ),
    (
        "alternatives",
        re.compile(
            r"why not|why isn'?t|instead|alternative|other (cause|option|candidate|"
            r"explanation|action)|rule[ds]? out|what about|could it be|(is|"
            r"was) it (not )?(the|a|an)\b|else could"
        ),
    ),
    (
        "cause",
        re.compile(r"^why (did|do|does|was|were|is|are|has|have)\b"),
    ),
    (
        "undo",
        re.compile(r"\bundo|undone|revers|revert|(take|roll) (it|this|that) back|back ?out\b"),
    ),
    (
        "seen",
        re.compile(
            r"seen (this|it|that|something)|happened before|had this|similar|recurr|"
            r"look-?alike|(last|previous) (time|week|month|incident)|yesterday|"
            r"known problem|first time|repeat|same (as|problem|thing)|(seen|had|have|"
            r"happen\w{0,6})\b.{0,40} (before|again|already)\b|ever (seen|had)"
        ),
    ),
    (
        "waiting",
        re.compile(
            r"\bwait\b|do(ing)? nothing|don'?t act|get(s|ting)? worse|how long|budget|"
            r"urgent"
        ),
    ),
    (
        "affected",
        re.compile(
            r"affect|impact|customer|user|blast|who (is|are|feels)|caller|upstream|"
            r"how (many|bad)|fail(ing|ed) requests"
        ),
    ),
    (
        "changes",
        re.compile(
            r"chang|deploy|releas|roll(ed)? ?out|rollout|\bship|\bpush|commit|merge|"
            r"config|parameter"
        ),
    ),
    (
        "unknowns",
        re.compile(
            r"(not|n'?t) ((you|we|it) )?(know|sure|see|check)|unknown|missing|gaps?\b|"
            r"blind|uncertain|not covered"
        ),
    ),
    (
        "confidence",
        re.compile(r"\bsure\b|certain|confiden|score|votes?\b|voted|threshold|agree|believe"),
    ),
    (
        "summary",
        re.compile(r"summar|director|overview|tl;?dr|brief|what happened|going on|explain"),
    ),
    (
        "status",
        re.compile(
            r"status|right now|at the moment|next\b|waiting for|pending|resolved|"
            r"fixed|over\b|done"
        ),
    ),
    (
        "cause",
        re.compile(r"cause|why|reason|broke|wrong|blame|culprit|fault|root"),
    ),
)
"""The first that matches is the topic."""


class Noun(NamedTuple):
    """An everyday word for kinds of resource."""

    word: str
    also: frozenset[str]
    kinds: frozenset[str]


def _noun(word: str, also: str, kinds: str) -> Noun:
    return Noun(word, frozenset(also.split()), frozenset(kinds.split()))


_NOUNS: Final = (
    _noun(
        "database",
        "database databases db dbs table tables",
        "dynamodb rds rdscluster rdsproxy docdb docdbinstance neptune redshift",
    ),
    _noun("queue", "queue queues", "sqs"),
    _noun("function", "function functions lambda lambdas", "lambda"),
    _noun("cache", "cache caches redis valkey", "elasticache replicationgroup"),
    _noun("parameter", "parameter parameters", "ssm"),
    _noun("container service", "container containers ecs", "ecs ecscluster eks"),
    _noun("load balancer", "balancer balancers", "alb nlb elb targetgroup"),
    _noun("API", "api apis gateway gateways", "restapi httpapi appsync"),
    _noun("topic", "topic topics", "sns"),
    _noun("stream", "stream streams", "kinesis firehose msk"),
    _noun("bucket", "bucket buckets", "s3"),
)
_GENERIC: Final = frozenset({"prod", "live", "main", "test", "stage", "service", "function"})
"""Parts of names that occur in questions without naming a resource."""
_WORD: Final = re.compile(r"[a-z0-9_./:-]+")
_WORD_BREAK: Final = re.compile(r"[^a-z0-9]")
_SHORTEST: Final = 4
"""Minimum characters of a part of a name that stands for the whole."""


class Question(NamedTuple):
    """The topic, or None; and the resources that are named."""

    topic: Topic | None
    resources: tuple[ResourceId, ...]
    absent: tuple[str, ...] = ()
    """Kinds of resource that are named and of which the evidence has none, in our own words."""


def recognise(text: str, resources: Iterable[ResourceId]) -> Question:
    """Return the topic and the resources of the evidence that the question names."""
    flat = " ".join(text[:LONGEST].casefold().replace("\u2019", "'").split())
    topic = next((topic for topic, pattern in _TOPICS if pattern.search(flat)), None)
    words = frozenset(word.strip(".:/-") for word in _WORD.findall(flat))
    known = tuple(dict.fromkeys(resources))
    named = tuple(one for one in known if _is_named(one, words))
    by_kind, absent = _by_kind(words, known, named)
    found = tuple(dict.fromkeys((*named, *by_kind)))
    return Question(topic or ("alternatives" if found or absent else None), found, absent)


def _is_named(resource: ResourceId, words: frozenset[str]) -> bool:
    """Return whether the words hold the resource's id, its name, or the name's last part."""
    flat = resource.casefold()
    kind, _, name = flat.partition(":")
    last = _WORD_BREAK.split(name)[-1]
    names = {flat, name.strip("/")} | ({kind} if kind != "lambda" else set())
    if len(last) >= _SHORTEST and last not in _GENERIC:
        names.add(last)
    return not names.isdisjoint(words)


def _by_kind(
    words: frozenset[str], known: tuple[ResourceId, ...], named: tuple[ResourceId, ...]
) -> tuple[tuple[ResourceId, ...], tuple[str, ...]]:
    """Return the resources of the kinds that are named, and the kinds without any."""
    found: list[ResourceId] = []
    absent: list[str] = []
    for noun in _NOUNS:
        if noun.also.isdisjoint(words) or any(_kind(one) in noun.kinds for one in named):
            continue
        of_kind = [one for one in known if _kind(one) in noun.kinds]
        found += of_kind
        absent += [] if of_kind else [noun.word]
    return tuple(found), tuple(absent)


def _kind(resource: ResourceId) -> str:
    return resource.partition(":")[0]
