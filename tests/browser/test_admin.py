"""What admins do: users and their keys, notification types, dead letters, the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from local import environment

if TYPE_CHECKING:
    from tests.browser.console import Console
    from tests.browser.scene import Scene
    from tests.local.service import Service


def test_a_user_is_added_with_a_key_that_signs_in_until_it_is_revoked(console: Console, service: Service) -> None:
    console.sign_in(service.run["admin_key"])
    console.open("users")
    console.press("Add a user")
    console.fill("Id", "77")
    console.fill("Name", "Nora Berg")
    console.press("Add")
    console.has_title("Nora Berg")
    console.press("Create a key")
    console.page.get_by_role("dialog").get_by_label("Name").fill("phone")
    console.press("Create the key")
    key = console.page.get_by_label("key", exact=True).inner_text()
    console.press("I have copied it")
    expect(console.page.get_by_text(key)).to_have_count(0)
    console.press("Sign out")
    console.sign_in(key)
    expect(console.page.get_by_role("navigation", name="Main")).not_to_contain_text("Users")
    console.press("Sign out")
    console.sign_in(service.run["admin_key"])
    console.open("users/77")
    console.press("Revoke phone")
    console.page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    console.says("The key was revoked.")
    console.says("No keys")


def test_the_webhooks_of_all_users_are_listed_with_their_owners(console: Console, service: Service, scene: Scene) -> None:
    assert scene.webhooks
    console.sign_in(service.run["admin_key"])
    row = console.page.get_by_role("row").filter(has_text="Audit archive")
    expect(row.get_by_role("link", name="Admin")).to_be_visible()


def test_a_type_is_added_and_removed(console: Console, service: Service) -> None:
    console.sign_in(service.run["admin_key"])
    console.open("types")
    console.follow("Add a type")
    console.fill("Name", "invoiceSent")
    console.fill("JSON schema", "{")
    console.press("Add the type")
    expect(console.page.get_by_label("JSON schema")).to_have_attribute("aria-invalid", "true")
    console.fill("JSON schema", '{"required": ["invoiceId"]}')
    console.press("Add the type")
    console.has_title("invoiceSent")
    console.press("Remove")
    console.press("Remove the type")
    console.has_title("Notification types")
    console.fill("Find", "invoiceSent")
    console.says("No type matches")


def test_dead_letters_are_counted_with_what_to_do_about_them(console: Console, service: Service) -> None:
    queues = environment.sqs(service.run["aws_endpoint_url"])
    queues.send_message(QueueUrl=service.run["notifications_queue_url"], MessageBody="no notification")
    console.sign_in(service.run["admin_key"])
    console.open("queues")
    console.says("in a dead-letter queue")
    console.says("make redrive QUEUE=notifications")
    row = console.page.get_by_role("row").filter(has_text="that event sources send")
    expect(row).to_contain_text("1")


def test_the_audit_has_who_changed_a_webhook_even_after_it_was_deleted(console: Console, service: Service) -> None:
    element = {"url": "http://127.0.0.1:9/", "name": "Soon gone", "notificationType": ["modelDeleted"]}
    made = service.call("POST", "/webhooks", {"webhooks": [element]}).json()["createdWebhooks"][0]
    assert service.call("PATCH", f"/webhooks/{made['id']}", {"enabled": False}).ok
    assert service.call("DELETE", f"/webhooks/{made['id']}").ok
    console.sign_in(service.run["admin_key"])
    console.open(f"audit?webhookId={made['id']}")
    rows = console.page.get_by_role("row")
    for action in ("created", "paused", "deleted"):
        expect(rows.filter(has_text=f"{action} Soon gone").filter(has_text="Admin")).to_have_count(1)
