"""Command line of the laptop environment: `python -m local demo|up|status|show|approve|…`."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from local import archive, daemon, replay
from local.emulator_install import ROOT
from local.layout import wrapped
from local.quorum import Quorum, QuorumOnAws
from local.scenarios import NAMES, load
from local.stage import DEPLOY_LOG
from local.view import incident_line, seat_table, show
from quorum.answers import EXAMPLES, answer, read_record
from quorum.domain.errors import QuorumError
from quorum.narrative import plain

EPILOG = "Exit status: 0 as expected, 1 not as expected or failed, 2 usage error, 130 interrupted."
SEED_HELP = "seed of the shop's names, the faulty function and the delays (default: %(default)s)"
ID_HELP = "incident id, or its first characters"
VERBOSE_HELP = "show each seat's method and reason, and long names in full"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    options = _parser().parse_args(arguments)
    console = Console(highlight=False, markup=False, emoji=False)
    command: Callable[[argparse.Namespace, Console], int] = options.command
    try:
        return command(options, console)
    except (LookupError, TimeoutError, RuntimeError, QuorumError) as error:
        return _failed(str(error))
    except subprocess.CalledProcessError as error:
        called = " ".join(map(str, error.cmd[:2]))
        log = DEPLOY_LOG.relative_to(ROOT)
        return _failed(f"`{called}` failed with exit status {error.returncode}; see {log}")
    except KeyboardInterrupt:
        console.print("Interrupted; everything was stopped.")
        return 130


def _failed(message: str) -> int:
    Console(stderr=True, highlight=False).print(Text.assemble(("Error: ", "red"), message))
    return 1


def _demo(options: argparse.Namespace, console: Console) -> int:
    from local.demo import Memory, demo  # noqa: PLC0415 - the other commands need no emulator

    scenario = load(options.scenario)
    return demo(
        scenario.only(options.alone) if options.alone else scenario,
        seed=options.seed,
        json_file=options.json,
        fault=not options.twin,
        web=options.web,
        verbose=options.verbose,
        times=options.times,
        memory=Memory(options.memory, options.embedder),
        console=console,
    )


def _up(options: argparse.Namespace, console: Console) -> int:
    endpoint = daemon.up(options.seed)
    console.print(f"Running at {endpoint}; stop with `python -m local down`")
    console.print(f"Console: {daemon.console()}", soft_wrap=True)
    return 0


def _down(_: argparse.Namespace, console: Console) -> int:
    console.print("Stopped." if daemon.down() else "Nothing was running.")
    return 0


def _status(_: argparse.Namespace, console: Console) -> int:
    quorum = _quorum()
    console.print(f"Running at {quorum.endpoint}; incidents: {len(quorum.incidents())}")
    console.print(f"Console: {daemon.console()}", soft_wrap=True)
    for queue in ("outbox", "dead-letters"):
        console.print(f"  queue {queue}: {quorum.waiting(queue)} messages")
    for name, state in sorted(quorum.alarm_states("shop-").items()):
        console.print(f"  {state:<18} {name}")
    return 0


def _incidents(_: argparse.Namespace, console: Console) -> int:
    quorum = _quorum()
    for incident_id in quorum.incidents():
        console.print(incident_line(quorum.events(incident_id)))
    return 0


def _show(options: argparse.Namespace, console: Console) -> int:
    quorum = _quorum()
    events = quorum.events(quorum.find(options.id))
    show(console, events, quorum.verifier().objection, verbose=options.verbose)
    return 0


def _ask(options: argparse.Namespace, console: Console) -> int:
    quorum = _quorum()
    record = read_record(quorum.events(quorum.find(options.id)), quorum.bundles)
    found = answer(record, " ".join(options.question))
    for statement in found.statements:
        cites = ", ".join(statement.cites)
        console.print(Text.assemble("- ", plain(statement.words), (f"  [{cites}]", "dim")))
    for gap in found.missing:
        console.print(f"- {plain(gap)}")
    if found.topic is None:
        console.print("This question is not understood. Ask for example:")
        for example in EXAMPLES.values():
            console.print(f"  {example}")
    return 0


def _export(options: argparse.Namespace, console: Console) -> int:
    quorum = QuorumOnAws(options.stage) if options.stage else _quorum()
    incident = options.id if options.stage else quorum.find(options.id)
    file: Path = options.file or Path(f"incident-{incident[:8]}.zip")
    count = archive.write(quorum, incident, file)
    console.print(f"Written: {file} ({count} events)")
    return 0


def _replay(options: argparse.Namespace, console: Console) -> int:
    agree = True
    for one in replay.rounds(archive.read(options.file)):
        agree = agree and one.agrees
        console.print(f"Round {one.round}")
        for vote in one.votes:
            detail = f": {vote.detail}" if vote.detail else ""
            console.print(f"  {vote.seat:<22} {vote.method:<18} {vote.result}{detail}")
        for flaw in one.flaws:
            console.print(f"  {flaw}")
        verdict = "does not agree" if not one.agrees else "agrees with the record"
        console.print(f"  The decision {verdict}.")
    return 0 if agree else 1


def _seats(options: argparse.Namespace, console: Console) -> int:
    quorum = _quorum()
    if options.name:
        quorum.reinstate(options.name, options.by, options.why)
    console.print(seat_table(quorum.suspensions.in_force()))
    return 0


def _answer(options: argparse.Namespace, console: Console) -> int:
    quorum = _quorum()
    token, incident = daemon.token(options.by), quorum.find(options.id)
    given = {"reason": options.reason, "action": options.action}
    result = quorum.answer(incident, options.answer, token, **given)
    if result.get("answer") == "waiting":
        console.print(f"Approved. More approvers required: {result.get('missing')}.")
    else:
        console.print("Approved." if options.answer == "granted" else "Denied.")
    return 0


def _stop(options: argparse.Namespace, console: Console) -> int:
    _quorum().stop.throw(options.reason, "operator", datetime.now(UTC))
    console.print("Automation stopped: nothing is changed until `python -m local resume`.")
    return 0


def _resume(_: argparse.Namespace, console: Console) -> int:
    _quorum().stop.lift("resumed by hand", "operator", datetime.now(UTC))
    console.print("Automation resumed.")
    return 0


def _quorum() -> Quorum:
    return Quorum(daemon.endpoint())


class _HelpFormatter(argparse.HelpFormatter):
    """A formatter that breaks help texts at blanks alone, not at the hyphens of names."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m local", epilog=EPILOG)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _demo_options(_command(commands, "demo", _demo, "play one scenario from alarm to post-mortem"))
    up = _command(commands, "up", _up, "start everything in the background")
    up.add_argument("--seed", type=int, default=7, help=SEED_HELP)
    _command(commands, "down", _down, "stop everything that `up` started")
    _command(commands, "status", _status, "show the endpoint, the queues and the shop's alarms")
    _command(commands, "incidents", _incidents, "list all incidents, newest first")
    show_ = _command(commands, "show", _show, "show one incident: events, votes, certificate")
    show_.add_argument("id", metavar="ID", help=ID_HELP)
    show_.add_argument("-v", "--verbose", action="store_true", help=VERBOSE_HELP)
    ask = _command(commands, "ask", _ask, "answer a question on one incident from its evidence")
    ask.add_argument("id", metavar="ID", help=ID_HELP)
    ask.add_argument(
        "question", metavar="WORD", nargs="+", help="what changed?, why not the queue?"
    )
    export = _command(commands, "export", _export, "write one incident to a file, to be replayed")
    export.add_argument("id", metavar="ID", help=f"{ID_HELP}; on AWS the whole id")
    export.add_argument("--file", type=Path, help="the file (default: incident-ID.zip)")
    stage = "a stage on AWS, with the caller's credentials, instead of the laptop"
    export.add_argument("--stage", help=stage)
    replay_ = _command(commands, "replay", _replay, "decide an exported incident again")
    replay_.add_argument("file", metavar="FILE", type=Path, help="a file that `export` wrote")
    for name, given in (("approve", "granted"), ("deny", "denied")):
        text = f"{name} the newest approval request of an incident"
        _answer_options(_command(commands, name, _answer, text), given)
    _seat_options(_command(commands, "seats", _seats, "list the seats; reinstate a suspended one"))
    stop = _command(commands, "stop", _stop, "stop automation: no action is taken until `resume`")
    stop.add_argument("--reason", default="stopped by hand", help="reason, for the record")
    _command(commands, "resume", _resume, "resume automation after `stop`", aliases=["go"])
    return parser


