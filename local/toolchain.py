"""The pinned CDK CLI, run with the Node that our own environment brings.

    python -m local.toolchain cdk synth --quiet

An assembly that is still current is deployed as it is: synthesis is most of a deployment's time.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.emulator_install import ROOT, STATE

BIN = ROOT / ".venv" / "bin"
CDK = ROOT / "node_modules" / ".bin" / "cdk"
PINS = (ROOT / "requirements.txt", ROOT / "package-lock.json")
QUIET = {
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    "CDK_DISABLE_CLI_TELEMETRY": "true",
}
OURS = ("AWS_", "CDK_DEFAULT_")  # what the caller's shell may say about a real account


@dataclass(frozen=True)
class CdkApp:
    """A CDK app: what runs it, and everything that its output depends on."""

    name: str
    command: str
    sources: tuple[Path, ...]
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def assembly(self) -> Path:
        """Where it is synthesised to."""
        return STATE / f"cdk.out.{self.name}"


def cdk(
    args: Sequence[str], *, app: CdkApp | None = None, env: Mapping[str, str] | None = None
) -> None:
    """Run the CLI, for the app if one is given; with `env` nothing of a real account is passed on.

    Raises CalledProcessError, after the CLI has printed why.
    """
    if app is None:
        _run(args, env)
        return
    digest, stamp = _digest(app, env or {}), app.assembly.with_suffix(f".{app.name}.digest")
    if app.assembly.exists() and stamp.exists() and stamp.read_text() == digest:
        _run([*args, "--app", str(app.assembly)], env)
        return
    stamp.unlink(missing_ok=True)
    context = [
        word for key, value in app.context.items() for word in ("--context", f"{key}={value}")
    ]
    _run([*args, "--app", app.command, "--output", str(app.assembly), *context], env)
    stamp.write_text(digest)


def _run(args: Sequence[str], env: Mapping[str, str] | None) -> None:
    inherited = {k: v for k, v in os.environ.items() if env is None or not k.startswith(OURS)}
    path = {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run(
        [CDK, *args], cwd=ROOT, env={**inherited, **path, **QUIET, **(env or {})}, check=True
    )


def _digest(app: CdkApp, env: Mapping[str, str]) -> str:
    target = {name: env.get(name) for name in ("CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION")}
    inputs = [app.command, dict(app.context), target, sys.version]
    digest = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode())
    for path in _files((*app.sources, *PINS)):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _files(sources: Iterable[Path]) -> Iterable[Path]:
    for source in sources:
        found = sorted(source.rglob("*")) if source.is_dir() else [source]
        yield from (p for p in found if p.is_file() and "__pycache__" not in p.parts)


def main() -> int:
    """Pass the arguments through, and the CLI's exit code back."""
    program, *args = sys.argv[1:] or ["", ""]
    if program != "cdk":
        print("usage: python -m local.toolchain cdk …", file=sys.stderr)
        return 2
    try:
        cdk(args)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
