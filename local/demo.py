"""`make demo`: start everything, play one scenario, stop everything."""

import json
import signal
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from rich.console import Console, RenderableType
from rich.text import Text

from local import archive
from local.emulator_install import ROOT, STATE
from local.layout import Paragraph
from local.memory.embedding import EmbeddingServer
from local.memory.opensearch import OpenSearchServer
from local.outcome import Outcome
from local.run import Run
from local.scenarios import Scenario
from local.stage import LocalStage, MemoryServers, wait_until
from quorum.adapters.dynamodb.items import from_micros
from quorum.adapters.dynamodb.occurrences import DynamoDBOccurrences
from quorum.domain.events import EvidenceFrozen, PostMortemWritten
from quorum.narrative import plain, settings

LABEL_WIDTH = 13
LEARNING_SECONDS = 120
HISTORY = "diagnosis-history"


class Memory(NamedTuple):
    """The store of the memory, and the embedder of its texts."""

    store: Literal["dynamodb", "opensearch"] = "dynamodb"
    embedder: Literal["words", "minilm"] = "words"


def demo(  # noqa: PLR0913 - the command's options, by name
    scenario: Scenario,
    *,
    seed: int,
    json_file: Path | None,
    fault: bool,
    web: bool,
    verbose: bool,
    times: int,
    memory: Memory,
    console: Console,
) -> int:
    """Play the scenario `times` times; return 0 if each outcome is an expected one, 1 otherwise.

    With `web` the console opens in the browser, a person there answers approval requests, and
    everything keeps running until Ctrl-C.
    """
    console.print(Text.assemble((scenario.name, "bold"), f", seed {seed}: {scenario.story}"))
    outcomes: list[Outcome] = []
    with (
        memory_servers(memory, console) as servers,
        LocalStage(seed, say=console.print, memory=servers) as stage,
    ):
        if web:
            console.print(f"Console, signed in: {stage.console.address}", soft_wrap=True)
            webbrowser.open(stage.console.address)
        for number in range(1, times + 1):
            if times > 1:
                console.print(Text(f"\nTime {number} of {times}", "bold"))
            run = Run(stage, scenario, console, fault=fault, answers=not web, verbose=verbose)
            outcomes.append(run.play())
            _report(stage, outcomes[-1], console)
            if number < times:
                _wait_until_learned(stage, outcomes[-1].incident)
                _wait_for_cooldown(stage, outcomes[-1], console)
        if times > 1:
            _learned(outcomes, console)
        if web:
            console.print("Still running, with the console; stop with Ctrl-C.")
            signal.pause()
    if json_file:
        json_file.write_text(_json(outcomes))
    return 0 if all(outcome.as_expected for outcome in outcomes) else 1


@contextmanager
def memory_servers(memory: Memory, console: Console) -> Iterator[MemoryServers]:
    """Start what the memory needs beside the emulator; print the store and the embedder.

    Raises ArtefactsUnavailableError where its packages cannot be had.
    """
    with ExitStack() as running:
        search = model = ""
        if memory.store == "opensearch":
            search = running.enter_context(OpenSearchServer()).endpoint
        if memory.embedder == "minilm":
            model = running.enter_context(EmbeddingServer()).endpoint
        store = "OpenSearch" if search else "the emulator's DynamoDB"
        embedder = "MiniLM, a small model" if model else "hashed words, which are no model"
        console.print(f"Memory in {store}; texts embedded by {embedder}")
        yield MemoryServers(search, model)


def _wait_until_learned(stage: LocalStage, incident: str) -> None:
    """Wait until the function `learning` has stored the incident."""
    occurrences = DynamoDBOccurrences(stage.quorum.table("knowledge"))

    def learned() -> bool:
        found = occurrences.find(incident)
        return found is not None and occurrences.finished(found)

    wait_until(learned, seconds=LEARNING_SECONDS, what="the memory of the incident")


