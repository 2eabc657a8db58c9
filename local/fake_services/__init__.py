"""Fakes of third-party services: the part of their HTTP APIs that Quorum uses.

The product's own clients call them unchanged. Each keeps the requests it accepted, can be down,
and limits its callers as the service does.
"""

from local.fake_services.pagerduty import FakePagerDuty
from local.fake_services.slack import FakeSlack
from local.fake_services.token_issuer import FakeTokenIssuer
from local.fake_services.webhook import FakeWebhookReceiver

__all__ = ["FakePagerDuty", "FakeSlack", "FakeTokenIssuer", "FakeWebhookReceiver"]
