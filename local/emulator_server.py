"""Entry point in the emulator's environment: MiniStack with our patches.

Standard input is a pipe without data. When the parent process ends, for whatever reason, the pipe
closes, and this process kills its process group with all Lambda workers.
"""

import os
import shutil
import signal
import sys
import threading

from local import emulator_patches
from local.emulator_patches.patching import service


def main() -> None:
    """Serve until the parent process ends."""
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    emulator_patches.apply()
    service("app").main()


def _exit_with_parent() -> None:
    sys.stdin.buffer.read()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