def _wait_for_cooldown(stage: LocalStage, outcome: Outcome, console: Console) -> None:
    """Wait until the executor's lease on the changed resource ends: before, it acts no more."""
    if outcome.action is None:
        return
    key = {"id": f"lease#{outcome.action['resource']}"}
    lease = stage.quorum.table("executions").get_item(Key=key, ConsistentRead=True).get("Item")
    until = from_micros(lease["until"]) if lease else datetime.now(UTC)
    seconds = (until - datetime.now(UTC)).total_seconds()
    if seconds > 0:
        console.print(f"Waiting {seconds:.0f} s: the executor lets a changed resource cool down")
        what = "the end of the cooldown"
        wait_until(lambda: datetime.now(UTC) > until, seconds=seconds + LEARNING_SECONDS, what=what)


def _learned(outcomes: Sequence[Outcome], console: Console) -> None:
    """Print the scores and the votes of history, one line per time."""
    console.print()
    for number, one in enumerate(outcomes, start=1):
        votes = [vote for vote in one.votes if vote["seat"] == HISTORY and vote["action"]]
        voted = f"{votes[0]['confidence']:.2f} for {votes[0]['verb']}" if votes else "no vote"
        console.print(_row(f"Time {number}", f"score {one.score:.2f}; {HISTORY}: {voted}"))


def _json(outcomes: Sequence[Outcome]) -> str:
    """Return the outcome of one play, or a list of several."""
    if len(outcomes) == 1:
        return outcomes[0].model_dump_json(indent=2) + "\n"
    return json.dumps([one.model_dump(mode="json") for one in outcomes], indent=2) + "\n"


def _report(stage: LocalStage, outcome: Outcome, console: Console) -> None:
    """Print the outcome; write the post-mortem and the evidence to files."""
    console.print()
    colour = "green" if outcome.as_expected else "red"
    console.print(_row("Outcome", f"{outcome.outcome} ({outcome.reason})", f"bold {colour}"))
    if outcome.action:
        resource = str(outcome.action["resource"])
        how = "autonomous" if outcome.autonomous else f"approved by {outcome.approved_by}"
        console.print(_row("Action", f"{outcome.action['verb']} on {resource}, {how}"))
        console.print(_row("Now", plain(settings(outcome.world["resources"][resource]))))
    for number, (alarm, state) in enumerate(sorted(outcome.world["alarms"].items())):
        console.print(_row("Alarms" if number == 0 else "", f"{state} {alarm}"))
    health = "OK" if outcome.world["shop_answers"] else "FAILED"
    console.print(Text(f"Shop health check: {health}"))
    timings = (f"{n.replace('_', ' ')} {s:.1f} s" for n, s in outcome.seconds.items() if s)
    console.print(_row("Timings here", ", ".join(timings)))
    cost = "unknown" if outcome.cost_dollars is None else f"${outcome.cost_dollars:.4f}"
    transitions = f"{outcome.transitions} Step Functions state transitions"
    console.print(_row("Cost on AWS", f"estimated {cost} at list prices; {transitions}"))
    for event in stage.quorum.events(outcome.incident):
        if isinstance(event, PostMortemWritten):
            content = stage.quorum.report(event).encode()
            console.print(_row("Post-mortem", _write("post-mortem", outcome, ".md", content)))
        if isinstance(event, EvidenceFrozen) and event.evidence == outcome.evidence:
            content = stage.quorum.evidence(event)
            console.print(_row("Evidence", _write("evidence", outcome, ".json", content)))
    exported = STATE / f"incident-{outcome.incident[:8]}.zip"
    archive.write(stage.quorum, outcome.incident, exported)
    console.print(_row("Archive", str(exported.relative_to(ROOT))))


def _row(label: str, text: str, style: str = "") -> RenderableType:
    return Paragraph(Text(f"{label:<{LABEL_WIDTH}}"), text, style)


def _write(kind: str, outcome: Outcome, suffix: str, content: bytes) -> str:
    """Write a file of this incident; return its path relative to the repository."""
    path = STATE / f"{kind}-{outcome.incident[:8]}{suffix}"
    path.write_bytes(content)
    return str(path.relative_to(ROOT))
