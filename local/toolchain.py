"""The pinned CDK CLI, run with the Node of Quorum's environment.

    python -m local.toolchain cdk synth --quiet

An assembly that is still current is reused: synthesis is most of a deployment's time.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from local.clients import REGION
from local.emulator import ACCOUNT, Emulator
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
# Validating templates is half of a synthesis; `make synth` and the tests do that
UNCHECKED = {"CDK_VALIDATION": "false"}
DEPLOY = ("deploy", "--require-approval", "never", "--progress", "events", "--no-notices")
OURS = ("AWS_", "CDK_DEFAULT_")  # variables of the caller's shell that may be a real account's


@dataclass(frozen=True)
class CdkApp:
    """A CDK app: its command, and everything that its output depends on."""

    name: str
    command: str
    sources: tuple[Path, ...]
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def assembly(self) -> Path:
        """Return the folder that it is synthesised to."""
        return STATE / f"cdk.out.{self.name}"


def cdk(
    args: Sequence[str],
    *,
    app: CdkApp | None = None,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> None:
    """Run the CLI, for the app if one is given; with `env`, without a real account's variables.

    Raises CalledProcessError, after the CLI has printed the reason (to `log`, if given).
    """
    if app is None:
        _run(args, env, log)
        return
    digest, stamp = _digest(app, env or {}), STATE / f"cdk.out.{app.name}.digest"
    if app.assembly.exists() and stamp.exists() and stamp.read_text() == digest:
        _run([*args, "--app", str(app.assembly)], env, log)
        return
    stamp.unlink(missing_ok=True)
    context = [w for key, value in app.context.items() for w in ("--context", f"{key}={value}")]
    _run([*args, "--app", app.command, "--output", str(app.assembly), *context], env, log)
    stamp.write_text(digest)


def deploy(app: CdkApp, emulator: Emulator, *, log: Path | None = None) -> None:
    """Deploy all stacks of the app to the emulator."""
    bootstrap(emulator)
    cdk([*DEPLOY, "--all"], app=app, env={**UNCHECKED, **emulator.environment()}, log=log)


def bootstrap(emulator: Emulator) -> None:
    """Create the asset bucket, all that a CliCredentialsStackSynthesizer needs of a bootstrap."""
    bucket = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
    emulator.client("s3").create_bucket(Bucket=bucket)  # in us-east-1 a repetition is no error


def _run(args: Sequence[str], env: Mapping[str, str] | None, log: Path | None) -> None:
    inherited = {k: v for k, v in os.environ.items() if env is None or not k.startswith(OURS)}
    path = {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    merged = {**inherited, **path, **QUIET, **(env or {})}
    with log.open("ab") if log else nullcontext() as output:
        own_group = env is not None  # a person at the terminal may have to answer the CLI
        process = subprocess.Popen(
            [CDK, *args],
            cwd=ROOT,
            env=merged,
            stdout=output,
            stderr=output,
            start_new_session=own_group,
        )
        try:
            code = process.wait()
        except BaseException:
            _end(process, own_group=own_group)
            raise
    if code:
        raise subprocess.CalledProcessError(code, ["cdk", *args])


def _end(process: subprocess.Popen[bytes], *, own_group: bool) -> None:
    """Kill the CLI, and with it the app and the Node that it started."""
    if own_group:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


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
    """Run the CLI with the command line's arguments; return its exit status."""
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
