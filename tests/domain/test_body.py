"""The body that a receiver gets."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.payloads import reference_body
from tests.domain.samples import notified

PAGE = r"""{
    "text": "Steve Touw has deleted the test data source.",
    "attachments": [{
        "text": "{\"dataSourceName\":\"test\",\"notificationType\":\"modelCreated\",\"actionBy\":1,\"modelType\":\"datasource\",\"modelId\":15,\"targetUser\":1,\"targetGroup\":null}"
    }]
}"""  # noqa: E501 - the page's own line
"""The outbound request of the reference page."""

SENT = """{"notificationType":"modelCreated","text":"Steve Touw has deleted the test data source.","dataSourceName":"test",
"actionBy":1,"modelType":"datasource","modelId":15,"targetUser":1,"targetGroup":null}"""


def test_the_body_is_the_pages_but_for_white_space() -> None:
    taken = notified(SENT)
    made = reference_body.reference_body(taken, taken.sentence({}))
    tight_page = PAGE.replace("\n", "").replace("    ", "").replace('": ', '":')
    assert made == tight_page


def test_the_bodys_keys_stand_in_the_pages_order() -> None:
    made = json.loads(reference_body.reference_body(notified(SENT), "x"))
    assert list(made) == ["text", "attachments"]
    assert list(json.loads(made["attachments"][0]["text"])) == list(json.loads(json.loads(PAGE)["attachments"][0]["text"]))


@pytest.mark.parametrize("value", [r'"\ud800"', '"\ud800"', '"\uffff"', r'"\u0000"', '"<script>"', r'"a\nb"'])
def test_a_body_is_utf8_whatever_the_producer_wrote(value: str) -> None:
    taken = notified(f'{{"notificationType":"modelDeleted","dataSourceName":{value},{value}:1}}')
    made = reference_body.reference_body(taken, taken.sentence({}))
    assert json.loads(json.loads(made.encode())["attachments"][0]["text"])["dataSourceName"] == json.loads(value)


@given(st.text(st.characters(exclude_categories=())))
def test_any_sentence_comes_through(sentence: str) -> None:
    made = reference_body.reference_body(notified(), sentence)
    assert json.loads(made.encode())["text"] == sentence
