"""Run a program until standard input ends: python -m local.memory.guarded PROGRAM ARGUMENTS

Standard input is a pipe without data, which closes when the parent process ends for whatever
reason. As root the program runs with the least account.
"""

import os
import subprocess
import sys
import threading

LEAST_ACCOUNT = 65534


def main() -> int:
    """Return the program's exit code; kill it when standard input ends."""
    lower = (
        {"user": LEAST_ACCOUNT, "group": LEAST_ACCOUNT, "extra_groups": ()}
        if os.geteuid() == 0
        else {}
    )
    with subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, **lower) as program:  # type: ignore[call-overload]
        threading.Thread(target=_kill_at_end_of_input, args=(program,), daemon=True).start()
        return int(program.wait())


def _kill_at_end_of_input(program: "subprocess.Popen[bytes]") -> None:
    sys.stdin.buffer.read()
    program.kill()


if __name__ == "__main__":
    raise SystemExit(main())
