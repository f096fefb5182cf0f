"""The actions on a webhook and on an attempt, and what the page shows."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from chalicelib.domain.history.recovery import RecoveryState, Wanted
from tests.browser.scene import notify
from tests.local import recoveries
from tests.local.service import wait_until

if TYPE_CHECKING:
    from local.receiver import Receiver
    from tests.browser.console import Console
    from tests.browser.scene import Scene
    from tests.local.service import Service


def test_a_paused_webhook_is_not_tested_until_it_is_resumed(console: Console, service: Service, receiver: Receiver) -> None:
    console.sign_in(service.run["user_key"])
    console.create("Paused for a while", receiver.url)
    console.press("Pause")
    console.press("Resume")
    console.press("Pause")
    console.press("Test")
    expect(console.alert()).to_contain_text("The webhook is paused. Resume it first.")
    console.press("Resume")
    expect(console.alert()).to_have_count(0)
    console.press("Test")
    console.says("The test arrived.")


def test_a_test_that_fails_says_so_at_once(console: Console, service: Service, receiver: Receiver) -> None:
    receiver.status = HTTPStatus.INTERNAL_SERVER_ERROR
    console.sign_in(service.run["user_key"])
    console.create("Fails from the start", receiver.url)
    console.press("Test")
    console.says("The test failed.")
    console.says("The last attempt failed")


def test_a_receiver_that_asks_for_a_pause_is_not_said_to_be_down(
    console: Console, service: Service, receiver: Receiver
) -> None:
    receiver.status = HTTPStatus.TOO_MANY_REQUESTS
    receiver.headers = {"Retry-After": "600"}
    console.sign_in(service.run["user_key"])
    console.create("Limited", receiver.url)
    notify(service, "One too many.")
    wait_until(lambda: any(each["health"]["retryAfter"] for each in service.call("GET", "/webhooks").json()))
    console.page.reload()
    console.says("The receiver asked for a pause.")
    expect(console.page.get_by_text("The receiver is down.")).to_have_count(0)


def test_a_secret_is_rotated_and_shown_once(console: Console, service: Service, receiver: Receiver) -> None:
    console.sign_in(service.run["user_key"])
    console.create("Rotated", receiver.url)
    console.press("Rotate secret")
    console.press("Create a new secret")
    console.says("whsec_")
    console.press("I have stored it")
    expect(console.page.get_by_text("whsec_")).to_have_count(0)
    console.press("Test")
    assert receiver.next().headers["webhook-signature"].count("v1,") == 2


def test_an_edited_webhook_is_called_by_its_new_name_at_its_new_address(
    console: Console, service: Service, receiver: Receiver
) -> None:
    console.sign_in(service.run["user_key"])
    console.create("Before", receiver.url)
    console.follow("Edit")
    console.has_title("Edit Before")
    console.fill("Name", "After")
    console.fill("URL", f"{receiver.url}/after")
    console.press("Save the changes")
    console.has_title("After")
    console.press("Test")
    assert receiver.next().path == "/after"


def test_what_failed_is_recovered_with_its_progress(console: Console, service: Service, receiver: Receiver) -> None:
    console.sign_in(service.run["user_key"])
    console.create("Recovered", receiver.url)
    notify(service, "Once.")
    assert "Once." in receiver.next().body
    expect(console.recent("200")).to_have_count(1)
    console.page.get_by_label("Send", exact=True).select_option(label="everything again")
    console.press("Recover")
    console.press("Send everything again")
    recover = console.page.get_by_role("region", name="Recover since…")
    expect(recover.get_by_text("Done.")).to_be_visible()
    assert "Once." in receiver.next().body
    expect(console.recent("recovery")).to_have_count(1)


def test_the_progress_of_a_recovery_is_a_bar(console: Console, service: Service, scene: Scene) -> None:
    webhook_id = scene.webhooks["Data platform, Slack"]["id"]
    answer = {
        "id": "rcv_1", "webhookId": webhook_id, "state": "running", "progress": 0.4, "only": "all", "examined": 40,
        "enqueued": 20, "since": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z",
    }  # fmt: skip
    console.page.route("**/recoveries/rcv_1", lambda route: route.fulfill(json=answer))  # one that takes its time
    console.sign_in(service.run["admin_key"])
    console.page.evaluate(f"sessionStorage.setItem('posthorn.recovery.{webhook_id}', 'rcv_1')")
    console.open(f"webhooks/{webhook_id}")
    expect(console.page.get_by_role("progressbar")).to_have_attribute("value", "0.4")
    console.says("40 %: 40 examined, 20 enqueued")


SAID = {
    RecoveryState.DONE: "Done. There was nothing to send again.",
    RecoveryState.STOPPED: "Stopped. Nothing was enqueued.",
    RecoveryState.FAILED: "It ended early, because the webhook was paused, disabled or deleted.",
}


@pytest.mark.parametrize("only", Wanted)
def test_a_recovery_of_any_kind_is_shown_in_every_state_and_can_be_stopped(
    console: Console, service: Service, receiver: Receiver, only: Wanted
) -> None:
    """The service's own answers, about recoveries in its own tables."""
    element = {"url": receiver.url, "name": f"Recovers {only}", "notificationType": ["ALL_NOTIFICATIONS"]}
    made = service.call("POST", "/webhooks", {"webhooks": [element]}).json()["createdWebhooks"][0]
    console.sign_in(service.run["admin_key"])
    kept = [each for each in recoveries.put(service, made["id"]) if each.only is only]
    for each in sorted(kept, key=lambda one: one.state is RecoveryState.RUNNING):
        console.page.evaluate(f"sessionStorage.setItem('posthorn.recovery.{made['id']}', '{each.id}')")
        console.open("webhooks")
        console.open(f"webhooks/{made['id']}")
        if each.state is RecoveryState.RUNNING:
            expect(console.page.get_by_role("progressbar")).to_have_attribute("value", re.compile(r"0\.\d+"))
            console.press("Stop")
        console.says(SAID.get(each.state, SAID[RecoveryState.STOPPED]))
    expect(console.alert()).to_have_count(0)


