"""Stand-ins for the services that people are told by: their real HTTP APIs, as far as spoken here.

The clients that talk to them are the ones that talk to the services. Each keeps what it was sent,
can be taken down, and limits its callers as the service does.
"""

from local.fake_services.pagerduty import FakePagerDuty
from local.fake_services.slack import FakeSlack
from local.fake_services.token_issuer import FakeTokenIssuer
from local.fake_services.webhook import FakeWebhookReceiver

__all__ = ["FakePagerDuty", "FakeSlack", "FakeTokenIssuer", "FakeWebhookReceiver"]
