"""Stories by scenario: what breaks, what else changed, and which candidate would help.

`bad_release(7).bundle()` is the evidence of one; another seed is another shop altogether.
"""

import random
from collections.abc import Callable
from typing import Final

from tests.simulation.observed import PARAMETER, TABLE, resource
from tests.simulation.story import Story
from tests.simulation.timing import Timing, laptop
from tests.simulation.worlds import Fault, FaultKind, Switch, World

ROLLBACK: Final = "lambda.rollback_alias"
RAISE: Final = "lambda.raise_reserved_concurrency"
RESTORE: Final = "ssm.restore_parameter"
Drawn = Callable[[random.Random], Timing]


def healthy(seed: int, timing: Drawn = laptop) -> Story:
    """Return a shop without a fault, in which two innocent things changed; its alarm was forced."""
    rng = random.Random(seed)  # noqa: S311
    world = World(rng, timing(rng), reader=rng.randrange(1, 3))
    story = Story(world, concurrency={rng.randrange(3): (10, 10, None)})
    places = rng.sample(range(3), 2)
    world.switches.append(Switch(places[0], _innocent(world)))
    if rng.random() < 0.5:
        story.parameter_at = _innocent(world)
    else:
        world.switches.append(Switch(places[1], _innocent(world)))
    return story


def bad_release(seed: int, timing: Drawn = laptop) -> Story:
    """Return a shop in which a new version of one function fails."""
    story = healthy(seed, timing)
    place = story.world.rng.randrange(3)
    _release(story, place)
    _break(story, "release", place, 0.25)
    return story


def throttled_function(seed: int, timing: Drawn = laptop) -> Story:
    """Return a shop in which one function's reserved concurrency was lowered too far."""
    story = healthy(seed, timing)
    _throttle(story, story.world.rng.randrange(1, 3))
    return story


def bad_parameter(seed: int, timing: Drawn = laptop) -> Story:
    """Return a shop in which a parameter change breaks the function that reads it."""
    story = healthy(seed, timing)
    story.parameter_at = story.world.strike - story.world.rng.uniform(0, 2)
    _break(story, "parameter", story.world.reader, 0.3)
    story.cures = ((RESTORE, PARAMETER),)
    return story


def ambiguous(seed: int, timing: Drawn = laptop) -> Story:
    """Return a release and a change of the parameter that it reads, at once: either may be it."""
    story = bad_parameter(seed, timing)
    rng, place, restore = story.world.rng, story.world.reader, story.cures
    _release(story, place, lag=rng.uniform(0, 2))
    if rng.random() < 0.5:
        story.cures = restore
    else:
        fault = story.world.faults.pop()
        story.world.faults.append(Fault("release", place, fault.share, fault.at))
    return story


def wrong_fix(seed: int, timing: Drawn = laptop) -> Story:
    """Return a shop whose data broke a function, just after an innocent deployment of it."""
    story = healthy(seed, timing)
    place = story.world.rng.randrange(3)
    _release(story, place, lag=story.world.rng.uniform(0.5, 3))
    _break(story, "data", place, 0.25)
    story.cures = ()
    return story


def poisoned(seed: int, timing: Drawn = laptop, *, lag: float = 5, share: float = 0.3) -> Story:
    """Return a shop in which an attacker makes requests fail, `lag` after a good deployment."""
    story = healthy(seed, timing)
    place = story.world.rng.randrange(3)
    _release(story, place, lag=lag)
    story.world.faults.append(Fault("data", place, share, story.world.strike))
    story.cures = ()
    return story


def partial_canary(seed: int, timing: Drawn = laptop) -> Story:
    """Return a shop in which a new version fails that gets a part of the traffic only."""
    story = healthy(seed, timing)
    place = story.world.rng.randrange(3)
    _release(story, place, weight=story.world.rng.uniform(0.3, 0.6))
    _break(story, "release", place, 0.6)
    return story


def two_faults(seed: int, timing: Drawn = laptop) -> Story:
    """Return a release that fails at the back and, at once, a throttle further up."""
    story = healthy(seed, timing)
    _throttle(story, 1)
    _release(story, 2)
    _break(story, "release", 2, 0.3, 0.7)
    story.cures = ()
    return story


def unexplained(seed: int, timing: Drawn = laptop) -> Story:
    """Return a shop that broke without any change."""
    story = healthy(seed, timing)
    _break(story, "data", story.world.rng.randrange(3), 0.25)
    return story


def throttled_table(seed: int, timing: Drawn = laptop) -> Story:
    """Return a shop whose table turns requests away."""
    story = healthy(seed, timing)
    _break(story, "capacity", 2, 0.25, 0.8)
    story.cures = (("dynamodb.raise_capacity", TABLE),)
    return story


SCENARIOS: Final[dict[str, Callable[..., Story]]] = {
    "bad-release": bad_release,
    "throttled-function": throttled_function,
    "bad-parameter": bad_parameter,
    "false-alarm": healthy,
    "ambiguous": ambiguous,
    "wrong-fix": wrong_fix,
    "partial-canary": partial_canary,
    "two-faults": two_faults,
    "unexplained": unexplained,
    "throttled-table": throttled_table,
}


def _innocent(world: World) -> float:
    return world.strike - world.rng.uniform(*world.timing.innocent)


def _break(story: Story, kind: FaultKind, place: int, least: float, most: float = 1.0) -> None:
    world = story.world
    world.faults.append(Fault(kind, place, world.rng.uniform(least, most), world.strike))


def _release(story: Story, place: int, weight: float = 1.0, lag: float = 0.0) -> None:
    world = story.world
    world.switches[:] = [s for s in world.switches if s.place != place]
    world.switches.append(Switch(place, world.strike - lag, weight))
    story.cures = ((ROLLBACK, resource(world, place)),)


def _throttle(story: Story, place: int) -> None:
    _break(story, "throttle", place, 0.2, 0.6)
    story.concurrency = {place: (10, 2, story.world.strike - story.world.rng.uniform(0, 2))}
    story.cures = ((RAISE, resource(story.world, place)),)
