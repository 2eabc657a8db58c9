"""Run something in a fork: whatever it does to this process ends with it."""

import os
import signal
from collections.abc import Callable

FAILED = 1


def forked(run: Callable[[], bool], seconds: int) -> bool:
    """Return whether it said False in time; an error, an end of its own or no end are no such."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    status = FAILED
    try:
        signal.alarm(seconds)
        status = FAILED if run() else 0
    finally:
        os._exit(status)
