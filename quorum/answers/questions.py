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

_TOPICS: Final[tuple[tuple[Topic, str], ...]] = (
    ("confidence", r"automatic|autonomous|approval (needed|required)|how (sure|certain|confident)"),
    (
        "alternatives",
        r"why not|why isn'?t|instead|alternative|other (cause|option|candidate|explanation|action)"
        r"|rule[ds]? out|what about|could it be|(is|was) it (not )?(the|a|an)\b|else could",
    ),
    ("cause", r"^why (did|do|does|was|were|is|are|has|have)\b"),
    (
        "undo",
        r"\bundo|undone|revers|revert|(take|roll) (it|this|that) back|back ?out\b",
    ),
    (
        "seen",
        r"seen (this|it|that|something)|happened before|had this|similar|recurr|look-?alike"
        r"|(last|previous) (time|week|month|incident)|yesterday|known problem|first time|repeat"
        r"|same (as|problem|thing)|(seen|had|have|happen\w*)\b.* (before|again|already)\b"
        r"|ever (seen|had)",
    ),
    ("waiting", r"\bwait\b|do(ing)? nothing|don'?t act|get(s|ting)? worse|how long|budget|urgent"),
    (
        "affected",
        r"affect|impact|customer|user|blast|who (is|are|feels)|caller|upstream|how (many|bad)"
        r"|fail(ing|ed) requests",
    ),
    (
        "changes",
        r"chang|deploy|releas|roll(ed)? ?out|rollout|\bship|\bpush|commit|merge|config|parameter",
    ),
    (
        "unknowns",
        r"(not|n'?t) ((you|we|it) )?(know|sure|see|check)|unknown|missing|gaps?\b|blind"
        r"|uncertain|not covered",
    ),
    ("confidence", r"\bsure\b|certain|confiden|score|votes?\b|voted|threshold|agree|believe"),
    ("summary", r"summar|director|overview|tl;?dr|brief|what happened|going on|explain"),
    (
        "status",
        r"status|right now|at the moment|next\b|waiting for|pending|resolved|fixed|over\b|done",
    ),
    ("cause", r"cause|why|reason|broke|wrong|blame|culprit|fault|root"),
)
"""The first that matches is the topic."""


class Noun(NamedTuple):
    """An everyday word for kinds of resource."""

    word: str
    pattern: str
    kinds: frozenset[str]


_DATABASES: Final = frozenset(
    {"dynamodb", "rds", "rdscluster", "rdsproxy", "docdb", "docdbinstance", "neptune", "redshift"}
)
_NOUNS: Final = (
    Noun("database", r"databases?|dbs?|tables?", _DATABASES),
    Noun("queue", r"queues?", frozenset({"sqs"})),
    Noun("function", r"functions?|lambdas?", frozenset({"lambda"})),
    Noun("cache", r"caches?|redis|valkey", frozenset({"elasticache", "replicationgroup"})),
    Noun("parameter", r"parameters?", frozenset({"ssm"})),
    Noun("container service", r"containers?|ecs", frozenset({"ecs", "ecscluster", "eks"})),
    Noun("load balancer", r"load ?balancers?", frozenset({"alb", "nlb", "elb", "targetgroup"})),
    Noun("API", r"apis?|gateways?", frozenset({"restapi", "httpapi", "appsync"})),
    Noun("topic", r"topics?", frozenset({"sns"})),
    Noun("stream", r"streams?", frozenset({"kinesis", "firehose", "msk"})),
    Noun("bucket", r"buckets?", frozenset({"s3"})),
)
_GENERIC: Final = frozenset({"prod", "live", "main", "test", "stage", "service", "function"})
"""Parts of names that occur in questions without naming a resource."""
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
    topic = next((topic for topic, pattern in _TOPICS if re.search(pattern, flat)), None)
    known = tuple(dict.fromkeys(resources))
    named = tuple(one for one in known if _is_named(one, flat))
    by_kind, absent = _by_kind(flat, known, named)
    found = tuple(dict.fromkeys((*named, *by_kind)))
    return Question(topic or ("alternatives" if found or absent else None), found, absent)


def _is_named(resource: ResourceId, text: str) -> bool:
    """Return whether the text holds the resource's id, its name, or the name's last part."""
    kind, _, name = resource.casefold().partition(":")
    if _has_word(text, name) or (kind != "lambda" and _has_word(text, kind)):
        return True
    parts = re.split(r"[^a-z0-9]+", name)
    distinctive = (p for p in parts[-1:] if len(p) >= _SHORTEST and p not in _GENERIC)
    return any(_has_word(text, part) for part in distinctive)


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def _by_kind(
    text: str, known: tuple[ResourceId, ...], named: tuple[ResourceId, ...]
) -> tuple[tuple[ResourceId, ...], tuple[str, ...]]:
    """Return the resources of the kinds that are named, and the kinds without any."""
    found: list[ResourceId] = []
    absent: list[str] = []
    for noun in _NOUNS:
        is_asked = re.search(rf"(?<![\w-])({noun.pattern})(?![\w-])", text)
        if not is_asked or any(_kind(one) in noun.kinds for one in named):
            continue
        of_kind = [one for one in known if _kind(one) in noun.kinds]
        found += of_kind
        absent += [] if of_kind else [noun.word]
    return tuple(found), tuple(absent)


def _kind(resource: ResourceId) -> str:
    return resource.partition(":")[0]
