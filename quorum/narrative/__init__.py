"""From facts to sentences: what the mail, the post-mortem and the terminal say. Pure.

Text that somebody outside could have written stays marked until a renderer makes it inert.
"""

from quorum.narrative.decision import decision_words, missed_by
from quorum.narrative.formatting import (
    OUTCOMES,
    THRESHOLD_BP,
    Actions,
    action,
    actions,
    epoch,
    instant,
    lasting,
    names,
    number,
    plural,
    settings,
    share,
)
from quorum.narrative.gaps import gaps
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
from quorum.narrative.timeline import Line, sentence, timeline
from quorum.narrative.votes_table import SeatRow, beside_the_quorum, best_voters, seat_rows

__all__ = [
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
    "decision_words",
    "epoch",
    "gaps",
    "html",
    "instant",
    "join",
    "lasting",
    "markdown",
    "markdown_cell",
    "missed_by",
    "mrkdwn",
    "names",
    "number",
    "one_line",
    "outsider",
    "plain",
    "plural",
    "seat_rows",
    "sentence",
    "settings",
    "share",
    "timeline",
]
