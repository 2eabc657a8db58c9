"""The inputs that guard an effect, the store of each, and its one writer.

The log serves people, learning and the read model; a dozen functions append to it. Therefore it is
only read here for inputs that can hold an effect back. Everything that decides whether and what the
executor writes comes from the frozen evidence (by its digest), from signed votes and grants, from
the resource itself, from the clock, from the deployment, or from a store with one writer.

The synthesised permissions are tested against these tables: the build fails on a second writer, and
on a store that is read by one of the three readers and not listed here. `docs/threat-model.md` is
generated from them.
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
    Store("table:decisions", "consensus", "the one decision of a round"),
    Store("table:executions", "executor", "fences with what was done and what undoes it; leases"),
    Store("table:approvals", "approval", "questions, grants, who has taken over, orders to undo"),
    Store("table:openings", "intake", "how an incident opened, and the alarms that joined it"),
    Store("table:closings", "closing", "how an incident ended, and when its alarms' last one did"),
    Store("table:verifications", "verification", "whether an action helped"),
    Store("table:controls", "learning", "the newest suspension of each seat"),
    Store("table:overrides", "api", "what people held back, let go and lifted"),
    Store("table:stop", "api", "the stop switch; people throw it by hand as well"),
)

_BUNDLE: Final = "objects:bundles"
INPUTS: Final[tuple[Input, ...]] = (
    Input("executor", "the candidates, their parameters and what they saw", "evidence", _BUNDLE),
    Input(
        "executor",
        "its alarms, and whether evidence is missing",
        "evidence",
        _BUNDLE,
    ),
    Input("executor", "whether two faults show, and what the target served", "evidence", _BUNDLE),
    Input("executor", "whether one caller, or newcomers, have the failures", "evidence", _BUNDLE),
    Input("executor", "whether what left the dead letters still fails", "evidence", _BUNDLE),
    Input("executor", "the votes", "signed", "votes:all"),
    Input("executor", "that a seat contradicted itself", "signed", "votes:all"),
    Input("executor", "the age of the votes", "clock"),
    Input("executor", "what was decided, and on which evidence", "store", "table:decisions"),
    Input("executor", "people's grants, and their age", "signed", "table:approvals"),
    Input("executor", "people's orders to undo, and their age", "signed", "table:approvals"),
    Input("executor", "who has taken the incident over", "store", "table:approvals"),
    Input("executor", "what was done, and what undoes it", "store", "table:executions"),
    Input(
        "executor",
        "leases, and the actions of the last hour",
        "store",
        "table:executions",
    ),
    Input("executor", "whether it helped", "store", "table:verifications"),
    Input("executor", "whether the incident is closed", "store", "table:closings"),
    Input("executor", "whether the alarm flaps", "store", "table:openings"),
    Input("executor", "whether its last incident ended just before", "store", "table:closings"),
    Input("executor", "whether there is a storm", "store", "table:openings"),
    Input("executor", "which seats are suspended", "store", "table:controls"),
    Input(
        "executor",
        "what people lifted, and what they hold back",
        "store",
        "table:overrides",
    ),
    Input("executor", "the stop switch", "store", "table:stop"),
    Input("executor", "a stop switch that an earlier version held", "log", "table:operations"),
    Input("executor", "the resource's state, its deployments, its autoscaling", "resource"),
    Input("executor", "the versions that the resource's tags pin", "resource"),
    Input("executor", "whether the alarm is in ALARM", "resource"),
    Input("executor", "what the operator allows, and whose keys sign", "deployment"),
    Input("executor", "that it was refused, or tells otherwise", "log", "table:events"),
    Input("consensus", "the candidates, and whether evidence is missing", "evidence", _BUNDLE),
    Input(
        "consensus",
        "a security release, and whether one caller, or newcomers, have the failures",
        "evidence",
        _BUNDLE,
    ),
    Input("consensus", "the votes", "signed", "votes:all"),
    Input("consensus", "the age of the votes", "clock"),
    Input("consensus", "what was decided before", "store", "table:decisions"),
    Input("consensus", "how the incident opened", "store", "table:openings"),
    Input("consensus", "who has taken the incident over", "store", "table:approvals"),
    Input("consensus", "which seats are suspended", "store", "table:controls"),
    Input(
        "consensus",
        "what people lifted, and what they hold back",
        "store",
        "table:overrides",
    ),
    Input("consensus", "what the operator allows, and whose keys sign", "deployment"),
    Input("consensus", "which of the incident's bundles is this round's", "log", "table:events"),
    Input("approval", "who answers", "proof"),
    Input("approval", "who may answer", "deployment"),
    Input("approval", "what is asked: the decision", "store", "table:decisions"),
    Input("approval", "what is granted: the candidate", "evidence", _BUNDLE),
    Input("approval", "whether the incident is closed", "store", "table:closings"),
    Input("approval", "what was done, that a person wants undone", "store", "table:executions"),
    Input("approval", "what was asked, answered and granted before", "store", "table:approvals"),
    Input("approval", "the age of the question", "clock"),
    Input("approval", "which round was decided last", "log", "table:events"),
)


def writer(key: str) -> str:
    """Return the only function that writes the store. Raises KeyError for a store not listed."""
    return {store.key: store.writer for store in STORES}[key]
