"""From a notice, which holds ids alone, and the records to what people read. Pure but for reading.

That something happened is read where one function alone writes it; the log gives the words.
"""

from functions.shared.letters.borne_out import borne_out
from functions.shared.letters.case import Case, Files
from functions.shared.letters.composing import bare, compose
from functions.shared.letters.rendering import Letter, Section, message

__all__ = ["Case", "Files", "Letter", "Section", "bare", "borne_out", "compose", "message"]
