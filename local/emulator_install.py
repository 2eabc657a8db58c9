"""Install MiniStack, or the memory's servers, from a hashed lock into an environment of its own.

Separate, because Lambda functions see the emulator's packages: in ours, a wheel that is missing
from a layer would be found here and missed on AWS.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".local"
Environment = Literal["emulator", "memory"]


def installed_python(name: Environment = "emulator") -> Path:
    """Return the environment's interpreter; install from its lock first if that has changed."""
    home, lock = STATE / f"{name}-env", Path(__file__).with_name(f"{name}-requirements.txt")
    python, stamp, wanted = home / "bin" / "python", home / "installed", _fingerprint(lock)
    STATE.mkdir(exist_ok=True)
    with (STATE / f"{name}-env.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not (stamp.exists() and stamp.read_text() == wanted):
            _install(home, python, lock)
            stamp.write_text(wanted)
    return python


def _fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


def _install(home: Path, python: Path, lock: Path) -> None:
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        raise FileNotFoundError("uv is not installed: run `make install` first")
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, home], check=True)
    options = ["--quiet", "--require-hashes", "--compile-bytecode", "--python", str(python)]
    subprocess.run([uv, "pip", "install", *options, "--requirement", str(lock)], check=True)
