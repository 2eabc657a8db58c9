"""From facts to sentences: what the mail, the post-mortem and the terminal say. Pure.

Text that somebody outside could have written stays marked until a renderer makes it inert.
"""

from functions.shared.narrative.decision import decision_words, missed_by
from functions.shared.narrative.gaps import gaps
from functions.shared.narrative.naming import (
    OUTCOMES,
    THRESHOLD_BP,
    Actions,
    action,
    actions,
    described,
    epoch,
    instant,
    lasting,
    names,
    number,
    plural,
    settings,
    share,
)
from functions.shared.narrative.seats import SeatRow, beside_the_quorum, best_voters, seat_rows
from functions.shared.narrative.timeline import Line, sentence, timeline
from functions.shared.narrative.words import (
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
    "described",
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
