"""Composition of messages from pending ones, which hold ids alone, and the incident's records.

That an event happened is read from the table that one function alone writes; the log gives the
words.
"""

from quorum.messaging.content.composition import bare, compose
from quorum.messaging.content.corroboration import corroborated
from quorum.messaging.content.incident_context import ContextReader, IncidentContext
from quorum.messaging.content.rendering import MessageDraft, Section, message
from quorum.messaging.content.site import Site

__all__ = [
    "ContextReader",
    "IncidentContext",
    "MessageDraft",
    "Section",
    "Site",
    "bare",
    "compose",
    "corroborated",
    "message",
]
