"""The life of a webhook in the console."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.scene import notify

if TYPE_CHECKING:
    from local.receiver import Receiver
    from tests.browser.console import Console
    from tests.local.service import Service


def test_a_webhook_is_created_tested_repaired_and_deleted(console: Console, service: Service, receiver: Receiver) -> None:
    page = console.page
    console.sign_in(service.run["user_key"])
    console.create("My receiver", f"{receiver.url}/in")

    console.press("Test")
    assert receiver.next().path == "/in"
    console.says("The test arrived.")

    notify(service, "The first one.")
    assert "The first one." in receiver.next().body
    expect(console.recent("200")).to_have_count(2)

    receiver.status = HTTPStatus.SERVICE_UNAVAILABLE
    notify(service, "The second one.")
    expect(console.recent("503").first).to_be_visible()  # without a reload of the page

    console.recent("503").first.get_by_role("link").first.click()
    console.says("The second one.")
    chain = page.get_by_role("region", name="Attempts of this delivery").get_by_role("listitem")
    expect(chain.filter(has_text="503").first).to_be_visible()
    receiver.status = HTTPStatus.OK
    console.press("Retry")
    expect(chain.filter(has_text="200").first).to_be_visible()
    expect(chain.filter(has_text="manual retry").first).to_be_visible()

    console.follow("Webhooks")
    console.follow("My receiver")
    console.press("Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    console.has_title("Webhooks")
    expect(page.get_by_role("link", name="My receiver")).to_have_count(0)


def test_a_response_of_a_receiver_is_shown_as_text(console: Console, service: Service, receiver: Receiver) -> None:
    receiver.answer = b"<script>document.title = 'owned'</script><img src=x onerror=alert(1)>"
    console.sign_in(service.run["user_key"])
    console.create("Hostile", receiver.url)
    console.press("Test")
    console.follow("Request and response")
    console.says("document.title = 'owned'")
    assert "owned" not in console.page.title()
    assert console.page.locator("main script, main img").count() == 0


def test_a_filter_and_a_transform_are_previewed_while_they_are_typed(console: Console, service: Service) -> None:
    console.sign_in(service.run["user_key"])
    console.open("webhooks/new")
    console.page.get_by_text("Filter and transform").click()
    console.fill("Transform", "{what: notificationType}")
    console.says('"what":')
    console.fill("Filter", "modelType ==")
    expect(console.page.get_by_label("Filter", exact=True)).to_have_attribute("aria-invalid", "true")
    console.says("it ends too early, at character 12")
