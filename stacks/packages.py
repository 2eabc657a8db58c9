"""Zip packages for Lambda: reproducible, byte-compiled for the target, cached, without Docker.

A package holds the function's own folder and the closure of its imports in `quorum`, so that a
change redeploys only the functions that import it. Imports dominate a Python cold start, and Lambda
cannot store the bytecode that it compiles. Packages are cached under `.local/packages` by a digest
of their inputs.

`python -m stacks.packages --json` prints each deployed function's files and their hash.
"""

import argparse
import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final, NamedTuple

import grimp

from stacks.bytecode import compiled, interpreter
from stacks.functions_table import ROWS

ROOT: Final = Path(__file__).parents[1]
STORE: Final = ROOT / ".local" / "packages"
FIXED_TIME: Final = (2020, 1, 1, 0, 0, 0)
SETTINGS_FILE: Final = "settings.json"
"""At the root of a package, where `quorum.runtime.lambda_runtime` reads it."""
_DYNAMIC: Final = re.compile(rb"\b(?:__import__|importlib|runpy|pkgutil)\b")


class Package(NamedTuple):
    """A zip file and the digest of its inputs."""

    path: Path
    digest: str


@cache
def sources(folder: str) -> tuple[Path, ...]:
    """Return the files that a function of this folder ships, relative to the root, sorted.

    Raises ValueError for a dynamic import, whose target the import graph does not show.
    """
    modules = {_path(module) for module in _closure(f"functions.{folder}")}
    own = (p.relative_to(ROOT) for p in _files(ROOT / "functions" / folder))
    paths = sorted(modules | set(own))
    for path in paths:
        if path.suffix == ".py" and _DYNAMIC.search((ROOT / path).read_bytes()):
            raise ValueError(f"{path} imports dynamically: the imported module would not ship")
    return tuple(paths)


def function_package(
    folder: str, python: str, settings: Mapping[str, str] = MappingProxyType({})
) -> Package:
    """Return a function's zip, with bytecode if the target's interpreter is installed.

    `settings` are the deployment's, in a file of the package that the runtime reads.
    """
    paths = sources(folder)
    text = json.dumps(settings, sort_keys=True) if settings else ""
    words = [python, interpreter(python) or "source", *([text] if text else [])]
    digest = digest_of(words, (ROOT / path for path in paths))
    target = STORE / f"{folder}-{digest[:32]}.zip"
    if not target.exists():
        with TemporaryDirectory() as scratch:
            for path in paths:
                copy = Path(scratch) / path
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes((ROOT / path).read_bytes())
            compiled(Path(scratch), python, prefix="/var/task")
            if text:
                (Path(scratch) / SETTINGS_FILE).write_text(text)
            zip_tree(Path(scratch), target)
    return Package(target, digest)


def digest_of(words: Iterable[str], files: Iterable[Path]) -> str:
    """Return a SHA-256 digest of the words and of the files' names and contents."""
    found = hashlib.sha256("\0".join(words).encode())
    for path in files:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"\n{path.relative_to(ROOT)} {content}".encode())
    return found.hexdigest()


def zip_tree(tree: Path, target: Path, *, packed: bool = True) -> None:
    """Zip the tree atomically, with fixed times and modes.

    `packed` compresses. The emulator unpacks the zip for every environment, which is faster without
    compression.
    """
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(f".{id(tree)}.partial")
    with zipfile.ZipFile(partial, "w") as archive:
        for path in sorted(p for p in tree.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(str(path.relative_to(tree)), FIXED_TIME)
            entry.external_attr, entry.compress_type = 0o644 << 16, method
            archive.writestr(entry, path.read_bytes())
    partial.replace(target)


@cache
def _imports() -> grimp.ImportGraph:
    return grimp.build_graph(
        "functions", "quorum", exclude_type_checking_imports=True, cache_dir=None
    )


def _closure(package: str) -> set[str]:
    """Return all modules, packages included, that run when the package's modules are imported."""
    graph = _imports()
    found: set[str] = set()
    waiting = {package, *graph.find_descendants(package)}
    while waiting:
        module = waiting.pop()
        found.add(module)
        parent = module.rpartition(".")[0]
        imported = graph.find_modules_directly_imported_by(module)
        waiting |= ({parent} if parent else set()) | imported
        waiting -= found
    return found


def _path(module: str) -> Path:
    path = Path(*module.split("."))
    return path / "__init__.py" if (ROOT / path).is_dir() else path.with_suffix(".py")


def _files(folder: Path) -> Iterator[Path]:
    yield from (p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


class Shipped(NamedTuple):
    """The files of a deployed function and a hash of their names and contents."""

    files: tuple[str, ...]
    hash: str


def shipped() -> dict[str, Shipped]:
    """Return the files and hash of each deployed function, by name."""
    return {row.name: _shipped(row.package) for row in ROWS}


def _shipped(folder: str) -> Shipped:
    paths = sources(folder)
    digest = digest_of([], (ROOT / path for path in paths))
    return Shipped(tuple(path.as_posix() for path in paths), digest)


def main() -> None:
    """Print the files of each deployed function."""
    parser = argparse.ArgumentParser(prog="python -m stacks.packages", description=main.__doc__)
    parser.add_argument("--json", action="store_true", help="print all files and hashes as JSON")
    if parser.parse_args().json:
        functions = {name: package._asdict() for name, package in shipped().items()}
        print(json.dumps({"functions": functions}, indent=1))
        return
    for name, package in shipped().items():
        print(f"{name:28} {len(package.files):4} files  {package.hash[:12]}")


if __name__ == "__main__":
    main()
