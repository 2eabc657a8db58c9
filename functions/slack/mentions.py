"""Answers to questions that mention the app in an incident's thread."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, NamedTuple

from functions.slack.queued_interaction import QueuedMention
from quorum.answers import EXAMPLES, Answer, IncidentRecord, answer
from quorum.domain.errors import InvalidInputError
from quorum.domain.incident_view import IncidentView
from quorum.domain.people import People, Person
from quorum.domain.slack_interactions import SlackApp
from quorum.domain.slack_mentions import Challenge, Mention, mention_problem, parse_event
from quorum.domain.slack_signature import signature_problem
from quorum.narrative import mrkdwn
from quorum.ports.clock import Clock
from quorum.ports.execution import Claims

MOST_PER_HOUR: Final = 20
"""Questions that one person is answered in an hour, in all threads."""
HOUR: Final = timedelta(hours=1)
LONGEST: Final = 3_000
"""Maximum characters of a reply."""
Refused = Literal["stranger", "no_incident", "quota"]


class MentionReply(NamedTuple):
    """The refusal of a question, or None, and what was posted."""

    refused: Refused | None
    reply: str = ""


@dataclass(frozen=True, slots=True)
class MentionHandler:
    """Answers the mentions that the webhook queued.

    `views` are the incidents whose threads may be asked in; `read` loads one of them; `post` adds a
    line of mrkdwn to a thread.
    """

    people: People
    app: Callable[[], SlackApp]
    claims: Claims
    views: Callable[[], Iterable[IncidentView]]
    read: Callable[[str], IncidentRecord]
    post: Callable[[str, str, str], None]
    now: Clock

    def handle(self, queued: QueuedMention) -> MentionReply:
        """Answer in the thread. A person who may not read gets no answer at all.

        Raises InvalidInputError for a request that Slack did not sign, or that is no mention.
        """
        app = self.app()
        if signature_problem(queued.sent, app.signing_secret, self.now()) == "forged":
            raise InvalidInputError("the mention is not signed by Slack")
        mention = parse_event(queued.sent.body)
        if isinstance(mention, Challenge):
            raise InvalidInputError("the request is no mention")
        person = None if mention_problem(mention, app) else self.people.by_slack(mention.member)
        if person is None:
            return MentionReply("stranger")
        if not self._within_quota(person):
            text = f"You have asked {MOST_PER_HOUR} questions within an hour. Use the console."
            return self._reply(mention, text, "quota")
        incident_id = self._incident(mention)
        if incident_id is None:
            text = "Ask in the thread of an incident: no newer incident has this thread."
            return self._reply(mention, text, "no_incident")
        return self._reply(mention, shown(answer(self.read(incident_id), mention.question)), None)

    def _within_quota(self, person: Person) -> bool:
        """Claim one of the person's questions of this hour; return whether one was left."""
        hour = int(self.now().timestamp() // HOUR.total_seconds())
        until = self.now() + 2 * HOUR
        keys = (f"mention-quota#{person.id}#{hour}#{n}" for n in range(MOST_PER_HOUR))
        return any(self.claims.once(key, until) for key in keys)

    def _incident(self, mention: Mention) -> str | None:
        thread = f"{mention.channel}/{mention.thread}"
        found = (view for view in self.views() if view.details.get("slack") == thread)
        return next((view.incident_id for view in found), None)

    def _reply(self, mention: Mention, text: str, refused: Refused | None) -> MentionReply:
        self.post(mention.channel, mention.thread, text)
        return MentionReply(refused, text)


def shown(found: Answer) -> str:
    """Return the answer as mrkdwn, with its citations; every quoted text is inert."""
    if found.topic is None:
        examples = "\n".join(f"• {example}" for example in EXAMPLES.values())
        return f"This question is not understood. Ask for example:\n{examples}"
    lines = [
        f"• {mrkdwn(one.words)} _({', '.join(f'`{_plain(id_)}`' for id_ in one.cites)})_"
        for one in found.statements
    ]
    lines += [f"• {mrkdwn(gap)}" for gap in found.missing]
    text = ""
    for line in lines:
        if len(text) + len(line) > LONGEST:
            return f"{text}• The console has the rest."
        text += f"{line}\n"
    return text.rstrip("\n")


def _plain(id_: str) -> str:
    """Return the id, shortened, without characters that Slack reads as markup."""
    return "".join(c for c in id_[:60] if c.isalnum() or c in "._:/-")
