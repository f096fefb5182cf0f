"""`POST /webhooks/preview`, and the members of a webhook that it is for."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.composition import process
from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.domain.errors import PosthornError
from chalicelib.domain.notifications import envelope, producer
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.intake.messages import ReceivedNotification
from tests.api.town import DRAFT, NOON, SETTINGS, Town

SENT = '{"id":"evt-1","notificationType":"modelCreated","actionBy":1,"modelId":1.10,"text":"It <is> there."}'
FORMATS: list[dict[str, object]] = [{"format": each.value} for each in BodyFormat]
SHAPES: list[dict[str, object]] = [
    *FORMATS,
    {"transform": "{id: modelId, text: text}"},
    {"asymmetricSignature": True},
    {"headers": {"X-Team": "blue"}},
]
WRONG = [
    ("filter", "a.", "it ends too early, at character 2"),
    ("transform", "nope(@)", "there is no function nope(), at character 0"),
]


def _preview(town: Town, **members: object) -> Any:  # noqa: ANN401 - whatever JSON brought
    answer = town.anna.post("/webhooks/preview", members)
    assert answer.status == 200, answer.text
    return answer.json


def _preview_of_sent(town: Town, member: str, value: object) -> Any:  # noqa: ANN401 - whatever JSON brought
    answer = town.anna.post_text("/webhooks/preview", f'{{"{member}":{json.dumps(value)},"notification":{SENT}}}')
    assert answer.status == 200, answer.text
    return answer.json


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_preview_of_a_webhook_is_what_is_sent(town: Town, shape: dict[str, object]) -> None:
    webhook_id = town.webhook_of(town.anna, **shape)
    shown = _preview_of_sent(town, "webhookId", webhook_id)
    drafted = _preview_of_sent(town, "webhook", DRAFT | shape)
    now = town.world.clock.now()
    by_anna = envelope.identity("evt-1", now, producer.of_user("1"), 0)
    town.service.fan_out.step(ReceivedNotification(SENT, by_anna, "m-1", now, is_accepted=True))
    town.service.deliver.batch([ReceivedAttempt("m", each.attempt, 1) for each in town.world.deliveries.sent])
    (sent,) = town.world.sender.sent
    assert shown["body"] == drafted["body"] == sent.body.decode()
    assert list(shown["headers"]) == list(drafted["headers"]) == [name for name, _ in sent.headers]
    assert (shown["matches"], shown["passesFilter"], shown["sends"], shown["problem"]) == (True, True, True, None)


def test_a_preview_has_the_user_agent_that_the_operator_has_set() -> None:
    town = Town(replace(SETTINGS, user_agent="Acme/1 (staging)"))
    with process.using(town.service):
        webhook_id = town.webhook_of(town.anna)
        shown = _preview_of_sent(town, "webhookId", webhook_id)
    town.service.fan_out.step(ReceivedNotification(SENT, {}, "m-1", town.world.clock.now()))
    town.service.deliver.batch([ReceivedAttempt("m", each.attempt, 1) for each in town.world.deliveries.sent])
    (sent,) = town.world.sender.sent
    assert shown["headers"]["user-agent"] == dict(sent.headers)["user-agent"] == "Acme/1 (staging)"
    assert shown["headers"]["accept"] == "*/*"


def test_a_preview_is_signed_with_nobodys_secret_and_shows_no_value_of_a_header(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna, headers={"X-Key": "s3cret"})
    shown = _preview_of_sent(town, "webhookId", webhook_id)
    town.service.fan_out.step(ReceivedNotification(SENT, {}, "m-1", NOON))
    town.service.deliver.batch([ReceivedAttempt("m", each.attempt, 1) for each in town.world.deliveries.sent])
    (sent,) = town.world.sender.sent
    assert shown["headers"]["webhook-signature"].startswith("v1,")
    assert shown["headers"]["webhook-signature"] != dict(sent.headers)["webhook-signature"]
    assert "s3cret" not in json.dumps(shown)


def test_the_sample_is_the_reference_pages(town: Town) -> None:
    shown = _preview(town, webhook=DRAFT)
    assert shown["sends"]
    body = json.loads(shown["body"])
    assert body["text"] == "Steve Touw has deleted the test data source."
    assert '"modelType":"datasource","modelId":15' in shown["body"].replace("\\", "").replace(" ", "")


def test_what_the_webhook_does_not_hear_of_is_shown_and_not_sent(town: Town) -> None:
    shown = _preview(town, webhook=DRAFT | {"notificationType": ["tagCreated"]})
    assert (shown["matches"], shown["passesFilter"], shown["sends"]) == (False, True, False)
    assert shown["body"] is not None


def test_what_the_filter_holds_back_is_not_sent(town: Town) -> None:
    shown = _preview(town, webhook=DRAFT | {"filter": "modelId > `15`"})
    nothing = {"sends": False, "body": None, "headers": None, "problem": None}
    assert shown == {"matches": True, "passesFilter": False} | nothing


def test_what_fails_is_told(town: Town) -> None:
    shown = _preview(town, webhook=DRAFT | {"transform": "abs(modelType)"})
    assert (shown["sends"], shown["body"]) == (False, None)
    assert shown["problem"] == "The webhook's transform failed: abs() does not accept an argument of type string."


def test_a_paused_webhook_sends_nothing(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    town.anna.patch(f"/webhooks/{webhook_id}", {"enabled": False})
    shown = _preview(town, webhookId=webhook_id)
    assert (shown["matches"], shown["sends"]) == (True, False)


def test_a_preview_keeps_nothing_and_sends_nothing(town: Town) -> None:
    _preview(town, webhook=DRAFT)
    assert (town.anna.get("/webhooks").json, town.world.deliveries.sent, town.world.sender.sent) == ([], [], [])


def test_anothers_webhook_is_not_there(town: Town) -> None:
    webhook_id = town.webhook_of(town.ben)
    assert town.anna.post("/webhooks/preview", {"webhookId": webhook_id}).error["code"] == "webhook_not_found"


@pytest.mark.parametrize("body", [{}, {"webhook": DRAFT, "webhookId": "wh_1"}, {"webhook": DRAFT, "url": "x"}])
def test_a_preview_is_of_one_webhook(town: Town, body: dict[str, object]) -> None:
    assert town.anna.post("/webhooks/preview", body).status == 400


def test_what_is_no_notification_is_refused(town: Town) -> None:
    answer = town.anna.post("/webhooks/preview", {"webhook": DRAFT, "notification": {"actionBy": 1}})
    assert (answer.status, list(answer.error["fields"])) == (400, ["notificationType"])


@pytest.mark.parametrize(("member", "expression", "problem"), WRONG)
def test_what_is_no_expression_is_422_with_its_place(town: Town, member: str, expression: str, problem: str) -> None:
    webhook_id = town.webhook_of(town.anna)
    answers = [
        (f"webhooks.0.{member}", town.create(town.anna, **{member: expression})),
        (member, town.anna.patch(f"/webhooks/{webhook_id}", {member: expression})),
        (member, town.anna.post("/webhooks/preview", {"webhook": DRAFT | {member: expression}})),
    ]
    for name, answer in answers:
        assert (answer.status, answer.error["code"]) == (422, "invalid_expression")
        assert answer.error["fields"] == {name: problem}


def test_format_filter_and_transform_are_kept_shown_and_changed(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna, format="teams", filter="modelId > `1`", transform="@")
    shown = town.anna.get(f"/webhooks/{webhook_id}").json
    assert (shown["format"], shown["filter"], shown["transform"]) == ("teams", "modelId > `1`", "@")
    changed = town.anna.patch(f"/webhooks/{webhook_id}", {"format": "discord", "filter": "a", "transform": None}).json
    assert (changed["format"], changed["filter"], changed["transform"]) == ("discord", "a", None)
    reset = town.anna.patch(f"/webhooks/{webhook_id}", {"format": None, "filter": None}).json
    assert (reset["format"], reset["filter"], reset["transform"]) == ("slack", None, None)


def test_a_format_that_is_none_is_refused(town: Town) -> None:
    answer = town.create(town.anna, format="telegram")
    assert (answer.status, list(answer.error["fields"])) == (400, ["webhooks.0.format"])


ABOUT_OTHERS = {
    "notificationType": "modelDeleted",
    "actionBy": 2,
    "targetUser": 1,
    "modelType": "datasource",
    "name": "test",
}


@pytest.mark.parametrize("by", ["webhookId", "webhook"])
def test_a_preview_names_nobody_but_the_caller(town: Town, by: str) -> None:
    given = town.webhook_of(town.anna) if by == "webhookId" else DRAFT
    body = _preview(town, **{by: given}, notification=ABOUT_OTHERS)["body"]
    assert "Ben" not in body
    assert "user 2" in body.lower()


def test_a_preview_names_the_caller(town: Town) -> None:
    assert "Anna" in _preview(town, webhook=DRAFT, notification=ABOUT_OTHERS | {"actionBy": 1})["body"]


def test_a_preview_of_a_user_who_is_not_there_reads_as_one_of_a_user_who_is(town: Town) -> None:
    bodies = [_preview(town, webhook=DRAFT, notification=ABOUT_OTHERS | {"actionBy": person})["body"] for person in (2, 7)]
    assert bodies[0].replace("2", "7") == bodies[1]


def test_a_filter_of_a_preview_cannot_ask_for_a_name(town: Town) -> None:
    shown = _preview(town, webhook=DRAFT | {"filter": "contains(text, 'Ben')"}, notification=ABOUT_OTHERS)
    assert shown["passesFilter"] is False


def test_an_admins_preview_has_everybodys_name(town: Town) -> None:
    answer = town.admin.post("/webhooks/preview", {"webhook": DRAFT, "notification": ABOUT_OTHERS})
    assert "Ben" in answer.json["body"]


def test_a_test_notification_names_nobody_but_the_caller(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    town.anna.post(f"/webhooks/{webhook_id}/test", {"notification": ABOUT_OTHERS})
    (sent,) = town.world.deliveries.sent
    assert "Ben" not in sent.attempt.body


TAKEN = {
    "a number of 5,000 digits": '"a":' + "9" * 5_000,
    "a number beyond doubles": '"a":1e400',
    "half a surrogate pair": r'"a":"\ud800"',
    "half a surrogate pair as a key": r'"\ud800":1',
    "a noncharacter": '"a":"\uffff"',
    "a key twice, inside": '"a":{"b":1,"b":2}',
    "depth": '"a":' + "[" * 60 + "]" * 60,
    "null members": '"id":null,"text":null,"deliverAt":null',
}


@pytest.mark.parametrize("member", TAKEN.values(), ids=TAKEN)
def test_a_preview_takes_the_notifications_that_are_taken(town: Town, member: str) -> None:
    """As they are written: the preview shows the bytes that the receiver would get."""
    text = f'{{"notificationType":"modelDeleted","actionBy":1,{member}}}'
    webhook = DRAFT | {"format": "standard"}
    town.webhook_of(town.anna, format="standard")
    accepted = town.service.api.intake.accept(town.root(), [text])
    assert not isinstance(accepted[0], PosthornError)
    (queued,) = town.world.accepted.sent
    message = ReceivedNotification(queued.text, queued.attributes, "m-1", NOON, is_accepted=True)
    town.service.fan_out.step(message)
    (sent,) = town.world.deliveries.sent

    body = f'{{"webhook":{json.dumps(webhook)},"notification":{text}}}'.encode()
    event = town.anna.send_unheld("POST", "/webhooks/preview", body)
    assert event.status == 200, event.text
    assert _without_ids(event.json["body"]) == _without_ids(sent.attempt.body)


def _without_ids(body: str) -> str:
    return re.sub(r"(ntf|msg)_[0-9a-z]{26}|2026-[-0-9T:.]+Z", "…", body)
