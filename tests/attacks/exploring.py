"""Every order of an intruder's moves, between any two stages of a scene.

A role's permissions are evaluated by IAM's rules. Two roles with equal permissions are one class.
Each sequence runs once, with the honest product running around it; its result is compared with the
result of the scene without an intruder.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.attacks.calling import calls_of_all_kinds
from tests.attacks.cloud.account import Account
from tests.attacks.cloud.dynamodb import rows
from tests.attacks.cloud.state import Done, Execution, State
from tests.attacks.forging import forged_facts
from tests.attacks.items import forged_items
from tests.attacks.primitive import Primitive
from tests.attacks.signing import late, signed_and_direct
from tests.attacks.view import View
from tests.attacks.world import Scene, World

Names = frozenset[str]


def primitives(account: Account) -> tuple[Primitive, ...]:
    """Return everything that an intruder tries."""
    return (
        *forged_facts(),
        *forged_items(account.services.dynamodb.layouts),
        *calls_of_all_kinds(),
        *signed_and_direct(),
        *late(),
    )


@dataclass(frozen=True)
class Move:
    """A primitive before a stage."""

    before: str
    primitive: str
    stores: frozenset[str] = frozenset()
    """The tables that it writes."""

    def words(self) -> str:
        """Return it for people."""
        return f"before {self.before}: {self.primitive}"


@dataclass(frozen=True)
class Broken:
    """A sequence with an unwanted effect."""

    scene: str
    moves: tuple[Move, ...]
    effects: tuple[Done, ...]
    roles: tuple[str, ...]

    def words(self) -> str:
        """Return it for people, line by line."""
        lines = [f"in the scene “{self.scene}”, as any of {', '.join(self.roles)}:"]
        lines += [f"  {move.words()}" for move in self.moves]
        return "\n".join([*lines, *(f"  → {done.words()}" for done in self.effects)])


@dataclass
class Explored:
    """The sequences that were tried."""

    roles: int = 0
    classes: int = 0
    primitives: int = 0
    sequences: int = 0
    effects: int = 0
    broken: list[Broken] = field(default_factory=list)

    def words(self) -> str:
        """Return the counts."""
        return (
            f"{self.roles} roles in {self.classes} classes, {self.primitives} primitives, "
            f"{self.sequences} sequences, {self.effects} effects, "
            f"{len(self.broken)} of them not wanted"
        )


@dataclass(frozen=True)
class Moves:
    """The primitives used so far, and the classes of roles that may use all of them."""

    moves: tuple[Move, ...]
    able: frozenset[Names]


class Explorer:
    """Tries sequences in one scene."""

    def __init__(
        self,
        world: World,
        scene: Scene,
        tried: Iterable[Primitive],
        silent: Iterable[str] = ("communication", "postmortem", "courier"),
    ) -> None:
        self.world, self.scene, self.silent = world, scene, frozenset(silent)
        self.tried = {primitive.name: primitive for primitive in tried}
        self.powers: dict[str, set[str]] = {name: set() for name in world.account.iam.identities}
        """Per role: what IAM was seen to let it do."""
        self.ends = 0
        self._known: dict[Hashable, tuple[tuple[Done, ...], Hashable]] = {}
        self._only: frozenset[tuple[str, str]] | None = None
        self.honest = self._honest()

    def _honest(self) -> Counter[Done]:
        self.world.account.host.silent = set(self.silent)
        self.world.begin(self.scene)
        self.start = self.world.state.copy()
        self._incident, self._bundles = self.world.incident, dict(self.world.account.shop.bundles)
        stages = []
        while (stage := self.world.next_stage()) is not None:
            stages.append(stage)
            self._ask_iam()
            self.world.step()
        self.stages = [*stages, "the end"]
        self._ask_iam()
        return Counter(self.world.state.done)

    def _enter(self) -> None:
        """Make the world this scene's again: another explorer may have been in it since."""
        world = self.world
        world.scene, world.incident = self.scene, self._incident
        world.account.shop.bundles = dict(self._bundles)
        world.account.host.silent = set(self.silent)

    def _ask_iam(self) -> None:
        account = self.world.account
        for name, primitive in self.tried.items():
            calls = list(primitive.calls(View(self.world)))
            for role, powers in self.powers.items():
                if calls and name not in powers and primitive.may(account, role, calls):
                    powers.add(name)

    def classes(self, roles: Iterable[str]) -> Mapping[Names, tuple[str, ...]]:
        """Return what the roles may do, each once, with the roles that may exactly that."""
        found: dict[Names, list[str]] = {}
        for role in roles:
            found.setdefault(frozenset(self.powers[role]), []).append(role)
        return {powers: tuple(names) for powers, names in found.items() if powers}

    def explore(self, roles: Sequence[str], depth: int = 1) -> Explored:
        """Try every sequence of up to `depth` primitives that one of the roles may do."""
        self._enter()
        classes = self.classes(roles)
        explored = Explored(len(roles), len(classes), len(frozenset().union(*classes)))
        for tried in self._sequences(self.start, Moves((), frozenset(classes)), depth):
            self._judge(tried, roles, explored)
        return explored

    def explore_pairs(self, roles: Sequence[str], depth: int = 2) -> Explored:
        """Try sequences of `depth` moves, of those that come to the same one alone.

        Two moves come to the same when the honest product did the same afterwards and the same
        roles may make them. One of them stands for all, in every place of a sequence.
        """
        self._enter()
        classes = self.classes(roles)
        explored = Explored(len(roles), len(classes), len(frozenset().union(*classes)))
        alone = list(self._sequences(self.start, Moves((), frozenset(classes)), 1))
        stand_for = {(t.came_to, t.made.able): t.made.moves[0] for t in reversed(alone)}
        self._only = frozenset((move.before, move.primitive) for move in stand_for.values())
        for tried in self._sequences(self.start, Moves((), frozenset(classes)), depth):
            if len(tried.made.moves) == depth:
                self._judge(tried, roles, explored)
        self._only = None
        return explored

    def run(self, *moves: tuple[str, str]) -> Counter[Done]:
        """Return the effects of the moves, each a stage that it precedes and a primitive."""
        left = list(moves)
        self.world.account.host.silent = set(self.silent)
        self.world.begin(self.scene)
        while (stage := self.world.next_stage()) is not None:
            while left and left[0][0] == stage:
                primitive = self.tried[left.pop(0)[1]]
                calls = list(primitive.calls(View(self.world)))
                assert calls, primitive.name
                primitive.do(self.world.account, calls)
                self.world.account.restore(self.world.state)
            self.world.step()
        assert not left, left
        return Counter(self.world.state.done)

    def ended(self, made: Moves) -> Iterator[tuple[Moves, State]]:
        """Yield each single move with the state that everything ends in."""
        self._enter()
        here = self.start
        while True:
            self.world.account.restore(here)
            stage = self.world.next_stage()
            for more, after in self._moves(here, stage or "the end", made):
                self.world.account.restore(after)
                self.world.finish()
                self.ends += 1
                yield more, self.world.state
            if stage is None:
                return
            self.world.account.restore(here)
            self.world.step()
            here = self.world.state.copy()

    def _judge(self, tried: "Tried", roles: Sequence[str], explored: Explored) -> None:
        explored.sequences += 1
        done = Counter(tried.done) - self.honest
        explored.effects += sum(Counter(tried.done).values())
        if done:
            names = {move.primitive for move in tried.made.moves}
            able = sorted(r for r in roles if names <= self.powers[r])
            found = Broken(self.scene.name, tried.made.moves, tuple(done), tuple(able))
            explored.broken.append(found)

    def _sequences(self, start: State, made: Moves, depth: int) -> Iterator["Tried"]:
        """Yield sequences that go on from here, each with what it came to in the end."""
        here = start
        while True:
            self.world.account.restore(here)
            stage = self.world.next_stage()
            for more, after in self._moves(here, stage or "the end", made):
                if depth > 1:
                    yield from self._sequences(after, more, depth - 1)
                yield self._finished(more, after)
            if stage is None:
                return
            self.world.account.restore(here)
            self.world.step()
            here = self.world.state.copy()

    def _finished(self, made: Moves, after: State) -> "Tried":
        """Have the honest product go on to the end; the same state comes to the same."""
        passed: list[Hashable] = []
        self.world.account.restore(after)
        while (key := identity(self.world.state)) not in self._known:
            passed.append(key)
            if self.world.next_stage() is None:
                self._known[key] = self.world.state.done, came_to(self.world.state)
                break
            self.world.step()
        done, came = self._known[key]
        for one in passed:
            self._known[one] = done, came
        return Tried(made, done, came)

    def _moves(self, here: State, place: str, made: Moves) -> Iterator[tuple[Moves, State]]:
        self.world.account.restore(here)
        if not self.scene.moments(self.world):
            return
        for name in sorted(frozenset().union(*made.able)):
            if self._only is not None and (place, name) not in self._only:
                continue
            self.world.account.restore(here)
            calls = list(self.tried[name].calls(View(self.world)))
            if not calls:
                continue
            self.tried[name].do(self.world.account, calls)
            able = frozenset(powers for powers in made.able if name in powers)
            names = (call.request.get("TableName") for call in calls)
            stores = frozenset(str(one) for one in names if one)
            move = Move(place, name, stores)
            yield Moves((*made.moves, move), able), self.world.state.copy()


