"""What botocore reads before a first request, cut down to what it needs to make one.

Most of a client's making is the reading of JSON: the models of its service, two thirds of them
prose, and the endpoints of every service that there is. Kept are the services that are called, in
their newest version; of their models the operations that are called and the shapes that those
reach, without the prose, as plain JSON in the place of a compressed file; of the endpoints those
of these services, in all partitions and regions.
"""

import gzip
import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

PROSE: Final = "documentation"
ENDPOINTS: Final = "endpoints.json"
SETTINGS: Final = "clientContextParams"
MODEL: Final = "service-2.json"
EXAMPLES: Final = "examples-1.json"


def trim(data: Path, called: Mapping[str, Collection[str]]) -> None:
    """Cut botocore's folder of data down to these operations of these services, in place.

    Raises FileNotFoundError for a service that botocore does not know.
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
        content = without_prose(json.loads(gzip.decompress(packed.read_bytes())))
        packed.unlink()
        _write(plain, only(operations, content) if plain.name == MODEL else content)
    (newest / EXAMPLES).unlink(missing_ok=True)


def only(operations: Collection[str], model: dict[str, Any]) -> dict[str, Any]:
    """Return a service's model with these operations, and the shapes that they reach."""
    kept = {name: row for name, row in model["operations"].items() if name in operations}
    shapes: dict[str, Any] = {}
    found = set(_shapes(kept))
    while found:
        shapes |= {name: model["shapes"][name] for name in found}
        found = set(_shapes([shapes[name] for name in found])) - set(shapes)
    # The prose of settings is the only one that botocore insists on; S3 has some
    settings = {name: {**row, PROSE: ""} for name, row in model.get(SETTINGS, {}).items()}
    described = {SETTINGS: settings} if settings else {}
    return {**model, **described, "operations": kept, "shapes": dict(sorted(shapes.items()))}


def _shapes(part: Any) -> Iterator[str]:
    """Yield the names of shapes that a part of a model mentions; a member may be called `shape`."""
    if isinstance(part, dict):
        name = part.get("shape")
        if isinstance(name, str):
            yield name
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _shapes(one)


def without_prose(model: Any) -> Any:
    """Return the model without what is written for people. A member of that name is no text."""
    if isinstance(model, dict):
        return {
            name: without_prose(value)
            for name, value in model.items()
            if not (name == PROSE and isinstance(value, str))
        }
    return [without_prose(one) for one in model] if isinstance(model, list) else model


def endpoints_of(prefixes: Collection[str], endpoints: dict[str, Any]) -> dict[str, Any]:
    """Return the endpoints of these services alone; every partition keeps its regions."""
    return {
        **endpoints,
        "partitions": [_partition(one, prefixes) for one in endpoints["partitions"]],
    }


def _partition(partition: dict[str, Any], prefixes: Collection[str]) -> dict[str, Any]:
    services = {name: found for name, found in partition["services"].items() if name in prefixes}
    return {**partition, "services": services}


def _prefixes(service: Path) -> Iterator[str]:
    """Yield the names under which endpoints are listed; SES, say, is `email` there."""
    metadata = json.loads((_newest(service) / MODEL).read_text())["metadata"]
    yield metadata["endpointPrefix"]
    if "signingName" in metadata:
        yield metadata["signingName"]


def _newest(service: Path) -> Path:
    """Return the folder of the version that a client is made from; their names are dates."""
    return max(path for path in service.iterdir() if path.is_dir())


def _write(path: Path, content: Any) -> None:
    """Write a new file: uv links what it installs to its cache and to every environment."""
    path.unlink(missing_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":"), ensure_ascii=False))