def test_a_recovery_that_runs_already_is_shown_in_place_of_another(console: Console, service: Service, scene: Scene) -> None:
    webhook_id = scene.webhooks["Data platform, Slack"]["id"]
    refused = {"error": {"code": "recovery_running", "message": "One is running.", "fields": {"recoveryId": "rcv_1"}}}
    answer = {
        "id": "rcv_1", "webhookId": webhook_id, "state": "running", "progress": 0.4, "only": "all", "examined": 40,
        "enqueued": 20, "since": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z",
    }  # fmt: skip
    console.page.route("**/recover", lambda route: route.fulfill(status=409, json=refused))
    console.page.route("**/recoveries/rcv_1", lambda route: route.fulfill(json=answer))
    console.sign_in(service.run["admin_key"])
    console.open(f"webhooks/{webhook_id}")
    console.press("Recover")
    console.says("40 %: 40 examined, 20 enqueued")


def test_a_test_that_runs_already_shows_its_outcome(console: Console, service: Service, receiver: Receiver) -> None:
    console.sign_in(service.run["user_key"])
    console.create("Tested twice", receiver.url)
    notify(service, "Once.")
    receiver.next()
    expect(console.recent("200")).to_have_count(1)
    webhook_id = next(each["id"] for each in service.call("GET", "/webhooks").json() if each["name"] == "Tested twice")
    [record] = service.call("GET", f"/webhooks/history?webhookId={webhook_id}").json()
    refused = {"error": {"code": "test_running", "message": "One is running.", "fields": {"recordId": record["id"]}}}
    console.page.route("**/test", lambda route: route.fulfill(status=409, json=refused))
    console.press("Test")
    console.says("The test arrived.")


def test_headers_bodies_and_the_request_as_curl_are_copied(console: Console, service: Service, scene: Scene) -> None:
    console.sign_in(service.run["admin_key"])
    console.open(f"history/{scene.record('failed')}")
    console.press("Copy request headers")
    console.says("Copied")
    assert re.search(r"^webhook-id: msg_\w+$", console.copied(), re.MULTILINE)
    console.press("Copy request body")
    expect(console.page.get_by_text("Copied")).to_have_count(2)
    assert console.copied().startswith('{"')
    console.press("Copy as curl")
    console.says("The command is in the clipboard")
    assert console.copied().startswith("curl ")


def test_filters_are_in_the_address_and_narrow_the_history(console: Console, service: Service, scene: Scene) -> None:
    console.sign_in(service.run["admin_key"])
    console.open("history")
    console.page.get_by_label("Webhook", exact=True).select_option(label="Billing, staging")
    console.page.get_by_label("Outcome").select_option(label="Failed")
    console.fill("Notification type", "projectUpdated")
    console.page.get_by_label("Notification type", exact=True).press("Enter")
    console.press("Last hour")
    rows = console.page.get_by_role("table").get_by_role("row").filter(has=console.page.get_by_role("cell"))
    expect(rows.filter(has_text="projectUpdated").first).to_be_visible()
    for text in ("Billing, staging", "projectUpdated"):
        expect(rows.filter(has_not_text=text)).to_have_count(0)
    expect(rows.filter(has_text="200")).to_have_count(0)
    asked = console.page.url.partition("?")[2]
    assert all(part in asked for part in ("outcome=failed", "notificationType=projectUpdated", "since=", "webhookId=wh_"))
    assert scene.webhooks["Billing, staging"]["id"] in asked


def test_the_history_grows_while_it_is_looked_at(console: Console, service: Service, receiver: Receiver) -> None:
    console.sign_in(service.run["user_key"])
    console.create("Watched", receiver.url)
    console.follow("History")
    console.is_settled()
    watched = console.page.get_by_role("row").filter(has_text="Watched")
    expect(watched).to_have_count(0)
    notify(service, "Look!")
    expect(watched).to_have_count(1)
