"""An embedder without a model: hashed words, in the request and response of Titan's `InvokeModel`.

It needs nothing but the standard library, so that the demo downloads nothing. Texts that share
words are near each other; paraphrases are not. `local.memory.embedding` has a real model.
"""

import json
import math
import re
from hashlib import sha256
from typing import Any, Final

SIZES: Final = {
    "amazon.titan-embed-text-v2:0": (1024, 512, 256),
    "amazon.titan-embed-text-v1": (1536,),
}
MOST_CHARACTERS: Final = 50_000
_WORD: Final = re.compile(r"[^\W_]+")


class RefusedError(Exception):
    """A request that Titan refuses."""


def respond(model_id: str, raw: bytes) -> dict[str, Any]:
    """Return the body of the response. Raises RefusedError with the text of the error."""
    try:
        body = json.loads(raw)
        text, size = body["inputText"], body.get("dimensions", SIZES[model_id][0])
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise RefusedError("Malformed input request, please reformat your input.") from error
    if not isinstance(text, str) or not text.strip() or size not in SIZES[model_id]:
        raise RefusedError("Malformed input request, please reformat your input.")
    if len(text) > MOST_CHARACTERS:
        raise RefusedError("400 Bad Request: Too many input characters.")
    found = _WORD.findall(text.lower())
    return {"embedding": vector(found, size), "inputTextTokenCount": len(found)}


def vector(words: list[str], size: int) -> list[float]:
    """Return the sum of a signed unit vector per word, of length 1."""
    values = [0.0] * size
    for word in words or [""]:
        digest = sha256(word.encode()).digest()
        values[int.from_bytes(digest[:4], "big") % size] += 1.0 if digest[4] % 2 else -1.0
    length = math.hypot(*values) or 1.0
    return [round(value / length, 9) for value in values]
