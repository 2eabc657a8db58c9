"""Environment variables of the emulator and its clients; a real account's are never among them."""

import os
from pathlib import Path

from local.clients import KEY, REGION, SECRET
from local.emulator_install import ROOT

ACCOUNT = "000000000000"
NO_REAL_ACCOUNT = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def for_clients(endpoint: str) -> dict[str, str]:
    """Return the variables that point an SDK, or the CDK, at the emulator."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": REGION,
        **NO_REAL_ACCOUNT,
    }


def for_server(
    port: int, scratch: Path, model_url: str = "", embedding_url: str = ""
) -> dict[str, str]:
    """Return the emulator's variables; of the caller's only PATH, for Lambda workers inherit them.

    With `model_url`, Bedrock's Converse is forwarded to the chat completions API there; with
    `embedding_url`, requests for Titan's embeddings to the model there.
    """
    return {
        "PATH": os.pathsep.join((os.environ.get("PATH", ""), str(ROOT / ".venv" / "bin"))),
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "AUTH": "true",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": os.environ.get("QUORUM_EMULATOR_LOG", "WARNING"),
        **({"MINISTACK_BEDROCK_PROXY_URL": model_url} if model_url else {}),
        **({"QUORUM_EMBEDDING_URL": embedding_url} if embedding_url else {}),
        **NO_REAL_ACCOUNT,
    }
