"""The body of each format, and the limits of its receiver."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from discord_webhook import DiscordWebhook
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from slack_sdk.models.attachments import Attachment

from chalicelib.domain.payloads import escaping, formats
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.domain.payloads.reference_body import reference_body
from tests.domain.samples import notified

PLAIN = "Steve Touw has deleted the test data source."
SENTENCES = [
    PLAIN,
    "",
    "a" * 100_000,
    "😀" * 50_000,
    "ä" * 50_000,
    "&<>" * 30_000,
    "_*@|" * 20_000,
    "\n- " * 20_000,
    '"\\\n' * 20_000,
    "\ud800" * 50_000,
]
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def _made(body_format: BodyFormat, sentence: str = PLAIN, **members: object) -> Any:  # noqa: ANN401 - whatever JSON brought
    text = json.dumps({"notificationType": "modelDeleted"} | members)
    return json.loads(formats.body(body_format, notified(text), sentence).encode())


def test_the_default_is_the_reference_body() -> None:
    assert formats.body(BodyFormat.SLACK, notified(), PLAIN) == reference_body(notified(), PLAIN)


def test_slacks_text_is_escaped() -> None:
    assert _made(BodyFormat.SLACK, "<!channel> & co")["text"] == "&lt;!channel&gt; &amp; co"


def test_slacks_attachment_has_nothing_that_slack_reads_and_is_the_same_json() -> None:
    """Slack reads ``<`` before ``!``, ``@``, ``#`` or a URL (docs.slack.dev/messaging/formatting-message-text)."""
    name = "a < b <<!channel> <@U1> <#C1> \\<https://evil.example|label>"
    attached = _made(BodyFormat.SLACK, dataSourceName=name)["attachments"][0]["text"]
    assert re.search(r"<[!@#a-zA-Z]", attached) is None
    assert json.loads(attached)["dataSourceName"] == name


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


def test_a_cloudevent_has_the_attributes_of_the_specification_and_the_data_as_it_was_written() -> None:
    text = '{"notificationType":"modelDeleted","price":1.10,"text":"x"}'
    made = formats.body(BodyFormat.CLOUDEVENTS, notified(text), "x")
    source = json.loads(made)["source"]
    assert made == (
        f'{{"specversion":"1.0","id":"ntf_1","source":"{source}","type":"modelDeleted","time":"2026-03-01T12:00:00.000Z",'
        '"datacontenttype":"application/json","data":{"notificationType":"modelDeleted","price":1.10}}'
    )


def test_the_cloudevents_sdk_reads_the_event() -> None:
    made = formats.body(BodyFormat.CLOUDEVENTS, notified('{"notificationType":"modelDeleted","modelId":15}'), PLAIN)
    headers = {"content-type": formats.content_type(BodyFormat.CLOUDEVENTS) or ""}
    event = from_http_event(HTTPMessage(headers, made.encode()))
    assert (event.get_id(), event.get_type(), event.get_specversion()) == ("ntf_1", "modelDeleted", "1.0")
    assert event.get_data() == {"notificationType": "modelDeleted", "modelId": 15}


def test_two_producers_with_the_same_id_send_events_with_different_sources() -> None:
    sources = {
        json.loads(formats.body(BodyFormat.CLOUDEVENTS, replace(notified(), producer=name), PLAIN))["source"]
        for name in ("user|1", "user|2")
    }
    assert len(sources) == 2
    assert not any("user" in source for source in sources)


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
            {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": PLAIN}]},
            _fact("notificationType", "modelDeleted"),
            _fact("dataSourceName", "test"),
            _fact("modelId", "15"),
        ],
    }


def _fact(name: str, value: str) -> dict[str, object]:
    runs = [{"type": "TextRun", "text": f"{name}: ", "weight": "Bolder"}, {"type": "TextRun", "text": value}]
    return {"type": "RichTextBlock", "spacing": "Small", "inlines": runs}


def test_teams_reads_no_text_as_markdown() -> None:
    """A TextRun is not (learn.microsoft.com/adaptive-cards/authoring-cards/text-features)."""
    made = _made(BodyFormat.TEAMS, "[Sign in](https://evil.example)", **{"[a](https://b.example)": "**c**"})
    blocks = made["attachments"][0]["content"]["body"]
    assert {each["type"] for each in blocks} == {"RichTextBlock"}
    assert {run["type"] for each in blocks for run in each["inlines"]} == {"TextRun"}


