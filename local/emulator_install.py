"""Install MiniStack, from a hashed lock, into a separate environment.

Separate, because Lambda functions see that environment's packages: in ours, a wheel that is
missing from a layer would be found here and missed on AWS.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".local"
LOCK = Path(__file__).with_name("emulator-requirements.txt")


def installed_python() -> Path:
    """Return the emulator's interpreter; install from the lock first if that has changed."""
    home = STATE / "emulator-env"
    python, stamp, wanted = home / "bin" / "python", home / "installed", _fingerprint()
    STATE.mkdir(exist_ok=True)
    with (STATE / "emulator-env.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not (stamp.exists() and stamp.read_text() == wanted):
            _install(home, python)
            stamp.write_text(wanted)
    return python


def _fingerprint() -> str:
    return hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()


def _install(home: Path, python: Path) -> None:
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        raise FileNotFoundError("uv is not installed: run `make install` first")
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, home], check=True)
    options = ["--quiet", "--require-hashes", "--compile-bytecode", "--python", str(python)]
    subprocess.run([uv, "pip", "install", *options, "--requirement", str(LOCK)], check=True)
