"""Stand-ins for the services that people are told by: their real HTTP APIs, as far as spoken here.

The clients that talk to them are the ones that talk to the services. Each keeps what it was sent,
can be taken down, and limits its callers as the service does.
"""

from local.standins.issuer import IssuerStandIn
from local.standins.pagerduty import PagerDutyStandIn
from local.standins.slack import SlackStandIn
from local.standins.webhook import WebhookStandIn

__all__ = ["IssuerStandIn", "PagerDutyStandIn", "SlackStandIn", "WebhookStandIn"]
