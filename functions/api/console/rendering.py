"""HTML on the server. Everything is escaped unless one of our own renderers made it inert."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from quorum.narrative import Words, html, lasting, number, share

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def page(name: str, **content: Any) -> str:
    """Return the page of that template. A name that the template lacks is an error, no blank."""
    return environment().get_template(name).render(**content)


@cache
def static(name: str) -> tuple[str, str] | None:
    """Return a file's content and type, or None for a name that is not one of ours."""
    files = {path.name: path for path in STATIC.iterdir()}
    path = files.get(name)
    return (path.read_text(), TYPES[path.suffix]) if path else None


@cache
def environment() -> Environment:
    """Return the templates, which escape by default."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        words=words, share=share, lasting=lasting, clock=clock, number=number, iso=iso
    )
    return made


def words(parts: Words) -> Markup:
    """Return a sentence of the narrative; its renderer escapes every part."""
    return Markup(html(parts))  # noqa: S704 - `html` makes all of it inert, and tests hold it to that


def clock(at: datetime | float) -> str:
    """Return the time of day in UTC."""
    moment = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return f"{moment.astimezone(UTC):%H:%M:%S}"


def iso(at: datetime) -> str:
    """Return the time as a machine reads it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
