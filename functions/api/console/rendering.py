"""Rendering of pages as HTML on the server. Templates escape everything by default."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from quorum.narrative import Words, from_onset, html, instant, lasting, number, percent, share

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
MINUTE: Final = 60
UNITS: Final = ((24 * 60 * MINUTE, "d"), (60 * MINUTE, "h"), (MINUTE, "min"))
"""Seconds of each unit, largest first."""


def page(name: str, **content: Any) -> str:
    """Return the rendered template. Raises UndefinedError for a name that it lacks."""
    return environment().get_template(name).render(**content)


@cache
def static(name: str) -> tuple[str, str] | None:
    """Return a static file's content and media type, or None for an unknown name."""
    files = {path.name: path for path in STATIC.iterdir()}
    path = files.get(name)
    return (path.read_text(), TYPES[path.suffix]) if path else None


@cache
def environment() -> Environment:
    """Return the template environment, with autoescaping and this module's filters."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        age=age,
        from_onset=from_onset,
        iso=iso,
        lasting=lasting,
        number=number,
        percent=percent,
        sentence=sentence,
        share=share,
        utc=utc,
        words=words,
    )
    return made


def words(parts: Words) -> Markup:
    """Return a sentence of the narrative as HTML; its renderer escapes every part."""
    return Markup(html(parts))  # noqa: S704 - `html` makes all of it inert, and tests hold it to that


def utc(at: datetime | float) -> str:
    """Return the time with date and zone: `2026-11-28 14:03:11 UTC`."""
    return instant(_datetime(at))


def iso(at: datetime | float) -> str:
    """Return the time in ISO 8601, for machines."""
    return _datetime(at).astimezone(UTC).isoformat(timespec="seconds")


def age(at: datetime | float, now: datetime) -> str:
    """Return the time relative to `now`: `4 min ago`, `in 12 min`.

    Coarse, so that a page stays the same, and is not sent again, for a minute.
    """
    seconds = (now - _datetime(at)).total_seconds()
    size = abs(seconds)
    if size < MINUTE:
        return "less than a minute ago" if seconds >= 0 else "in less than a minute"
    unit, name = next((unit, name) for unit, name in UNITS if size >= unit)
    text = f"{int(size // unit)} {name}"
    return f"{text} ago" if seconds >= 0 else f"in {text}"


def sentence(text: str) -> str:
    """Return the text as a sentence: capitalised, with a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _datetime(at: datetime | float) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
