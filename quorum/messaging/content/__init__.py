"""From a notice, which holds ids alone, and the records to what people read. Pure but for reading.

That something happened is read where one function alone writes it; the log gives the words.
"""

from quorum.messaging.content.composition import bare, compose
from quorum.messaging.content.corroboration import borne_out
from quorum.messaging.content.incident_context import Case, Files
from quorum.messaging.content.rendering import Letter, Section, message

__all__ = ["Case", "Files", "Letter", "Section", "bare", "borne_out", "compose", "message"]
