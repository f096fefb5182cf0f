"""A message or an item that is malformed is refused by the path of what is wrong with it, and fails in no other way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.background import tasks
from chalicelib.codec import messages
from chalicelib.codec.messages import CODEC
from chalicelib.domain.delivery.attempt import PendingAttempt
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.history.recovery import Recovery
from chalicelib.domain.webhooks.webhook import Webhook
from tests.codec import anything
from tests.domain.samples import attempt


def _places(value: Any, path: str = "") -> list[tuple[str, list[str | int]]]:  # noqa: ANN401 - any JSON
    """Each member, at any depth: how its path is written, and the keys that lead to it."""
    inner: list[tuple[str, str | int, Any]] = []
    if isinstance(value, dict):
        inner = [(f"{path}.{key}".removeprefix("."), key, each) for key, each in value.items()]
    if isinstance(value, list):
        inner = [(f"{path}[{index}]", index, each) for index, each in enumerate(value)]
    found: list[tuple[str, list[str | int]]] = []
    for text, key, each in inner:
        found += [(text, [key]), *((at, [key, *on]) for at, on in _places(each, text))]
    return found


@pytest.mark.parametrize("kind", [Webhook, PendingAttempt, Recovery])
@given(data=st.data())
def test_a_member_of_another_type_is_refused_by_its_path(kind: type, data: st.DataObject) -> None:
    plain = json.loads(CODEC.to_text(data.draw(anything.of(kind))))
    path, keys = data.draw(st.sampled_from(_places(plain)))
    at = plain
    for key in keys[:-1]:
        at = at[key]
    at[keys[-1]] = [[{}]]
    with pytest.raises(InvalidInput) as refused:
        CODEC.from_json(kind, json.dumps(plain))
    assert [each.startswith(path) for each in refused.value.fields] == [True]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"work":{"kind":"nonsense"}}', "work.kind"),
        ('{"work":{}}', "work.kind"),
        ('{"work":{"kind":"release"}}', "work.webhook_id"),
        ('{"work":{"kind":"owner","user_id":"1","since":"0001-01-01T00:00:00+14:00"}}', "work.since"),
        ('{"work":{"kind":"recovery","recovery_id":"r"},"hops":{"count":true}}', "hops.count"),
        ("{}", "work"),
    ],
)
def test_a_task_that_is_none_is_refused_by_its_path(text: str, path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        tasks.from_text(text)
    assert [*refused.value.fields] == [path]
    assert path in refused.value.message


@given(st.text(st.characters()))
def test_no_text_makes_a_task_fail_in_another_way(text: str) -> None:
    with pytest.raises(InvalidInput):
        tasks.from_text(text)


def test_half_a_surrogate_pair_where_msgspec_takes_none_is_refused() -> None:
    for text in ('{"\\ud800":1}', messages.attempt_to_text(attempt()).replace('"notification"', '"\\ud800"')):
        with pytest.raises(InvalidInput):
            messages.attempt_from_text(text)
