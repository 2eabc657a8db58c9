"""`make demo`: start everything, play one scenario, stop everything."""

import signal
import webbrowser
from pathlib import Path

from rich.console import Console, RenderableType
from rich.text import Text

from local import archive
from local.emulator_install import ROOT, STATE
from local.layout import Paragraph
from local.outcome import Outcome
from local.run import Run
from local.scenarios import Scenario
from local.stage import LocalStage
from quorum.domain.events import EvidenceFrozen, PostMortemWritten
from quorum.narrative import plain, settings

LABEL_WIDTH = 13


def demo(  # noqa: PLR0913 - the command's options, by name
    scenario: Scenario,
    *,
    seed: int,
    json_file: Path | None,
    fault: bool,
    web: bool,
    verbose: bool,
    console: Console,
) -> int:
    """Play the scenario; return 0 if its outcome is the expected one, 1 otherwise.

    With `web` the console opens in the browser, a person there answers approval requests, and
    everything keeps running until Ctrl-C.
    """
    console.print(Text.assemble((scenario.name, "bold"), f", seed {seed}: {scenario.story}"))
    with LocalStage(seed, say=console.print) as stage:
        if web:
            console.print(f"Console, signed in: {stage.console.address}", soft_wrap=True)
            webbrowser.open(stage.console.address)
        run = Run(stage, scenario, console, fault=fault, answers=not web, verbose=verbose)
        outcome = run.play()
        _report(stage, outcome, console)
        if web:
            console.print("Still running, with the console; stop with Ctrl-C.")
            signal.pause()
    if json_file:
        json_file.write_text(outcome.model_dump_json(indent=2) + "\n")
    return 0 if outcome.as_expected else 1


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
