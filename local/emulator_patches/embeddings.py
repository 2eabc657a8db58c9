"""Bedrock: Titan's embeddings, which MiniStack answers in the shape of a text model.

Requests go to the model behind `QUORUM_EMBEDDING_URL`, if that is set (`local.memory.embedding`),
and to hashed words otherwise, which are no model (`local.memory.hashed_words`).
"""

import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Final

from local.emulator_patches.patching import Wrapper, service, wrap
from local.memory import hashed_words

URL: Final = "QUORUM_EMBEDDING_URL"
SECONDS: Final = 30
_EMBEDDING: Final = re.compile(r"amazon\.titan-embed-text-v[12](:\d+)?")
_KEPT: Final = ("content-type", "x-amzn-errortype")


def apply() -> None:
    """Patch `InvokeModel`."""
    wrap(service("services.bedrock_runtime"), "_invoke_model", _forwarded)


def _forwarded(invoke: Wrapper) -> Wrapper:
    def corrected(model_id: str, headers: Any, body: bytes) -> Any:
        url = os.environ.get(URL, "")
        if not _EMBEDDING.fullmatch(model_id):
            return invoke(model_id, headers, body)
        if not url:
            return _hashed(model_id, body)
        path = f"/model/{urllib.parse.quote(model_id, safe='')}/invoke"
        request = urllib.request.Request(url + path, data=body, method="POST")  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as reply:  # noqa: S310
                return reply.status, _headers(reply.headers), reply.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _headers(error.headers), error.read()

    return corrected


def _hashed(model_id: str, body: bytes) -> Any:
    kind = {"content-type": "application/json"}
    try:
        return 200, kind, json.dumps(hashed_words.respond(model_id, body)).encode()
    except hashed_words.RefusedError as refused:
        error = {**kind, "x-amzn-errortype": "ValidationException"}
        return 400, error, json.dumps({"message": str(refused)}).encode()


def _headers(headers: Any) -> dict[str, str]:
    return {name: headers[name] for name in _KEPT if name in headers}
