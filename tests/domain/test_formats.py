"""The body of each format, and the limits of its receiver."""

from __future__ import annotations

import json
from typing import Any

import pytest
from discord_webhook import DiscordWebhook
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.attachments import Attachment

from chalicelib.domain import formats
from chalicelib.domain.body import reference_body
from chalicelib.domain.formats import BodyFormat
from tests.domain.samples import notified

PLAIN = "Steve Touw has deleted the test data source."
SENTENCES = [PLAIN, "", "a" * 100_000, "😀" * 50_000, "ä" * 50_000, "&<>" * 30_000, '"\\\n' * 20_000, "\ud800" * 50_000]
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def _made(body_format: BodyFormat, sentence: str = PLAIN, **members: object) -> Any:  # noqa: ANN401 - whatever JSON brought
    text = json.dumps({"notificationType": "modelDeleted"} | members)
    return json.loads(formats.body(body_format, notified(text), sentence).encode())


def test_the_default_is_the_reference_body() -> None:
    assert formats.body(BodyFormat.SLACK, notified(), PLAIN) == reference_body(notified(), PLAIN)


def test_slacks_text_is_escaped_and_the_notification_is_not() -> None:
    made = _made(BodyFormat.SLACK, "<!channel> & co", dataSourceName="<a&b>")
    assert made["text"] == "&lt;!channel&gt; &amp; co"
    assert json.loads(made["attachments"][0]["text"])["dataSourceName"] == "<a&b>"


def test_slacks_own_model_takes_the_attachment() -> None:
    made = _made(BodyFormat.SLACK)
    attachments = [Attachment(**each) for each in made["attachments"]]
    for each in attachments:
        each.validate_json()
    assert [each.to_dict() for each in attachments] == [each | {"fields": []} for each in made["attachments"]]


def test_standard_has_a_type_a_time_and_the_data_as_it_was_written() -> None:
    text = '{"notificationType":"modelDeleted","price":1.10,"big":123456789012345678901234567890,"a":{"b":[1]},"text":"x"}'
    assert formats.body(BodyFormat.STANDARD, notified(text), "x") == (
        '{"type":"modelDeleted","timestamp":"2026-03-01T12:00:00.000Z","data":{"notificationType":"modelDeleted",'
        '"price":1.10,"big":123456789012345678901234567890,"a":{"b":[1]}}}'
    )


@pytest.mark.parametrize("sentence", SENTENCES[:-1])
def test_discords_client_would_send_the_same(sentence: str) -> None:
    made = _made(BodyFormat.DISCORD, sentence)
    sent = DiscordWebhook(url="https://discord.com/api/webhooks/1/x", **made).json
    assert {key: sent[key] for key in made if made[key]} == {key: made[key] for key in made if made[key]}


def test_discord_gets_a_content_that_calls_nobody() -> None:
    made = _made(BodyFormat.DISCORD, "@everyone look")
    assert made == {"content": "@everyone look", "allowed_mentions": {"parse": []}}


def test_teams_gets_a_card_of_the_sentence_and_the_facts() -> None:
    made = _made(BodyFormat.TEAMS, dataSourceName="test", modelId=15, targetGroup=None, tags=["a"], more={})
    (attachment,) = made["attachments"]
    assert (made["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert attachment["content"] == {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {"type": "TextBlock", "text": PLAIN, "wrap": True},
            {
                "type": "FactSet",
                "facts": [
                    {"title": "notificationType", "value": "modelDeleted"},
                    {"title": "dataSourceName", "value": "test"},
                    {"title": "modelId", "value": "15"},
                ],
            },
        ],
    }


def test_google_chat_gets_a_text_alone_that_calls_nobody() -> None:
    assert _made(BodyFormat.GOOGLE_CHAT, "Look, <users/all>") == {"text": "Look, <\u200busers/all>"}


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda text: repr(text[:3]))
def test_slack_gets_no_more_than_it_keeps(sentence: str) -> None:
    assert len(_made(BodyFormat.SLACK, sentence)["text"]) <= 40_000


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda text: repr(text[:3]))
def test_discord_gets_no_more_than_its_published_limit(sentence: str) -> None:
    """`content` of `IncomingWebhookRequestPartial`: at most 2,000 (github.com/discord/discord-api-spec)."""
    content = _made(BodyFormat.DISCORD, sentence)["content"]
    assert len(content.encode("utf-16-le", "surrogatepass")) <= 2 * 2_000


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda text: repr(text[:3]))
@pytest.mark.parametrize("value", ["v", "\u0001" * 5_000, "😀" * 5_000, "\ud800" * 5_000])
def test_teams_gets_no_more_than_28_kb(sentence: str, value: str) -> None:
    members = {f"{value[:500]}{number}": value for number in range(40)}
    made = formats.body(BodyFormat.TEAMS, notified(json.dumps({"notificationType": "tagCreated"} | members)), sentence)
    assert len(made.encode()) <= 28_000


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda text: repr(text[:3]))
def test_google_chat_gets_no_more_than_32_000_bytes(sentence: str) -> None:
    assert len(formats.body(BodyFormat.GOOGLE_CHAT, notified(), sentence).encode()) <= 32_000


@pytest.mark.parametrize("body_format", BodyFormat)
@given(sentence=ANY_TEXT, name=ANY_TEXT, value=ANY_TEXT)
def test_every_body_is_json_in_utf8(body_format: BodyFormat, sentence: str, name: str, value: str) -> None:
    members = {name: value} if name not in {"id", "text", "deliverAt", "actionBy", "targetUser", "targetGroup"} else {}
    text = json.dumps(members | {"notificationType": "tagCreated"})
    assert isinstance(json.loads(formats.body(body_format, notified(text), sentence).encode()), dict)
