"""What botocore reads before a first request, cut down to what it needs to make one.

Most of a client's making is the reading of JSON: the models of its service, two thirds of them
prose, and the endpoints of every service that there is. Kept are the services that are called;
of their models everything but the prose, as plain JSON in the place of a compressed file; of the
endpoints those of these services, in all partitions and regions.
"""

import gzip
import json
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

PROSE: Final = "documentation"
ENDPOINTS: Final = "endpoints.json"


def trim(data: Path, called: Collection[str]) -> None:
    """Cut botocore's folder of data down to these services, in place.

    Raises FileNotFoundError for a service that botocore does not know.
    """
    for folder in (path for path in data.iterdir() if path.is_dir()):
        if folder.name not in called:
            shutil.rmtree(folder)
    for model in sorted(data.rglob("*.json.gz")):
        _write(
            model.with_suffix(""), without_prose(json.loads(gzip.decompress(model.read_bytes())))
        )
        model.unlink()
    prefixes = {prefix for service in called for prefix in _prefixes(data / service)}
    endpoints = data / ENDPOINTS
    _write(endpoints, endpoints_of(prefixes, json.loads(endpoints.read_text())))


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
    newest = max(path for path in service.iterdir() if path.is_dir())
    metadata = json.loads((newest / "service-2.json").read_text())["metadata"]
    yield metadata["endpointPrefix"]
    if "signingName" in metadata:
        yield metadata["signingName"]


def _write(path: Path, content: Any) -> None:
    """Write a new file: uv links what it installs to its cache and to every environment."""
    path.unlink(missing_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":"), ensure_ascii=False))
