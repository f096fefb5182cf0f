"""Sample data: the webhooks of a small team, with their deliveries."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, Self

from local.receiver import Receiver
from tests.local.service import wait_until

if TYPE_CHECKING:
    from types import TracebackType

    import requests

    from tests.local.service import Service

NOTIFICATIONS: Final = (
    {"notificationType": "modelDeleted", "dataSourceName": "Sales 2026", "modelType": "datasource", "modelId": 15},
    {"notificationType": "projectUpdated", "projectName": "Atlas", "modelType": "project", "modelId": 4},
    {"notificationType": "tagCreated", "text": "Anna has created the tag <PII>.", "modelType": "tag", "modelId": 77},
)
NAMES: Final = ("Data platform, Slack", "Audit archive", "Billing, staging", "On call")


def notify(service: Service, text: str) -> None:
    """A notification of which the user of `make run` is the actor."""
    sent = {"notificationType": "modelDeleted", "text": text, "actionBy": 2, "targetUser": 2}
    assert service.call("POST", "/notifications", sent).ok


class Scene:
    """Webhooks to receivers on this machine: one healthy, one failing, one paused, one with a filter."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stack = ExitStack()
        self.webhooks: dict[str, dict[str, Any]] = {}
        self.records: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        """Open the receivers."""
        self.good = self._stack.enter_context(Receiver())
        self.bad = self._stack.enter_context(Receiver(status=503))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close them."""
        self._stack.close()

    def play(self) -> None:
        """Create the webhooks, send the notifications, and wait until the history has all records."""
        drafts: list[dict[str, object]] = [
            {"name": NAMES[0], "url": self.good.url, "format": "slack"},
            {"name": NAMES[1], "url": f"{self.good.url}/archive", "format": "standard", "headers": {"X-Team": "audit"}},
            {"name": NAMES[2], "url": f"{self.bad.url}/hooks", "retrySchedule": [2, 3600]},
            {"name": NAMES[3], "url": self.good.url, "filter": "modelType == 'project'"},
        ]
        common: dict[str, object] = {"notificationType": ["ALL_NOTIFICATIONS"], "global": True}
        made = self.call("POST", "/webhooks", {"webhooks": [draft | common for draft in drafts]})
        self.webhooks = {each["name"]: each for each in made["createdWebhooks"]}
        self.call("PATCH", f"/webhooks/{self.webhooks[NAMES[1]]['id']}", {"timeoutSeconds": 5})
        actor = {"actionBy": 1, "targetUser": 2, "targetGroup": None}
        self.call("POST", "/notifications", {"notifications": [each | actor for each in NOTIFICATIONS]})
        self.call("PUT", "/users/3", {"name": "Anna Lind", "groups": ["data-platform"]})
        self.call("POST", "/users/3/keys", {"name": "laptop"})
        self.call("PUT", "/webhooks/actions/orderPlaced", {"description": "A customer has placed an order."})
        wait_until(lambda: self._has_chain() and len(self._read()) >= len(NOTIFICATIONS) * 3 + 1)
        self.call("PATCH", f"/webhooks/{self.webhooks[NAMES[3]]['id']}", {"enabled": False})
        self.records = self._read()

    def record(self, outcome: str) -> str:
        """The id of a record of these webhooks with that outcome."""
        own = {each["id"] for each in self.webhooks.values()}
        return next(str(each["id"]) for each in self.records if each["outcome"] == outcome and each["webhookId"] in own)

    def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """The response to an admin's request, which must succeed."""
        answer: requests.Response = self._service.call(method, path, body)
        assert answer.ok, answer.text
        return json.loads(answer.text) if answer.text else None

    def _read(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", "/webhooks/history?limit=200")
        return found

    def _has_chain(self) -> bool:
        return any(each["trigger"] == "schedule" for each in self._read())
