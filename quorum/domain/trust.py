"""The inputs that guard an effect, the store of each, and its one writer.

The log serves people, learning and the read model; a dozen functions append to it. Therefore it is
only read here for inputs that can hold an effect back. Everything that decides whether and what the
executor writes comes from the frozen evidence (by its digest), from signed votes and grants, from
the resource itself, from the clock, from the deployment, or from a store with one writer.

The synthesised permissions are tested against these tables: the build fails on a second writer, and
on a store that is read by one of the three readers and not listed here. `docs/threat-model.md` and
`docs/architecture.md` are generated from them.
"""

from typing import Final, Literal, NamedTuple

from quorum.domain.seats import SEATS

Reader = Literal["executor", "consensus", "approval"]
Kind = Literal["evidence", "signed", "store", "resource", "clock", "deployment", "proof", "log"]
"""`evidence`: a bundle by its digest. `signed`: a statement whose signature the reader verifies.
`proof`: signed by an identity provider or a channel for a person. `log`: can only hold back."""


class Store(NamedTuple):
    """A store, by its key in the stacks' table of needs, and the only function that writes it."""

    key: str
    writer: str
    holds: str


class Input(NamedTuple):
    """One input to a reader's decisions."""

    reader: Reader
    what: str
    kind: Kind
    store: str = ""
    """The key of the store that holds it, if any."""


STORES: Final[tuple[Store, ...]] = (
    Store("objects:bundles", "evidence", "the frozen evidence, each bundle under its digest"),
    *(Store(f"votes:{s.name}", f"seat-{s.name}", "the seat's ballots and votes") for s in SEATS),
    Store("table:decisions", "consensus", "the decision of each round"),
    Store("table:executions", "executor", "fences with each effect and its inverse; leases"),
    Store("table:approvals", "approval", "approval requests, grants, take-overs, orders to undo"),
    Store("table:openings", "intake", "openings of incidents, and the alarms that joined them"),
    Store("table:closings", "closing", "endings of incidents, and the newest of each alarm"),
    Store("table:verifications", "verification", "results of verification"),
    Store("table:controls", "learning", "the newest suspension of each seat"),
    Store("table:overrides", "api", "restrictions, stops and reinstatements"),
    Store("table:stop", "api", "the stop switch, which people can also set by hand"),
)

_BUNDLE: Final = "objects:bundles"
INPUTS: Final[tuple[Input, ...]] = (
    Input("executor", "the candidates, their parameters and observed states", "evidence", _BUNDLE),
    Input(
        "executor",
        "its alarms and its gaps",
        "evidence",
        _BUNDLE,
    ),
    Input("executor", "a second fault, and the target's earlier traffic", "evidence", _BUNDLE),
    Input("executor", "failures of one caller or of new callers", "evidence", _BUNDLE),
    Input("executor", "ongoing failures behind the dead letters", "evidence", _BUNDLE),
    Input("executor", "the votes", "signed", "votes:all"),
    Input("executor", "contradictions of seats", "signed", "votes:all"),
    Input("executor", "the age of the votes", "clock"),
    Input("executor", "the decision and the digest of its evidence", "store", "table:decisions"),
    Input("executor", "people's grants, and their age", "signed", "table:approvals"),
    Input("executor", "people's orders to undo, and their age", "signed", "table:approvals"),
    Input("executor", "the take-over of the incident", "store", "table:approvals"),
    Input("executor", "answers to requests of other rounds", "store", "table:approvals"),
    Input("executor", "the effect and its inverse", "store", "table:executions"),
    Input("executor", "the number, round and end of earlier actions", "store", "table:executions"),
    Input(
        "executor",
        "leases, and the actions of the last hour",
        "store",
        "table:executions",
    ),
    Input("executor", "the result of verification", "store", "table:verifications"),
    Input("executor", "the ending of the incident", "store", "table:closings"),
    Input("executor", "a flapping alarm", "store", "table:openings"),
    Input("executor", "the end of the alarm's last incident", "store", "table:closings"),
    Input("executor", "a storm of incidents", "store", "table:openings"),
    Input("executor", "suspended seats", "store", "table:controls"),
    Input(
        "executor",
        "reinstatements and restrictions",
        "store",
        "table:overrides",
    ),
    Input("executor", "the stop switch", "store", "table:stop"),
    Input("executor", "an earlier version's stop switch", "log", "table:operations"),
    Input("executor", "the resource's state, its deployments, its autoscaling", "resource"),
    Input("executor", "the versions pinned by the resource's tags", "resource"),
    Input("executor", "the alarm's state", "resource"),
    Input("executor", "the autonomy rules and the pinned keys", "deployment"),
    Input("executor", "an earlier refusal, or a conflicting event", "log", "table:events"),
    Input("consensus", "the candidates and the gaps", "evidence", _BUNDLE),
    Input(
        "consensus",
        "a security release, and failures of one caller or of new callers",
        "evidence",
        _BUNDLE,
    ),
    Input("consensus", "the votes", "signed", "votes:all"),
    Input("consensus", "the age of the votes", "clock"),
    Input("consensus", "the earlier decision", "store", "table:decisions"),
    Input("consensus", "the opening of the incident", "store", "table:openings"),
    Input("consensus", "the take-over of the incident", "store", "table:approvals"),
    Input("consensus", "answers to requests of earlier rounds", "store", "table:approvals"),
    Input("consensus", "suspended seats", "store", "table:controls"),
    Input(
        "consensus",
        "reinstatements and restrictions",
        "store",
        "table:overrides",
    ),
    Input("consensus", "the autonomy rules and the pinned keys", "deployment"),
    Input("consensus", "the digest of this round's bundle", "log", "table:events"),
    Input("approval", "the identity of the person", "proof"),
    Input("approval", "the roles of the person", "deployment"),
    Input("approval", "the decision to approve", "store", "table:decisions"),
    Input("approval", "the candidate to grant", "evidence", _BUNDLE),
    Input("approval", "the ending of the incident", "store", "table:closings"),
    Input("approval", "the effect that a person orders undone", "store", "table:executions"),
    Input("approval", "grants that an action has followed", "store", "table:executions"),
    Input("approval", "earlier requests, answers and grants", "store", "table:approvals"),
    Input("approval", "the age of the approval request", "clock"),
    Input("approval", "the last decided round", "log", "table:events"),
)


def writer(key: str) -> str:
    """Return the only function that writes the store. Raises KeyError for a store not listed."""
    return {store.key: store.writer for store in STORES}[key]
