"""A real embedding model behind the request and response of Titan's `InvokeModel`.

Runs in the memory's environment: python -m local.memory.embedding_server PORT JAR. The model is
MiniLM (384 numbers), which is not Titan: a fixed isometry turns its vectors into as many numbers as
are asked for, which leaves every cosine as it was.
"""

import http.server
import json
import re
import sys
import threading
import urllib.parse
import zipfile
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

V2, V1 = "amazon.titan-embed-text-v2:0", "amazon.titan-embed-text-v1"
SIZES = {V2: (1024, 512, 256), V1: (1536,)}
FIELDS = {V2: {"inputText", "dimensions", "normalize", "embeddingTypes"}, V1: {"inputText"}}
WIDTH = 384
MOST_CHARACTERS, MOST_TOKENS, READ_TOKENS = 50_000, 8192, 512
MALFORMED = "Malformed input request, please reformat your input and try again."


class Refused(Exception):  # noqa: N818 - no error of the server
    """A request that Titan refuses."""


class Answer(NamedTuple):
    """The vector and the number of tokens of a text."""

    vector: Any
    tokens: int


class Model:
    """The model out of the jar; one thread, as more make it slower."""

    def __init__(self, jar: str) -> None:
        with zipfile.ZipFile(jar) as files:
            network = files.read("all-minilm-l6-v2-q.onnx")
            self._tokenizer = Tokenizer.from_str(
                files.read("all-minilm-l6-v2-q-tokenizer.json").decode()
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            network, options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        sizes = {size for offered in SIZES.values() for size in offered}
        self._isometries = {size: _isometry(size) for size in sizes}

    def embed(self, text: str, size: int) -> Answer:
        """Return the vector of the text's first 512 tokens, and how many tokens it has."""
        ids = self._tokenizer.encode(text).ids
        if len(ids) > MOST_TOKENS:
            raise Refused(
                f"400 Bad Request: Too many input tokens. Max input tokens: {MOST_TOKENS}, "
                f"request input token count: {len(ids)} "
            )
        row = np.array([ids[:READ_TOKENS]], np.int64)
        inputs = {
            "input_ids": row,
            "attention_mask": np.ones_like(row),
            "token_type_ids": np.zeros_like(row),
        }
        mean = self._session.run(None, inputs)[0][0].mean(0)
        return Answer(self._isometries[size] @ mean, len(ids))


def _isometry(size: int) -> Any:
    """Return a matrix of orthonormal columns; with fewer rows than columns, of orthonormal rows."""
    random = np.random.default_rng(7).normal(size=(max(size, WIDTH), WIDTH))
    return np.linalg.qr(random)[0][:size].astype("float32")


def respond(model: Model, model_id: str, raw: bytes) -> dict[str, Any]:
    """Return the body of the response. Raises Refused with the text of the validation error."""
    if model_id not in SIZES:
        raise Refused("The provided model identifier is invalid.")
    try:
        body = json.loads(raw)
        text, size = body["inputText"], body.get("dimensions", SIZES[model_id][0])
        kinds = body.get("embeddingTypes", ["float"])
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise Refused(MALFORMED) from error
    if not isinstance(text, str) or not text or set(body) - FIELDS[model_id]:
        raise Refused(MALFORMED)
    if size not in SIZES[model_id] or not set(kinds) <= {"float", "binary"}:
        raise Refused(MALFORMED)
    if len(text) > MOST_CHARACTERS:
        raise Refused(
            "400 Bad Request: Too many input characters. "
            f"Max input characters: {MOST_CHARACTERS}, request input character count: {len(text)}"
        )
    found = model.embed(text, size)
    vector = found.vector
    if body.get("normalize", True):
        vector = vector / np.linalg.norm(vector)
    return _body(vector, found.tokens, kinds, with_types=model_id == V2)


def _body(vector: Any, tokens: int, kinds: list[str], *, with_types: bool) -> dict[str, Any]:
    numbers = [round(float(value), 9) for value in vector]
    body: dict[str, Any] = {"inputTextTokenCount": tokens}
    if "float" in kinds:
        body = {"embedding": numbers, **body}
    if with_types:
        binary = [int(value > 0) for value in vector]
        body["embeddingsByType"] = {k: numbers if k == "float" else binary for k in kinds}
    return body


def handler(model: Model) -> type[http.server.BaseHTTPRequestHandler]:
    """Return the class that answers `POST /model/ID/invoke`."""
    lock = threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # two writes per response: Nagle would cost 40 ms

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            path = re.fullmatch(r"/model/([^/]+)/invoke", urllib.parse.unquote(self.path))
            try:
                with lock:
                    body = respond(model, path[1] if path else "", raw)
            except Refused as refused:
                self._answer(400, {"message": str(refused)}, "ValidationException")
                return
            self._answer(200, body)

        def _answer(self, status: int, body: dict[str, Any], error: str = "") -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            if error:
                self.send_header("x-amzn-errortype", error)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    return Handler


def main() -> None:
    """Serve until standard input ends."""
    port, jar = int(sys.argv[1]), sys.argv[2]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler(Model(jar)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.buffer.read()
    server.shutdown()


if __name__ == "__main__":
    main()
