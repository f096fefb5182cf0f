"""What a real receiver got from the real service is verified by the specification's own library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from local.receiver import Received, Receiver
from tests.local.test_run import notify

if TYPE_CHECKING:
    from tests.local.service import Service

pytestmark = pytest.mark.enable_socket


def _register(service: Service, url: str) -> dict[str, str]:
    element = {"url": url, "name": "signed", "notificationType": ["ALL_NOTIFICATIONS"], "global": True}
    made: dict[str, str] = service.call("POST", "/webhooks", {"webhooks": [element]}).json()["createdWebhooks"][0]
    return made


def _verify(secret: str, received: Received) -> None:
    Webhook(secret).verify(received.body, received.headers)


def test_old_and_new_secret_verify_what_comes_while_they_are_exchanged(service: Service) -> None:
    service.start()
    with Receiver() as receiver:
        created = _register(service, receiver.url)
        notify(service.run, "before — ünïcode")
        before = receiver.next()
        rotated = service.call("POST", f"/webhooks/{created['id']}/secret/rotate").json()
        notify(service.run, "after")
        after = receiver.next()

    _verify(created["secret"], before)
    _verify(created["secret"], after)
    _verify(rotated["secret"], after)
    with pytest.raises(WebhookVerificationError):
        _verify(rotated["secret"], before)
