"""Removal of secrets of the usual shapes from text, before it is shown or sent anywhere.

When in doubt a value is removed: a lost name costs a reader less than a leaked password. Each
pattern takes linear time: adjacent repeated parts differ in their first character, or are bounded.
"""

import re
from typing import Final

SECRET: Final = "<secret>"  # noqa: S105 - the replacement of a secret
EMAIL: Final = "<email>"
LONGEST_WORD: Final = 200

_KEYS: Final = (
    r"pass(?:word|wd|phrase|code)|pwd|(?<!\d:)secret(?!s?manager)|token(?!s\b|s_|i[sz])|api[_-]?key"
    r"|access[_-]?key|account[_-]?key|private[_-]?key|encryption[_-]?key|credentials?"
    r"|signature|\bsig\b|session[_-]?id"
)
"""Names of secrets, or parts of them; any prefix of the name is kept."""
_NO_VALUE: Final = (
    r"(?![_-]?(?:ids?|names?|arns?|version|type|count|limit|length|bucket|expir[a-z_]{0,30})\b)"
    r"(?![a-z_]{0,30}(?:error|exception|fault|failure|failed)\b)"
)
"""Suffixes that make it the name of something else: `token_count`, `SecretArn`, `TokenError`."""
_GIVEN: Final = r"[A-Za-z0-9_.\[\]-]{0,40}(?:\\{0,7}[\"'])?\s{0,3}(?:=>|:=|=|:|%3[ad])\s{0,3}"
_VALUE: Final = (
    r"(?:\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|\\{1,7}\"(?:(?!\\{1,7}\")[\s\S])*(?:\\{1,7}\")?"
    r"|(?!<(?:secret|email)>)(?:(?:bearer|basic|token)\s{1,3})?[^\s\"'&]+)"
)

_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), mask)
    for pattern, mask in (
        (
            r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY[A-Z ]{0,10}-----"
            r"(?:(?!-----END)[\s\S])*(?:-----END[A-Z0-9 ]{0,40}-----)?",
            SECRET,
        ),
        # user:password@ of a URL; everything before its last @ within the word
        (r"([A-Za-z][A-Za-z0-9+.-]{0,30}://)[^\s\"'<>]{1,200}@", rf"\1{SECRET}@"),
        (
            r"(?i)\b((?:proxy-)?authorization)(?:\\{0,7}[\"'])?\s{0,3}[=:](?!\s{0,3}<secret>)\s{0,3}"
            r"(?:\\{0,7}[\"'])?(?:digest\b[^\r\n]*|(?:[a-z0-9-]{3,20}\s{1,3})?[^\s\"'\\]+)",
            rf"\1: {SECRET}",
        ),
        (
            r"(?i)\b((?:set-)?cookie)(?:\\{0,7}[\"'])?\s{0,3}[=:](?!\s{0,3}<secret>)\s{0,3}"
            r"(?:\\{0,7}[\"'])?[^\r\n\"']*",
            rf"\1: {SECRET}",
        ),
        (
            r"(?i)(bearer|\bbasic)\s{1,3}(?=[A-Za-z._~+/-]{0,200}[0-9=])"
            r"[A-Za-z0-9._~+/=-]{8,}",
            rf"\1 {SECRET}",
        ),
        (rf"(?i)({_KEYS}){_NO_VALUE}({_GIVEN}){_VALUE}", rf"\1\2{SECRET}"),
        (
            r"(?i)(--?(?:password|passwd|pass|token|secret|api-key)\s{1,3})(?![-<])\S+",
            rf"\1{SECRET}",
        ),
        (r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,4}", SECRET),
        (r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}", SECRET),
        (
            r"(?<![A-Za-z0-9/+=])(?=[A-Za-z0-9]{0,39}[/+])(?=[A-Za-z/+]{0,39}[0-9])"
            r"(?=[a-z0-9/+]{0,39}[A-Z])(?=[A-Z0-9/+]{0,39}[a-z])[A-Za-z0-9/+]{40}"
            r"(?![A-Za-z0-9/+=])",
            SECRET,
        ),
        (
            r"\b(?:xox[a-z]-|gh[a-z]_|github_pat_|glpat-|sk_live_|sk-|rk_live_|whsec_|AIza|npm_)"
            r"[A-Za-z0-9_-]{10,}",
            SECRET,
        ),
        (r"(?<![\w.%+-])[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,24}", EMAIL),
    )
)


def redact(text: str) -> str:
    """Return the text without secrets of the usual shapes, and without e-mail addresses."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact_start(text: str, most: int) -> str:
    """Return at most `most` characters from the start of the text, redacted.

    A word that the cut goes through is dropped: half a secret has no recognisable shape.
    """
    if len(text) > most:
        blank = text.rfind(" ", most - LONGEST_WORD, most)
        text = text[:most] if blank < 0 else text[:blank]
    return redact(text)
