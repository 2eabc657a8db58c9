"""Stand-ins where only AWS could answer: the sources of evidence, and the verbs.

The evidence function's own code freezes and records; only what it gathers comes from a simulated
shop. The executor's own code authorises, guards, fences and records; only the last call is ours.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any

from functions.executor.ports import Hazards
from quorum.domain.errors import WorldMovedError
from quorum.domain.evidence import Bundle, Candidate, Scalar
from quorum.domain.slack_interactions import SlackApp
from quorum.ports.execution import Effect
from tests.attacks.cloud.dynamodb import rows
from tests.attacks.cloud.state import Done

if TYPE_CHECKING:
    from tests.attacks.cloud.account import Account

Settings = dict[str, Scalar]


class Shop:
    """Evidence by incident; an incident without its own gets the first one's."""

    def __init__(self) -> None:
        self.bundles: dict[str, Bundle] = {}
        self.read: dict[tuple[str, bytes], Bundle] = {}

    def look(self, incident: str, round_: int) -> Bundle:
        """Return what is found."""
        found = self.bundles.get(incident) or next(iter(self.bundles.values()))
        return found.model_copy(update={"incident_id": incident, "round": round_})


class Actuator:
    """Every verb on every resource: a setting is written if nothing was written since."""

    def __init__(self, account: "Account", verb: str, incident: str) -> None:
        self._account, self._verb, self._incident = account, verb, incident

    def capture(self, candidate: Candidate) -> Settings:
        """Return what the inverse needs."""
        return {"revision": self._revision(), "target": self._target(candidate)}

    def apply(self, candidate: Candidate, captured: Mapping[str, Scalar]) -> Effect:
        """Apply the action."""
        return self._write("apply", candidate, captured, candidate.id)

    def undo(
        self,
        candidate: Candidate,
        captured: Mapping[str, Scalar],
        written: Mapping[str, Scalar],
    ) -> Effect:
        """Apply the captured inverse."""
        return self._write("undo", candidate, written, captured.get("target"))

    def read(self, candidate: Candidate) -> Settings:
        """Return what there is."""
        return {"revision": self._revision(), "target": self._target(candidate)}

    def hazards(self, candidate: Candidate) -> Hazards:  # noqa: ARG002 - the port's
        """Return no hazard."""
        return Hazards()

    def happened(
        self, candidate: Candidate, captured: Mapping[str, Scalar], state: Mapping[str, Scalar]
    ) -> bool:
        """Return whether the effect shows."""
        return bool(captured) and state["target"] == candidate.id

    def restored(
        self, candidate: Candidate, captured: Mapping[str, Scalar], state: Mapping[str, Scalar]
    ) -> bool:
        """Return whether what was captured shows."""
        return bool(candidate) and state["target"] == captured["target"]

    def _target(self, candidate: Candidate) -> Scalar:
        found: Scalar = self._account.state.world.get(candidate.resource, "as it was")
        return found

    def _revision(self) -> int:
        return int(self._account.state.world.get("revision", 1))

    def _expired(self) -> bool:
        """Return whether more than one vote of the acting round, as its seat signed it, is expired.

        An intruder is one function, so it can sign one seat's vote early: the executor does not
        count that one, and acts on the others.
        """
        own = [
            (name, item)
            for name, _, item in rows(self._account.state.tables)
            if self._incident in str(item)
        ]
        fences = [json.loads(item["execution"]["S"]) for _, item in own if "execution" in item]
        acting = max((f.get("round", 1) for f in fences if f["operation"] == "act"), default=1)
        votes = [
            json.loads(item["ballot"]["S"])["vote"]
            for name, item in own
            if "-votes-" in name and "ballot" in item
        ]
        ends = [vote["exp"] for vote in votes if vote["round"] == acting]
        late = [end for end in ends if end < self._account.state.now.timestamp()]
        return len(late) > 1

    def _write(
        self, what: str, candidate: Candidate, expected: Mapping[str, Scalar], target: Scalar
    ) -> Effect:
        """Write it: like Lambda's, it compares only what it is given."""
        state = self._account.state
        asked = {"resource": candidate.resource, **candidate.parameters, "target": target}
        settings = tuple(sorted(asked.items(), key=str))
        if expected.get("revision", self._revision()) != self._revision():
            raise WorldMovedError("it was changed by another caller")
        if what == "apply" and self._expired():
            what = "apply on expired votes"
        done = Done(what, self._incident, self._verb, candidate.id, settings)
        state.done += (done,)
        if state.heals and what.startswith("apply"):
            state.alarms = {n: {**a, "StateValue": "OK"} for n, a in state.alarms.items()}
        state.world |= {candidate.resource: target, "revision": self._revision() + 1}
        return Effect(written=self.read(candidate), request_id=self._account.new_id())


