"""Answers to questions on one incident, from its log and its frozen evidence alone. Pure.

Every statement consists of findings, each under the id that it is cited by. No round, vote,
decision or action follows from a question.
"""

from quorum.answers.answer import Answer, Statement, answer, unsupported
from quorum.answers.findings import Finding, findings
from quorum.answers.questions import EXAMPLES, Topic
from quorum.answers.record import IncidentRecord, read_record

__all__ = [
    "EXAMPLES",
    "Answer",
    "Finding",
    "IncidentRecord",
    "Statement",
    "Topic",
    "answer",
    "findings",
    "read_record",
    "unsupported",
]
