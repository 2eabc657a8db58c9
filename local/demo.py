"""`make demo`: everything up, one scenario, everything down again."""

import signal
import webbrowser
from pathlib import Path

from rich.console import Console

from local.emulator_install import ROOT, STATE
from local.outcome import Outcome
from local.run import Run
from local.scenarios import Scenario
from local.stage import Stage
from quorum.domain.events import EvidenceFrozen, PostMortemWritten


def demo(  # noqa: PLR0913 - the command's options, by name
    scenario: Scenario,
    *,
    seed: int,
    json_file: Path | None,
    fault: bool,
    web: bool,
    console: Console,
) -> int:
    """Play the scenario; return 0 when it ended as the scenario says it should.

    With `web` the console opens, whoever looks at it is the person, and all stays up until Ctrl-C.
    """
    console.print(f"[bold]{scenario.name}[/], seed {seed}: {scenario.story}")
    with Stage(seed, say=console.print) as stage:
        if web:
            webbrowser.open(stage.console.address)
        outcome = Run(stage, scenario, console, fault=fault, answers=not web).play()
        _report(stage, outcome, console)
        if web:
            console.print(f"Still up, until Ctrl-C: {stage.console.address}")
            signal.pause()
    if json_file:
        json_file.write_text(outcome.model_dump_json(indent=2) + "\n")
    return 0 if outcome.as_expected else 1


def _report(stage: Stage, outcome: Outcome, console: Console) -> None:
    """Say what came of it, and keep the post-mortem where it can be read afterwards."""
    colour = "green" if outcome.as_expected else "red"
    console.print(f"\nOutcome: [bold {colour}]{outcome.outcome}[/] ({outcome.reason})")
    if outcome.action:
        how = "autonomously" if outcome.autonomous else f"approved by {outcome.approved_by}"
        console.print(f"Action: {outcome.action['verb']} on {outcome.action['resource']}, {how}")
        console.print(f"Now: {outcome.world['resources'][outcome.action['resource']]}")
    states = ", ".join(f"{n} {s}" for n, s in sorted(outcome.world["alarms"].items()))
    console.print(f"Alarms: {states}")
    console.print(f"The shop answers: {'yes' if outcome.world['shop_answers'] else 'no'}")
    seconds = ", ".join(f"{n.replace('_', ' ')} {s:.1f}" for n, s in outcome.seconds.items() if s)
    console.print(f"Seconds on this machine: {seconds}")
    cost = "not known" if outcome.cost_dollars is None else f"${outcome.cost_dollars:.4f}"
    console.print(f"Receipt: {outcome.transitions} state transitions, {cost} at AWS's prices")
    for fact in stage.quorum.events(outcome.incident):
        if isinstance(fact, PostMortemWritten):
            _keep("post-mortem", outcome, ".md", stage.quorum.report(fact).encode(), console)
        if isinstance(fact, EvidenceFrozen) and fact.evidence == outcome.evidence:
            _keep("evidence", outcome, ".json", stage.quorum.evidence(fact), console)


def _keep(what: str, outcome: Outcome, kind: str, content: bytes, console: Console) -> None:
    path = STATE / f"{what}-{outcome.incident[:8]}{kind}"
    path.write_bytes(content)
    console.print(f"{what.capitalize()}: {path.relative_to(ROOT)}")
