"""A day with the client that openapi-python-client generates as `posthorn_api`, checked by mypy as strictly as it can.

Run by `.venv-generated`; `POSTHORN_URL`, `POSTHORN_KEY` and `RECEIVER_URL` say where.
"""

from __future__ import annotations

import json
import os
import sys
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from posthorn_api import AuthenticatedClient
from posthorn_api.api.history import list_records, retry_record
from posthorn_api.api.notification_types import list_actions
from posthorn_api.api.notifications import accept_notifications
from posthorn_api.api.users import put_user
from posthorn_api.api.webhooks import create_webhooks, delete_webhook, edit_webhook, show_webhook
from posthorn_api.models import (
    Action,
    AuthenticationInput,
    AuthenticationType,
    BodyFormat,
    ErrorResponse,
    Notification,
    NotificationBatch,
    NotificationsTaken,
    NoWebhooksCreated,
    Outcome,
    Record,
    Retry,
    Role,
    User,
    UserInput,
    Webhook,
    WebhookInput,
    WebhookPatch,
    WebhookPatchHeadersType0,
    WebhooksCreated,
    WebhooksInput,
    WebhookStatus,
)

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
URL = os.environ["POSTHORN_URL"]
CLIENT = AuthenticatedClient(base_url=URL, token=os.environ["POSTHORN_KEY"])
NOBODY = AuthenticatedClient(base_url=URL, token="phk_no")
RECEIVER = os.environ["RECEIVER_URL"]
SAMPLE = {
    "webhooks": [
        {
            "url": "https://my.webhook.url",
            "name": "My Webhook",
            "notificationType": ["ALL_NOTIFICATIONS"],
            "global": True,
        }
    ]
}
"""The notification of the reference page."""
TEXT = "Steve Touw has deleted the test data source."


def until(ask: Callable[[], T | None]) -> T:
    """Repeat a request until it has a result. If there is none, the test that runs the story ends it."""
    while (answer := ask()) is None:
        time.sleep(0.1)
    return answer


def draft(**changes: str) -> WebhookInput:
    """A webhook with only the required fields."""
    members = {"url": RECEIVER, "name": "Plain", "notificationType": ["ALL_NOTIFICATIONS"], "global": True}
    return WebhookInput.from_dict(members | changes)


def the_sample_of_the_reference_page() -> None:
    made = create_webhooks.sync(client=CLIENT, body=WebhooksInput.from_dict(SAMPLE))
    assert isinstance(made, WebhooksCreated)
    webhook = made.created_webhooks[0]
    assert (webhook.name, webhook.format_) == ("My Webhook", BodyFormat.SLACK)
    delete_webhook.sync_detailed(webhook.id, client=CLIENT)


def one_of_two_is_refused() -> Webhook:
    made = create_webhooks.sync(client=CLIENT, body=WebhooksInput([draft(), draft(url="https://10.0.0.1/")]))
    assert isinstance(made, WebhooksCreated)
    assert [(each.index, each.code) for each in made.errors] == [(1, "refused_url")]
    shown = show_webhook.sync(made.created_webhooks[0].id, client=CLIENT)
    assert isinstance(shown, Webhook)
    return shown


def all_are_refused() -> None:
    made = create_webhooks.sync_detailed(client=CLIENT, body=WebhooksInput([draft(filter="][")]))
    assert made.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert isinstance(made.parsed, NoWebhooksCreated)
    assert [(each.index, each.code) for each in made.parsed.errors] == [(0, "invalid_expression")]
    assert made.parsed.error.code == "invalid_expression"


def an_error_of_the_whole_request_has_the_plain_shape() -> None:
    refused = list_records.sync(client=CLIENT, cursor="none of ours")
    assert isinstance(refused, ErrorResponse)
    assert refused.error.code == "invalid_cursor"
    unknown = create_webhooks.sync(client=NOBODY, body=WebhooksInput([draft()]))
    assert isinstance(unknown, ErrorResponse)
    assert unknown.error.code == "not_authenticated"


def send() -> None:
    good = Notification.from_dict(
        {"notificationType": "modelDeleted", "text": TEXT, "dataSourceName": "test", "targetGroup": None}
    )
    bad = Notification(notification_type="no name")
    taken = accept_notifications.sync(client=CLIENT, body=NotificationBatch([good, bad]))
    assert isinstance(taken, NotificationsTaken)
    assert [each.index for each in taken.errors] == [1]


def first_record(webhook_id: str) -> Record | None:
    listed = list_records.sync(client=CLIENT, webhook_id=webhook_id)
    assert isinstance(listed, list)
    first = listed[0] if listed else None
    assert first is None or isinstance(first, Record)
    return first


def read_and_retry(webhook_id: str) -> None:
    record = until(lambda: first_record(webhook_id))
    assert record.outcome is Outcome.SUCCEEDED
    assert json.loads(record.request.body)["text"] == TEXT
    assert record.response is not None
    assert record.response.body == "ok\n"
    again = retry_record.sync(record.id, client=CLIENT)
    assert isinstance(again, Retry)
    assert again.retry_of == record.id


def names_and_details_of_actions() -> None:
    names = list_actions.sync(client=CLIENT)
    assert isinstance(names, list)
    assert isinstance(names[0], str)
    actions = list_actions.sync(client=CLIENT, details=True)
    assert isinstance(actions, list)
    assert isinstance(actions[0], Action)


def pause_and_delete(webhook_id: str) -> None:
    basic = AuthenticationInput(AuthenticationType.BASIC, username="me", password="a secret")
    change = WebhookPatch(
        enabled=False, authentication=basic, headers=WebhookPatchHeadersType0.from_dict({"X-Team": "data"})
    )
    edited = edit_webhook.sync(webhook_id, client=CLIENT, body=change, if_match='"1"')
    assert isinstance(edited, Webhook)
    assert edited.status is WebhookStatus.PAUSED
    assert edited.headers.to_dict() == {"x-team": True}
    assert edited.to_dict()["authentication"] == {"type": "basic", "username": "me", "password": True}
    assert delete_webhook.sync_detailed(webhook_id, client=CLIENT).status_code == HTTPStatus.NO_CONTENT
    missing = show_webhook.sync(webhook_id, client=CLIENT)
    assert isinstance(missing, ErrorResponse)
    assert missing.error.code == "webhook_not_found"


def a_user_with_a_name_alone() -> None:
    user = put_user.sync("python", client=CLIENT, body=UserInput(name="Python"))
    assert isinstance(user, User)
    assert user.role is Role.USER


if __name__ == "__main__":
    the_sample_of_the_reference_page()
    all_are_refused()
    an_error_of_the_whole_request_has_the_plain_shape()
    webhook = one_of_two_is_refused()
    send()
    read_and_retry(webhook.id)
    names_and_details_of_actions()
    a_user_with_a_name_alone()
    pause_and_delete(webhook.id)
    sys.stdout.write("told\n")
