"""Quorum on a laptop: `python -m local demo|up|status|show|approve|deny|seats|stop|go …`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from local import serving
from local.quorum import Quorum
from local.scenarios import NAMES, load
from local.view import seat_table, show
from quorum.domain.errors import QuorumError

EPILOG = "Exit status: 0 as expected, 1 not as expected, 2 wrong arguments, 130 interrupted."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    options = _parser().parse_args(arguments)
    console = Console(highlight=False)
    command: Callable[[argparse.Namespace, Console], int] = options.command
    try:
        return command(options, console)
    except (LookupError, TimeoutError, RuntimeError, QuorumError) as error:
        console.print(f"[red]{type(error).__name__}:[/] {error}", markup=True)
        return 1
    except KeyboardInterrupt:
        console.print("Interrupted; nothing is left running.")
        return 130


def _demo(options: argparse.Namespace, console: Console) -> int:
    from local.demo import demo  # noqa: PLC0415 - the other commands need no emulator

    scenario = load(options.scenario)
    return demo(
        scenario.only(options.alone) if options.alone else scenario,
        seed=options.seed,
        json_file=options.json,
        fault=not options.twin,
        web=options.web,
        console=console,
    )


def _up(options: argparse.Namespace, console: Console) -> int:
    endpoint = serving.up(options.seed)
    console.print(f"Up at {endpoint}; python -m local down ends it")
    console.print(f"Its console: {serving.console()}", soft_wrap=True)
    return 0


def _down(_: argparse.Namespace, console: Console) -> int:
    console.print("Down" if serving.down() else "Nothing was up")
    return 0


def _status(_: argparse.Namespace, console: Console) -> int:
    quorum = _quorum()
    console.print(f"Up at {quorum.endpoint}; {len(quorum.incidents())} incidents")
    for queue in ("outbox", "dead-letters"):
        console.print(f"  {quorum.waiting(queue)} messages in {queue}")
    console.print(f"Its console: {serving.console()}", soft_wrap=True)
    for name, state in sorted(quorum.alarm_states("shop-").items()):
        console.print(f"  {state:<18} {name}")
    return 0


def _incidents(_: argparse.Namespace, console: Console) -> int:
    quorum = _quorum()
    for incident_id in quorum.incidents():
        facts = quorum.facts(incident_id)
        console.print(f"{incident_id}  {facts[0].occurred_at:%H:%M:%S}  {facts[-1].type}")
    return 0


def _show(options: argparse.Namespace, console: Console) -> int:
    quorum = _quorum()
    show(console, quorum.facts(quorum.find(options.id)), quorum.verifier().objection)
    return 0


def _seats(options: argparse.Namespace, console: Console) -> int:
    quorum = _quorum()
    if options.name:
        quorum.lift(options.name, options.by, options.why)
    console.print(seat_table(quorum.suspensions.in_force()))
    return 0


def _answer(options: argparse.Namespace, console: Console) -> int:
    quorum = _quorum()
    more = {"action": options.action} if options.action else {}
    said = {"reason": options.reason, **more}
    token = serving.token(options.by)
    result = quorum.answer(quorum.find(options.id), options.answer, token, **said)
    console.print(result)
    return 0


def _stop(options: argparse.Namespace, console: Console) -> int:
    quorum = _quorum()
    if options.reason:
        quorum.stop.throw(options.reason, "operator", datetime.now(UTC))
    else:
        quorum.stop.lift("go", "operator", datetime.now(UTC))
    console.print("Stopped: no effect until `go`" if options.reason else "Effects are possible")
    return 0


def _quorum() -> Quorum:
    return Quorum(serving.endpoint())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", epilog=EPILOG)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    demo = _command(commands, "demo", _demo, "play one scenario from alarm to post-mortem")
    demo.add_argument("--scenario", default=NAMES[0], choices=NAMES)
    demo.add_argument("--seed", type=int, default=7, help="draws names, faulty function, delays")
    demo.add_argument("--json", type=Path, metavar="FILE", help="write what came of it")
    demo.add_argument("--alone", metavar="CAUSE", help="of ambiguous: `release` or `setting` alone")
    demo.add_argument("--twin", action="store_true", help="no fault, the alarm forced")
    demo.add_argument("--web", action="store_true", help="open the console, answer there, stay up")
    up = _command(commands, "up", _up, "start everything and leave it running")
    up.add_argument("--seed", type=int, default=7)
    _command(commands, "down", _down, "end what `up` started")
    _command(commands, "status", _status, "what is up, and its alarms")
    _command(commands, "incidents", _incidents, "all incidents, newest first")
    _command(commands, "show", _show, "one incident").add_argument("id", metavar="ID")
    for name, answer in (("approve", "granted"), ("deny", "denied")):
        command = _command(commands, name, _answer, f"{name} what an incident asks")
        command.add_argument("id", metavar="ID")
        command.add_argument("--by", default="operator", help="who you are: operator or second")
        command.add_argument("--reason", default="", help="why, for the record")
        command.set_defaults(action=None)
        if answer == "granted":
            command.add_argument("--action", help="another candidate's id, instead of the best")
        command.set_defaults(answer=answer)
    seats = _command(commands, "seats", _seats, "the seats, and which of them are suspended")
    seats.set_defaults(name=None)
    lift = _command(seats.add_subparsers(), "lift", _seats, "let a suspended seat weigh again")
    lift.add_argument("name", metavar="NAME")
    lift.add_argument("--by", required=True, help="who you are")
    lift.add_argument("--why", required=True, help="what makes it trustworthy again")
    stop = _command(commands, "stop", _stop, "throw the stop switch: no effect any more")
    stop.add_argument("--reason", default="stopped by hand")
    _command(commands, "go", _stop, "lift the stop switch").set_defaults(reason=None)
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace, Console], int],
    text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
