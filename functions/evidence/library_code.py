"""Code that is not the user's own: of libraries and of runtimes, by its file or its package."""

import re
from typing import Final

_VENDORED: Final = (
    r"aiohttp|anyio|aws_lambda_powertools|aws_xray_sdk|awslambdaric|boto3|botocore|click|ddtrace"
    r"|django|fastapi|flask|google|grpc|httpcore|httpx|jinja2|jsonschema|jwt|mangum|numpy"
    r"|opentelemetry|pandas|psycopg2?|pydantic(?:_core)?|pymongo|pymysql|redis|requests|s3transfer"
    r"|sentry_sdk|sqlalchemy|starlette|stripe|urllib3|werkzeug|yaml"
)
"""Python packages that are usually unpacked beside a function's own code, in `/var/task`."""
_LIBRARY_FILE: Final = re.compile(
    r"(?:site|dist)-packages/|node_modules/|/var/(?:lang|runtime)/|/opt/(?:python|nodejs|ruby|java)/"
    r"|/lib/(?:python|ruby)[0-9/]|/gems/|/usr/(?:local|lib)/go/|/pkg/mod/|@v[0-9]|/vendor/|^node:"
    r"|^internal/|^<|^\[|^(?:bufio|bytes|context|crypto|database|encoding|errors|fmt|io|net"
    r"|os|reflect|runtime|sort|strings|sync|syscall|time)/[\w/.]{1,200}\.go$"
    rf"|^/var/task/(?:{_VENDORED})/"
)
_LIBRARY_NAME: Final = re.compile(
    r"^(?:javax?|jdk|sun|com\.sun|kotlinx?|scala|groovy|android|lambdainternal|reactor|feign|okhttp3"
    r"|retrofit2|redis\.clients|ch\.qos|com\.(?:amazonaws|fasterxml|google|mysql|zaxxer)"
    r"|io\.(?:grpc|lettuce|micrometer|micronaut|netty|opentelemetry|quarkus|vertx)"
    r"|org\.(?:apache|eclipse|hibernate|junit|postgresql|slf4j|springframework)|software\.amazon"
    r"|System|Microsoft|Amazon|Dapper|Grpc|MySql|Newtonsoft|Npgsql|Polly|Serilog|StackExchange"
    r"|lambda_method)[.(]"
)
"""Packages of Java and of .NET that are not the user's own."""


def is_library(path: str, name: str) -> bool:
    """Return whether the code of this file and function is a library's or the runtime's."""
    path = path.replace("\\", "/")
    if _LIBRARY_FILE.search(path):
        return True
    return "/" not in path and _LIBRARY_NAME.match(f"{name}.") is not None
