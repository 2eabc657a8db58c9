"""Sentences about an incident for messages, the post-mortem, the console and the terminal. Pure.

Text that an outsider could have written stays marked until a renderer makes it inert.
"""

from quorum.narrative.decision import decision_words, missed_by
from quorum.narrative.formatting import (
    OUTCOMES,
    THRESHOLD_BP,
    Actions,
    action,
    actions,
    channel_name,
    epoch,
    from_onset,
    instant,
    lasting,
    likely_cause,
    missing,
    names,
    number,
    percent,
    plural,
    settings,
    share,
)
from quorum.narrative.gaps import gaps
from quorum.narrative.rounds import next_look, tried
from quorum.narrative.safe_text import (
    Verbatim,
    Words,
    html,
    join,
    markdown,
    markdown_cell,
    mrkdwn,
    one_line,
    outsider,
    plain,
)
from quorum.narrative.seen import earlier_incidents, seen_before
from quorum.narrative.sentences import FINDINGS, fired, limited, sentence
from quorum.narrative.timeline import Line, timeline
from quorum.narrative.votes_table import SeatRow, beside_the_quorum, best_voters, seat_rows

__all__ = [
    "FINDINGS",
    "OUTCOMES",
    "THRESHOLD_BP",
    "Actions",
    "Line",
    "SeatRow",
    "Verbatim",
    "Words",
    "action",
    "actions",
    "beside_the_quorum",
    "best_voters",
    "channel_name",
    "decision_words",
    "earlier_incidents",
    "epoch",
    "fired",
    "from_onset",
    "gaps",
    "html",
    "instant",
    "join",
    "lasting",
    "likely_cause",
    "limited",
    "markdown",
    "markdown_cell",
    "missed_by",
    "missing",
    "mrkdwn",
    "names",
    "next_look",
    "number",
    "one_line",
    "outsider",
    "percent",
    "plain",
    "plural",
    "seat_rows",
    "seen_before",
    "sentence",
    "settings",
    "share",
    "timeline",
    "tried",
]