@pytest.mark.parametrize("hostile", ["Look, <users/all>", "<https://evil.example|Sign in>", "<<users/1>"])
def test_google_chat_gets_a_text_alone_without_a_link_or_a_mention(hostile: str) -> None:
    assert _made(BodyFormat.GOOGLE_CHAT, hostile) == {"text": hostile.replace("<", "\u2039").replace(">", "\u203a")}


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("[Sign in](https://evil.example)", r"\[Sign in\](https://evil.example)"),
        ("<@123> <#1> </x:2> <t:0>", r"\<@123\> \<\#1\> \</x:2\> \<t:0\>"),
        ("**a** __b__ ~~c~~ ||d|| `e`", r"\*\*a\*\* \_\_b\_\_ \~\~c\~\~ \|\|d\|\| \`e\`"),
        ("# a\n- b\n1. c\n> d", "\\# a\n\\- b\n1\\. c\n\\> d"),
        ("\\[a](https://b.example)", r"\\\[a\](https://b.example)"),
        ("See https://a.example/b_c?d=1&e=2, or my_table.", r"See https://a.example/b_c?d=1&e=2, or my\_table."),
        ("https://a.example/[b](https://c.example)", r"https://a.example/\[b\](https://c.example)"),
    ],
)
def test_discord_shows_a_text_as_it_is(hostile: str, shown: str) -> None:
    assert _made(BodyFormat.DISCORD, hostile)["content"] == shown


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("@all @channel @here", "@\u200ball @\u200bchannel @\u200bhere"),
        ("<!channel> <!here> <@5fb5f7>", "&lt;!channel&gt; &lt;!here&gt; &lt;@\u200b5fb5f7&gt;"),
        ("<https://evil.example|Sign in>", "&lt;https://evil.example\\|Sign in&gt;"),
        ("&#64;all &lt;b&gt;", r"&amp;\#64;all &amp;lt;b&amp;gt;"),
        ("![a](https://b.example) [c](https://d.example)", r"!\[a\](https://b.example) \[c\](https://d.example)"),
        ("https://me@all/", "https://me@\u200ball/"),
        ("See https://a.example/b_c?d=1&e=2, or my_table.", r"See https://a.example/b_c?d=1&e=2, or my\_table."),
        ("a\n===", "a\n\\==="),
    ],
)
def test_mattermost_shows_a_text_as_it_is(hostile: str, shown: str) -> None:
    assert _made(BodyFormat.MATTERMOST, hostile) == {"text": shown}


@given(ANY_TEXT)
def test_mattermosts_server_finds_no_link_and_no_mention_to_expand(sentence: str) -> None:
    """What it rewrites begins with ``<``, and a mention is an ``@`` before a letter, a digit or a sign."""
    text = _made(BodyFormat.MATTERMOST, sentence)["text"]
    assert "<" not in text
    assert all(after.startswith("\u200b") for after in text.split("@")[1:])


@given(st.text(st.sampled_from("[]()<>*_`~|#-+=.1 \n\\!&;:/@ahtps"), max_size=40))
def test_commonmark_makes_nothing_but_words_and_plain_links_of_a_text_for_mattermost(sentence: str) -> None:
    tokens = MarkdownIt("commonmark").parse(escaping.for_mattermost(sentence))
    inner = [child.type for token in tokens for child in token.children or ()]
    assert set(inner) <= {"text", "softbreak", "hardbreak", "text_special"}
    assert {token.type for token in tokens} <= {"paragraph_open", "paragraph_close", "inline", "code_block"}


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda text: repr(text[:3]))
def test_mattermost_gets_no_more_than_one_post(sentence: str) -> None:
    assert len(_made(BodyFormat.MATTERMOST, sentence)["text"]) <= 16_383


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


def test_the_guide_has_a_row_and_a_paragraph_for_each_format() -> None:
    page = (Path(__file__).parents[2] / "docs" / "guides" / "formats.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)`(?: \(default\))? \| (?!for)", page, re.MULTILINE)
    assert rows == re.findall(r"^\*\*(\w+)\.\*\* ", page, re.MULTILINE) == list(BodyFormat)