def _demo_options(demo: argparse.ArgumentParser) -> None:
    text = f"{', '.join(NAMES)} (default: %(default)s)"
    demo.add_argument("--scenario", default=NAMES[0], choices=NAMES, metavar="NAME", help=text)
    demo.add_argument("--seed", type=int, default=7, help=SEED_HELP)
    demo.add_argument("--json", type=Path, metavar="FILE", help="write the result as JSON")
    demo.add_argument("--alone", metavar="CAUSE", help="run only one cause (ambiguous scenario)")
    demo.add_argument("--twin", action="store_true", help="inject no fault; force the alarm")
    demo.add_argument("--web", action="store_true", help="approve in the console; run until Ctrl-C")
    text = "play it so often on one stage: the memory learns (default: %(default)s)"
    demo.add_argument("--times", type=int, choices=range(1, 10), default=1, metavar="N", help=text)
    text = "store of the memory: dynamodb or opensearch (default: %(default)s)"
    demo.add_argument("--memory", choices=("dynamodb", "opensearch"), default="dynamodb", help=text)
    text = "embedder of its texts: words, hashed, or minilm, a model (default: %(default)s)"
    demo.add_argument("--embedder", choices=("words", "minilm"), default="words", help=text)
    demo.add_argument("-v", "--verbose", action="store_true", help=VERBOSE_HELP)


def _answer_options(command: argparse.ArgumentParser, answer: str) -> None:
    command.add_argument("id", metavar="ID", help=ID_HELP)
    command.add_argument("--by", default="operator", help="approver: operator or second")
    command.add_argument("--reason", default="", help="reason, for the record")
    command.set_defaults(action=None, answer=answer)
    if answer == "granted":
        command.add_argument("--action", metavar="ACTION", help="id of another candidate action")


def _seat_options(seats: argparse.ArgumentParser) -> None:
    seats.set_defaults(name=None)
    text = "reinstate a suspended seat: its votes count again"
    commands = seats.add_subparsers(metavar="COMMAND")
    reinstate = _command(commands, "reinstate", _seats, text, aliases=["lift"])
    reinstate.add_argument("name", metavar="NAME", help="the seat")
    reinstate.add_argument("--by", required=True, help="your name, for the record")
    reinstate.add_argument("--why", required=True, help="reason to trust the seat again")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace, Console], int],
    text: str,
    aliases: Sequence[str] = (),
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name, help=text, description=text, aliases=aliases, formatter_class=_HelpFormatter
    )
    parser.set_defaults(command=run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