class Tried(NamedTuple):
    """A sequence and its end."""

    made: Moves
    done: tuple[Done, ...]
    came_to: Hashable


def identity(state: State) -> Hashable:
    """Return what is equal for equal states. Items and executions are compared by content."""
    items = frozenset((table, key, _of_item(item)) for table, key, item in rows(state.tables))
    runs = frozenset((name, _of_run(run)) for name, run in state.executions.items())
    rest = (state.now, state.done, state.past, repr(state.world), repr(state.alarms))
    held = (frozenset(state.objects.items()), frozenset(state.queues.items()))
    return items, runs, rest, held


def _of_run(run: Execution) -> Hashable:
    return run.place, run.token, run.answer, repr(run.data)


def came_to(state: State) -> Hashable:
    """Return the course of the honest product, without the ids of single items."""
    runs = tuple((r.passed, repr(_verdicts(r.data))) for r in state.executions.values())
    items = Counter(table for table, _, _ in rows(state.tables))
    return runs, frozenset(items.items()), state.done, tuple(sorted(state.queues.items()))


def _verdicts(data: Mapping[str, Any]) -> Any:
    kept = ("consensus", "act", "undo", "verification", "closed", "answer", "error")
    return {name: data.get(name) for name in kept}


_HASHES: dict[int, tuple[Any, int]] = {}


def _of_item(item: Any) -> int:
    found = _HASHES.get(id(item))
    if found is None or found[0] is not item:
        said = {name: value for name, value in item.items() if name != "put"}
        found = _HASHES[id(item)] = item, hash(repr(sorted(said.items())))
    return found[1]
