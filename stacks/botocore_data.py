"""Trimming of botocore's data to the services and operations that Quorum calls.

Creating a client mostly means reading JSON: the service's models, two thirds of them
documentation, and the endpoints of every AWS service. This keeps the services that are called, in
their newest API version; of their models the operations that are called and the shapes that those
reference, without documentation, as plain instead of compressed JSON; and the endpoints of these
services, in all partitions and regions.
"""

import gzip
import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

DOCUMENTATION: Final = "documentation"
ENDPOINTS: Final = "endpoints.json"
SETTINGS: Final = "clientContextParams"
MODEL: Final = "service-2.json"
EXAMPLES: Final = "examples-1.json"


def trim(data: Path, called: Mapping[str, Collection[str]]) -> None:
    """Trim botocore's data folder in place. `called` maps each service to its operations.

    Raises FileNotFoundError for a service that botocore does not have.
    """
    for folder in (path for path in data.iterdir() if path.is_dir()):
        if folder.name not in called:
            shutil.rmtree(folder)
    for service, operations in called.items():
        _trim_service(data / service, operations)
    prefixes = {prefix for service in called for prefix in _prefixes(data / service)}
    endpoints = data / ENDPOINTS
    _write(endpoints, endpoints_of(prefixes, json.loads(endpoints.read_text())))


def _trim_service(folder: Path, operations: Collection[str]) -> None:
    newest = _newest(folder)
    for version in folder.iterdir():
        if version != newest:
            shutil.rmtree(version)
    for packed in sorted(newest.glob("*.json.gz")):
        plain = packed.with_suffix("")
        content = without_documentation(json.loads(gzip.decompress(packed.read_bytes())))
        packed.unlink()
        _write(plain, only(operations, content) if plain.name == MODEL else content)
    (newest / EXAMPLES).unlink(missing_ok=True)


def only(operations: Collection[str], model: dict[str, Any]) -> dict[str, Any]:
    """Return a service's model with these operations and the shapes that they reference."""
    kept = {name: row for name, row in model["operations"].items() if name in operations}
    shapes: dict[str, Any] = {}
    found = set(_shapes(kept))
    while found:
        shapes |= {name: model["shapes"][name] for name in found}
        found = set(_shapes([shapes[name] for name in found])) - set(shapes)
    # botocore requires the documentation of client context parameters, which S3 has
    settings = {name: {**row, DOCUMENTATION: ""} for name, row in model.get(SETTINGS, {}).items()}
    described = {SETTINGS: settings} if settings else {}
    return {**model, **described, "operations": kept, "shapes": dict(sorted(shapes.items()))}


def _shapes(part: Any) -> Iterator[str]:
    """Yield the names of the shapes that a part of a model references.

    A structure's member may itself be called `shape`.
    """
    if isinstance(part, dict):
        name = part.get("shape")
        if isinstance(name, str):
            yield name
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _shapes(one)


def without_documentation(model: Any) -> Any:
    """Return the model without its documentation texts; a member of that name is kept."""
    if isinstance(model, dict):
        return {
            name: without_documentation(value)
            for name, value in model.items()
            if not (name == DOCUMENTATION and isinstance(value, str))
        }
    return [without_documentation(one) for one in model] if isinstance(model, list) else model


def endpoints_of(prefixes: Collection[str], endpoints: dict[str, Any]) -> dict[str, Any]:
    """Return only the endpoints of these services; every partition keeps its regions."""
    return {
        **endpoints,
        "partitions": [_partition(one, prefixes) for one in endpoints["partitions"]],
    }


def _partition(partition: dict[str, Any], prefixes: Collection[str]) -> dict[str, Any]:
    services = {name: found for name, found in partition["services"].items() if name in prefixes}
    return {**partition, "services": services}


def _prefixes(service: Path) -> Iterator[str]:
    """Yield the service's names in the endpoints file, where SES, for example, is `email`."""
    metadata = json.loads((_newest(service) / MODEL).read_text())["metadata"]
    yield metadata["endpointPrefix"]
    if "signingName" in metadata:
        yield metadata["signingName"]


def _newest(service: Path) -> Path:
    """Return the folder of the newest API version, which clients use; folder names are dates."""
    return max(path for path in service.iterdir() if path.is_dir())


def _write(path: Path, content: Any) -> None:
    """Replace the file, never write into it: uv hard-links installed files to its cache."""
    path.unlink(missing_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":"), ensure_ascii=False))