class Actuators:
    """`Actuators` and `Deployments` of the account."""

    def __init__(self, account: "Account") -> None:
        self._account = account

    def actuator(self, verb: str, incident_id: str) -> Actuator:
        """Return the verb's."""
        return Actuator(self._account, verb, incident_id)

    def running(self, resource: str) -> str | None:
        """Return None: no deployment is running."""
        return None if resource else "everything"


def _evidence(module: Any, account: "Account") -> None:
    class Freezer(type(module.freezer)):  # type: ignore[misc] # its own class
        """Looks into the simulated shop."""

        def _bundle(self, request: Any, *_: Any) -> Bundle:
            return account.shop.look(request.incident_id, request.round)

    old = module.freezer
    fields = {name: getattr(old, name) for name in old.__dataclass_fields__}
    module.freezer = Freezer(**fields)


def _approval(module: Any, account: "Account") -> None:
    """Configure the Slack app's id directly, as there is no secrets service here."""
    assert account
    app = SlackApp(signing_secret="s" * 32, team="T00000001", app="A00000001")
    authenticator = replace(module.approvals.authenticator, slack=lambda: app)
    module.approvals = replace(module.approvals, authenticator=authenticator)


def _executor(module: Any, account: "Account") -> None:
    hand = Actuators(account)
    shelf = Shelf(module.deps.evidence, account)
    module.deps = replace(module.deps, actuators=hand, deployments=hand, evidence=shelf)


class Shelf:
    """An evidence store that reads the same object once: what has these bytes is this bundle."""

    def __init__(self, inner: Any, account: "Account") -> None:
        self._inner, self._account = inner, account

    def get_bundle(self, digest: str) -> Bundle:
        """Return the bundle, as the product's own store does."""
        objects = self._account.state.objects
        body = next((held for (_, name), held in objects.items() if digest in name), None)
        known = self._account.shop.read
        if body is None or (digest, body) not in known:
            found: Bundle = self._inner.get_bundle(digest)
            known[digest, body or b""] = found
        return known[digest, body or b""]


def _remembered(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method, asked once about the same bundle; its errors are not remembered."""
    known: dict[int, tuple[Bundle, Any]] = {}

    def ask(bundle: Bundle, deps: Any) -> Any:
        if id(bundle) not in known:
            known[id(bundle)] = bundle, method(bundle, deps)
        return known[id(bundle)][1]

    return ask


def _seat(module: Any, account: "Account") -> None:
    """Cache pure methods, which read nothing but the bundle, by bundle."""
    seating = module.seating
    methods = {
        name: method if name == "similar-incidents" else _remembered(method)
        for name, method in seating.methods.items()
    }
    shelf = Shelf(seating.evidence, account)
    module.lambda_handler = module.seat_handler(replace(seating, methods=methods, evidence=shelf))


STUBS: Mapping[str, Callable[[Any, "Account"], None]] = {
    "approval": _approval,
    "evidence": _evidence,
    "executor": _executor,
}


def stub(function: str, module: ModuleType, account: "Account") -> None:
    """Put what stands in for AWS where the function has it wired."""
    if function.startswith("seat-"):
        _seat(module, account)
    elif function in STUBS:
        STUBS[function](module, account)
