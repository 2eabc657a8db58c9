"""Secrets of the usual shapes leave no trace; what is no secret stays as it is."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorum.domain.base import OutsiderText
from quorum.domain.redaction import redact

KEYS = (
    "password",
    "passwd",
    "Passphrase",
    "DB_PASSWORD",
    "db.password",
    "pwd",
    "secret",
    "client_secret",
    "clientSecret",
    "token",
    "accessToken",
    "refresh_token",
    "x-auth-token",
    "api_key",
    "apiKey",
    "X-Api-Key",
    "aws_secret_access_key",
    "AWS_SESSION_TOKEN",
    "private_key",
    "X-Amz-Signature",
    "X-Amz-Credential",
    "sessionId",
)
FORMS = (
    "{key}={value}",
    "{key} = {value}",
    "{key}: {value}",
    "{key}:{value}",
    "{key}=>{value}",
    '{key}="{value}"',
    "{key}='{value}'",
    '{{"a":1,"{key}":"{value}","b":2}}',
    '{{"{key}": "{value}"}}',
    "{{'{key}': '{value}'}}",
    '{{\\"{key}\\":\\"{value}\\"}}',
    '"{{\\\\\\"{key}\\\\\\": \\\\\\"{value}\\\\\\"}}"',
    "GET /login?user=bob&{key}={value}&x=1",
    "{key}%3D{value}",
    "export {key}={value}",
)
SHAPES = {
    "url": "postgres://admin:{value}@db.internal:5432/prod",
    "url without a user": "redis://:{value}@cache:6379/0",
    "url with an at in it": "amqp://u:p@{value}@mq/vhost",
    "git": "https://x-access-token:{value}@git.example/a.git",
    "bearer": "Authorization: Bearer {value}",
    "basic": "authorization: Basic {value}",
    "lower header": '"authorization":"Bearer {value}"',
    "header of its own": "Authorization: {value}",
    "token header": "Authorization: token {value}",
    "bearer alone": "sent bearer {value}7 to the service",
    "cookie": "Cookie: a=1; session={value}; b=2",
    "flag": "psql --password {value} -h db",
    "private key": "-----BEGIN EC PRIVATE KEY-----\n{value}\n{value}\n-----END EC PRIVATE KEY-----",
    "private key that is cut": "-----BEGIN OPENSSH PRIVATE KEY-----\n{value}\n{value}",
    "jwt": "got eyJhbGciOiJIUzI1NiJ9.{value}.{value}",
    "slack": "hook xoxb-1234-{value}",
    "github": "ghp_0123456789{value} used",
}
letters = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=12)
odd = st.text("abcXYZ019!#$%*+-./:;?@^_`|~,()[]{}=", min_size=12).filter(
    lambda text: "<" not in text and "//" not in text
)


@settings(max_examples=400)
@given(st.sampled_from(KEYS), st.sampled_from(FORMS), odd)
def test_value_of_a_secrets_name_is_redacted(key: str, form: str, value: str) -> None:
    value = f"Q{value}"
    assert value not in redact(f"ERROR {form.format(key=key, value=value)} for user bob")
    assert value[4:] not in redact(form.format(key=key, value=value))


@settings(max_examples=300)
@given(st.sampled_from(sorted(SHAPES)), letters)
def test_secret_of_a_known_shape_is_redacted(shape: str, value: str) -> None:
    assert value not in redact(f"at 12:00 {SHAPES[shape].format(value=value)} failed")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=hunter2 for user bob", "password=<secret> for user bob"),
        ('{"password":"x\\"y","a":1}', '{"password":<secret>,"a":1}'),
        ("AKIAIOSFODNN7EXAMPLE used", "<secret> used"),
        (
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "aws_secret_access_key = <secret>",
        ),
        ("the key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY leaked", "the key <secret> leaked"),
        ("postgres://admin:s3cr3t@db/prod", "postgres://<secret>@db/prod"),
        ("mail to bob@example.com bounced", "mail to <email> bounced"),
        ("von jörg.müller+x@mail.example.co.uk,", "von <email>,"),
        ("xoxb-123-456-AbCdEf", "<secret>"),
        ("token=Bearer abcdef", "token=<secret>"),
        ('"authorization":"Basic dXNlcjpwYXNz"', '"authorization: <secret>"'),
    ],
)
def test_text_around_a_secret_is_kept(text: str, expected: str) -> None:
    assert redact(text) == expected


HONEST = (
    "served order 1795435170 in 12 ms",
    "KeyError: 'token'",
    "TypeError: order 7 has no price",
    "Traceback (most recent call last): | KeyError: 'price'",
    "Task timed out after 3.00 seconds",
    "REPORT RequestId: 7f3c6f9e-1a2b-4c3d-8e4f-5a6b7c8d9e0f Duration: 3 ms",
    "Unexpected token } in JSON at position 4",
    "is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:x:::y",
    "SecretId=prod/db SecretArn: arn:aws:secretsmanager:eu-west-1:1:secret:prod/db",
    "InvalidTokenError: jwt expired",
    "Basic authentication failed",
    "bearer of bad news",
    "input_tokens: 1234, max_tokens=4096, token_count=7",
    "tokenizer: loaded, tokenization=fast",
    "npm ERR lodash@4.17.21",
    "GET https://shop.example:8080/path?x=1 502",
    "image@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "commit 0123456789abcdef0123456789abcdef01234567",
    "/var/task/node_modules/aws/Client9/dist/index.js:12",
    "ConditionalCheckFailedException: The conditional request failed",
    "rate exceeded, retry in 250 ms",
    "password_expired=true, token_type=bearer",
    "Threshold Crossed: 2 out of the last 2 datapoints [7.0, 9.0] were greater than (5.0).",
)


@pytest.mark.parametrize("line", HONEST)
def test_line_without_a_secret_is_unchanged(line: str) -> None:
    assert redact(line) == line


def test_prose_is_rarely_redacted() -> None:
    lines = [
        line
        for path in sorted(Path("docs").glob("*.md"))
        for line in path.read_text().splitlines()
        if line.strip()
    ]
    changed = [line for line in lines if redact(line) != line]
    assert len(lines) > 500
    assert len(changed) <= len(lines) / 200, changed


@given(st.text(max_size=300) | st.sampled_from(KEYS).map(lambda key: f'{key}="<x>{key}=@'))
def test_redaction_is_idempotent(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(st.text(max_size=400))
def test_words_alone_are_not_redacted(text: str) -> None:
    plain = re.sub(r"[^a-z ]", "", text)
    assert redact(plain) == plain


def test_outsiders_text_is_redacted_before_it_is_shortened() -> None:
    text = f"{'x' * 1990} password=hunter2hunter2"
    assert "hunter" not in OutsiderText.redacted(text).outsider
    assert "hunter" not in OutsiderText.redacted("password=x " * 990 + "a://u:hunter2@h").outsider
    assert OutsiderText.redacted("a\x00 bob@example.com").outsider == "a  <email>"
