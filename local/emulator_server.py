"""What runs inside the emulator's own environment: MiniStack, corrected, for as long as we live.

Its standard input is a pipe that nobody writes to. When the process that started it is gone,
however it died, the pipe ends and this process takes its whole group of Lambda workers with it.
"""

import os
import shutil
import signal
import sys
import threading

from local import emulator_patches
from local.emulator_patches.patching import service


def main() -> None:
    """Serve until the starter is gone."""
    threading.Thread(target=_die_with_the_starter, daemon=True).start()
    emulator_patches.apply()
    service("app").main()


def _die_with_the_starter() -> None:
    sys.stdin.buffer.read()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
