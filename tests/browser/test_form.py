"""The form of a webhook: every field, somebody else's webhook, and two people who change the same one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import requests
from playwright.sync_api import expect

from testbed.patience import PATIENCE_S

if TYPE_CHECKING:
    from tests.browser.console import Console
    from tests.local.service import Service

URL: Final = "http://127.0.0.1:9/hooks"
FIELDS: Final = {
    "notificationType": ["collection*"],
    "actionType": "received",
    "format": "standard",
    "filter": "modelId",
    "transform": "{id: modelId}",
    "headers": {"x-team": True},
    "authentication": {"type": "basic", "username": "me", "password": True},
    "retrySchedule": [30, 300],
    "timeoutSeconds": 2.5,
    "rateLimitPerSecond": 1,
    "retentionDays": 7,
}


def _call(service: Service, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
    """The response to a call of the user of `make run`."""
    headers = {"Authorization": service.run["user_key"]}
    answer = requests.request(method, service.run["url"] + path, headers=headers, json=body, timeout=PATIENCE_S)
    assert answer.ok, answer.text
    return answer.json()


def _create(service: Service, **members: object) -> str:
    """The id of a new webhook of the user."""
    element = {"url": URL, "notificationType": ["modelDeleted"], **members}
    return str(_call(service, "POST", "/webhooks", {"webhooks": [element]})["createdWebhooks"][0]["id"])


def _open(console: Console, *sections: str) -> None:
    for title in sections:
        console.page.locator("summary").filter(has_text=title).click()


def test_every_field_is_entered_sent_and_shown(console: Console, service: Service) -> None:
    console.sign_in(service.run["user_key"])
    console.open("webhooks/new")
    console.fill("URL", URL)
    console.fill("Name", "Every field")
    console.fill("Find types", "collection*")
    console.press("Add collection*")
    console.page.get_by_label("Scope", exact=True).select_option(label="for the owner")
    console.page.get_by_label("Format", exact=True).select_option("standard")
    _open(console, "Filter and transform", "Headers and authentication", "Retries and limits", "Signature")
    console.fill("Filter", "modelId")
    console.fill("Transform", "{id: modelId}")
    console.press("Add a header")
    header = console.page.get_by_role("group", name="Header 1")
    header.get_by_label("Name").fill("X-Team")
    header.get_by_label("Value").fill("data")
    console.page.get_by_label("Authentication", exact=True).select_option("basic")
    console.fill("User name", "me")
    console.fill("Password", "secret")
    console.page.get_by_label("Retries", exact=True).select_option("own")
    console.fill("Waits, one on each line", "30s\n5m")
    for label, text in (("Timeout", "2.5"), ("Rate limit", "1"), ("Retention", "7")):
        console.fill(label, text)
    console.page.get_by_label("Asymmetric signature").check()
    console.press("Create the webhook")
    console.keep_secret()
    console.has_title("Every field")
    created = next(each for each in _call(service, "GET", "/webhooks") if each["name"] == "Every field")
    assert {name: created[name] for name in FIELDS} == FIELDS
    assert created["publicKey"]
    settings = console.page.get_by_role("region", name="Settings")
    for text in (
        "collection*",
        "for the owner",
        "Standard Webhooks",
        "x-team",
        "Basic",
        "after 30 s, 5 min",
        "2.5 s",
        "1 per second",
        "7 days",
    ):
        expect(settings).to_contain_text(text)


def test_an_admin_edits_a_webhook_of_another_user_without_its_secrets(console: Console, service: Service) -> None:
    name = "Of the user"
    webhook_id = _create(service, name=name, headers={"x-key": "k"}, authentication={"type": "bearer", "token": "t"})
    console.sign_in(service.run["admin_key"])
    console.open(f"webhooks/{webhook_id}/edit")
    console.says("It stays the same unless you enter another one.")
    _open(console, "Retries and limits")
    console.fill("Retention", "3")
    console.press("Save the changes")
    console.has_title(name)
    changed = _call(service, "GET", f"/webhooks/{webhook_id}")
    assert (changed["url"], changed["headers"], changed["retentionDays"]) == (URL, {"x-key": True}, 3)


def test_two_people_change_the_same_webhook_and_both_changes_are_kept(console: Console, service: Service) -> None:
    webhook_id = _create(service, name="Changed twice")
    console.sign_in(service.run["user_key"])
    console.open(f"webhooks/{webhook_id}/edit")
    console.fill("Name", "Mine")
    theirs = {"name": "Theirs", "filter": "modelId"}
    assert service.call("PATCH", f"/webhooks/{webhook_id}", theirs).ok
    console.press("Save the changes")
    console.press("Load the newer version")
    console.says("They changed: Filter.")
    console.says("Name: yours is Mine, theirs is Theirs")
    console.press("Save the changes")
    console.has_title("Mine")
    saved = service.call("GET", f"/webhooks/{webhook_id}").json()
    assert (saved["name"], saved["filter"]) == ("Mine", "modelId")
