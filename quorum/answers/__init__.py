"""Answers to questions on one incident, from its log and its frozen evidence alone. Pure.

Every statement consists of facts, each under the id that it is cited by. No round, vote, decision
or action follows from a question.
"""

from quorum.answers.answer import Answer, Statement, answer, unsupported
from quorum.answers.facts import Fact, facts
from quorum.answers.questions import EXAMPLES, Topic
from quorum.answers.record import IncidentRecord, read_record

__all__ = [
    "EXAMPLES",
    "Answer",
    "Fact",
    "IncidentRecord",
    "Statement",
    "Topic",
    "answer",
    "facts",
    "read_record",
    "unsupported",
]
