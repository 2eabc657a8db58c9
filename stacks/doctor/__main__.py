"""Check an account and a configuration, before and after a deployment. Nothing is changed.

    python -m stacks.doctor --config examples/shadow --region eu-west-1
    python -m stacks.doctor --coverage coverage.md

Prints one line per check: ok, warning or error with the remedy, or unknown with the IAM action that
the caller lacks. The exit status is 1 if there is an error.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from stacks.config import Config, ConfigError
from stacks.doctor.check import Check, error
from stacks.doctor.subject import Options

STDOUT: Final = "-"


def main(arguments: Sequence[str], out: TextIO, now: Callable[[], datetime]) -> int:
    """Run the checks and write their results; return the exit status."""
    given = _parser().parse_args(arguments)
    try:
        config = configuration(Path(given.config), given.context)
    except ConfigError as failure:
        return _write([error("configuration", str(failure), "Correct cdk.json")], given, out)
    from stacks.doctor.run import (  # noqa: PLC0415 - `--help` needs no AWS
        Surroundings,
        checks,
        coverage_report,
    )

    surroundings = Surroundings(given.profile, given.region, now, time.sleep)
    subject = surroundings.subject(config, Options(given.drift, given.send_test))
    if isinstance(subject, Check):
        return _write([subject], given, out)
    if given.coverage is not None:
        text = coverage_report(subject)
        return (
            _report(text, given.coverage, out)
            if isinstance(text, str)
            else _write([text], given, out)
        )
    return _write(checks(subject), given, out)


def configuration(folder: Path, assignments: Sequence[str]) -> Config:
    """Return the configuration in the folder's cdk.json, as `cdk deploy` there reads it.

    Assignments (`key=value`) override keys. Raises ConfigError.
    """
    try:
        context = json.loads((folder / "cdk.json").read_text()).get("context", {})
    except (OSError, json.JSONDecodeError) as failure:
        raise ConfigError(f"{folder / 'cdk.json'}: {failure}") from failure
    return Config.from_context({**context, **dict(one.partition("=")[::2] for one in assignments)})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m stacks.doctor",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", default=".", metavar="FOLDER", help="with the cdk.json")
    parser.add_argument("-c", "--context", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--region", help="the region of the deployment")
    parser.add_argument("--profile", help="of the AWS configuration")
    parser.add_argument("--json", action="store_true", help="one JSON list of all checks")
    parser.add_argument("--drift", action="store_true", help="start a detection of drift")
    parser.add_argument(
        "--send-test", action="store_true", help="send a test message on every channel"
    )
    parser.add_argument(
        "--coverage",
        nargs="?",
        const=STDOUT,
        metavar="FILE",
        help="write the report of the coverage as Markdown, in place of the checks",
    )
    return parser


def _write(
    checks: Sequence[Check] | Iterator[Check], given: argparse.Namespace, out: TextIO
) -> int:
    """Write the checks, each line as soon as it is known."""
    found: list[Check] = []
    for check in checks:
        found.append(check)
        if not given.json:
            out.write(f"{check.line}\n")
            out.flush()
    if given.json:
        json.dump([check._asdict() for check in found], out, indent=2)
        out.write("\n")
    return int(any(check.status == "error" for check in found))


def _report(text: str, path: str, out: TextIO) -> int:
    if path == STDOUT:
        out.write(text)
    else:
        Path(path).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout, lambda: datetime.now(UTC)))
