"""Zips for Lambda, without Docker: reproducible, byte-compiled for the target, built once.

A package is `functions/__init__.py`, `functions/shared` and the function's own folder. Imports
dominate a Python cold start, and Lambda cannot keep the bytecode that it compiles. Everything is
kept under `.local/packages` by a digest of what it was made from.
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from stacks.bytecode import compiled, interpreter

ROOT: Final = Path(__file__).parents[1]
STORE: Final = ROOT / ".local" / "packages"
LONG_AGO: Final = (2020, 1, 1, 0, 0, 0)


class Package(NamedTuple):
    """A zip, and the digest of everything that it was made from."""

    path: Path
    digest: str


def sources(folder: str) -> list[Path]:
    """Return what a function of this folder ships, relative to the root, in order."""
    functions = ROOT / "functions"
    kept = [functions / "__init__.py", *_files(functions / "shared"), *_files(functions / folder)]
    return sorted(path.relative_to(ROOT) for path in kept)


def function_package(folder: str, python: str) -> Package:
    """Return the zip of a function, with bytecode when the target's interpreter is here."""
    paths = sources(folder)
    digest = digest_of([python, interpreter(python) or "source"], (ROOT / path for path in paths))
    target = STORE / f"{folder}-{digest[:32]}.zip"
    if not target.exists():
        with TemporaryDirectory() as scratch:
            for path in paths:
                copy = Path(scratch) / path
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes((ROOT / path).read_bytes())
            compiled(Path(scratch), python, prefix="/var/task")
            zip_tree(Path(scratch), target)
    return Package(target, digest)


def digest_of(words: Iterable[str], files: Iterable[Path]) -> str:
    """Return a digest of the words and of the files' names and contents."""
    found = hashlib.sha256("\0".join(words).encode())
    for path in files:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"\n{path.relative_to(ROOT)} {content}".encode())
    return found.hexdigest()


def zip_tree(tree: Path, target: Path, *, packed: bool = True) -> None:
    """Zip the tree at once or not at all, with fixed times and modes.

    Not `packed`, it is larger and unpacked sooner: the emulator does so for every environment.
    """
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(f".{id(tree)}.partial")
    with zipfile.ZipFile(partial, "w") as archive:
        for path in sorted(p for p in tree.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(str(path.relative_to(tree)), LONG_AGO)
            entry.external_attr, entry.compress_type = 0o644 << 16, method
            archive.writestr(entry, path.read_bytes())
    partial.replace(target)


def _files(folder: Path) -> Iterator[Path]:
    yield from (p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
