"""Every dataclass that is stored comes back as it was, with all of its fields."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb import directory_item, recovery_item, values
from chalicelib.background import tasks
from chalicelib.background.tasks import Task
from chalicelib.codec import records
from chalicelib.codec.codec import Codec
from chalicelib.codec.messages import CODEC
from chalicelib.domain.delivery.attempt import Chosen, PendingAttempt, Trigger
from chalicelib.domain.delivery.hops import NONE, Hops
from chalicelib.domain.delivery.signing import SigningSecret
from chalicelib.domain.directory.audit import AuditEntry
from chalicelib.domain.directory.users import ApiKey, OwnerNote, User
from chalicelib.domain.history.records import HistoryRecord
from chalicelib.domain.history.recovery import Recovery
from chalicelib.domain.history.stats import KeptHour
from chalicelib.domain.notifications.catalogue import CatalogueEntry
from chalicelib.domain.webhooks.authentication import OAuth2Authentication
from chalicelib.domain.webhooks.health import Health
from chalicelib.domain.webhooks.webhook import Webhook
from tests.codec import anything
from tests.domain.samples import NOON, attempt, webhook

KINDS: Final = (Webhook, Health, PendingAttempt, Recovery, User, ApiKey, OwnerNote, AuditEntry, CatalogueEntry, KeptHour)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_all_fields_come_back_from_json(kind: type, data: st.DataObject) -> None:
    made = data.draw(anything.of(kind))
    assert CODEC.from_json(kind, CODEC.to_bytes(made)) == made
    text = CODEC.to_text(made)
    assert text.isascii()
    assert CODEC.from_json(kind, text) == made


@pytest.mark.parametrize("kind", [Health, Recovery, User, ApiKey, OwnerNote, CatalogueEntry])
@given(data=st.data())
def test_all_fields_come_back_from_plain_values(kind: type, data: st.DataObject) -> None:
    made = data.draw(anything.of(kind))
    assert CODEC.from_plain(kind, values.plain(values.item(CODEC.to_plain(made)))) == made


@given(anything.of(HistoryRecord), st.booleans())
def test_all_fields_of_a_record_come_back(made: HistoryRecord, is_same: bool) -> None:  # noqa: FBT001 - hypothesis's
    """But for the hops, which only a message has; with the request's own body, and with another."""
    body = made.attempt.body.encode("utf-8", "surrogatepass")
    sent = replace(made.exchange.request, body=body) if is_same else made.exchange.request
    made = replace(made, attempt=replace(made.attempt, hops=NONE), exchange=replace(made.exchange, request=sent))
    assert records.from_bytes(made.attempt.record_id, records.to_bytes(made)) == made


@given(anything.of(Task))
def test_all_fields_of_a_task_come_back(made: Task) -> None:
    """But for its delay, which the queue knows, for the secrets of a webhook and the hops of a record."""
    work = made.work
    if isinstance(work, tasks.PurgeHistory):
        work = tasks.PurgeHistory(work.webhook.without_secrets())
    if isinstance(work, tasks.WriteRecord):
        work = tasks.WriteRecord(replace(work.record, attempt=replace(work.record.attempt, hops=NONE)))
    assert tasks.from_text(tasks.to_text(made)) == replace(made, work=work, delay_s=0)


@given(anything.of(User), anything.of(ApiKey), anything.of(Recovery))
def test_all_fields_come_back_from_an_item(user: User, key: ApiKey, recovery: Recovery) -> None:
    assert directory_item.decode_user(directory_item.encode_user(user)) == user
    if key.rights:  # a key without rights is one from before there were any
        assert directory_item.decode_key(directory_item.encode_key(key)) == key
    recovery = replace(recovery, started_at=NOON)  # it expires within the calendar
    assert recovery_item.decode(recovery_item.encode(recovery)) == recovery


WEBHOOK: Final = webhook(
    1,
    secrets=(SigningSecret("whsec_a", NOON),),
    headers=(("x-team", "data"),),
    authentication=OAuth2Authentication("https://t.example", "id", "secret"),
    health=Health(failures=2, failing_since=NOON),
)
WEBHOOK_TEXT: Final = (
    '{"id":"wh_01kjmma3f8fcv646yrf8d1bmfs","owner_id":"1","url":"https://receiver-1.example/hook","name":"Webhook 1",'
    '"notification_types":["ALL_NOTIFICATIONS"],"groups":[],"created_at":"2026-03-01T12:00:00Z",'
    '"updated_at":"2026-03-01T12:00:00Z","version":1,"is_enabled":true,'
    '"secrets":[{"value":"whsec_a","expires_at":"2026-03-01T12:00:00Z"}],"body_format":"slack",'
    '"headers":[["x-team","data"]],"authentication":{"kind":"oauth2","token_url":"https://t.example","client_id":"id",'
    '"client_secret":"secret","client_authentication":"basic"},'
    '"health":{"failures":2,"failing_since":"2026-03-01T12:00:00Z"}}'
)
ATTEMPT: Final = attempt(1, trigger=Trigger.RETRY, hops=Hops(2, NOON), chosen=Chosen(version=3, action_by="5"), slot_at=NOON)
ATTEMPT_TEXT: Final = (
    '{"record_id":"rec_01kjmma3f8fcv646yrf8d1bmfs01kjmma2g0h5fj7k066xkf70th",'
    '"delivery_id":"msg_01kjmma2g0p8d5hfeb5a2yr8hf","notification_id":"evt-7f3","notification_type":"modelDeleted",'
    '"attempt_number":1,"trigger":"retry","body":"{\\"text\\":\\"it happened\\"}","slot_at":"2026-03-01T12:00:00Z",'
    '"hops":{"count":2,"since":"2026-03-01T12:00:00Z"},"chosen":{"version":3,"action_by":"5","is_catalogued":true}}'
)
STORED: Final = [(WEBHOOK, WEBHOOK_TEXT), (ATTEMPT, ATTEMPT_TEXT)]


@pytest.mark.parametrize(("made", "text"), STORED)
def test_what_was_stored_is_still_read(made: Any, text: str) -> None:  # noqa: ANN401 - of several kinds
    """A field that gets another name loses what is stored: then keep the old name, or move what is stored."""
    assert CODEC.from_json(type(made), text) == made


@pytest.mark.parametrize(("made", "text"), STORED)
def test_what_is_empty_is_left_out_and_other_defaults_are_not(made: Any, text: str) -> None:  # noqa: ANN401
    """Else a default that is changed later would change what is stored."""
    assert CODEC.to_text(made) == text


@dataclass(frozen=True, slots=True)
class _Odd:
    """A dataclass with a field of its own for each rule."""

    since: datetime
    day: date = date(2026, 3, 1)
    kept: str = "kept"
    none: str = ""
    momentary: int = field(default=0, compare=False)


ODD: Final = _Odd(NOON)


def test_a_field_that_is_not_compared_is_not_stored() -> None:
    assert CODEC.from_json(_Odd, CODEC.to_text(replace(ODD, momentary=7))).momentary == 0


def test_what_stands_aside_is_not_stored_and_has_its_value_again() -> None:
    codec = Codec(aside={_Odd: {"kept": "elsewhere"}})
    assert "kept" not in codec.to_text(ODD)
    assert codec.from_json(_Odd, codec.to_text(ODD)).kept == "elsewhere"


def test_a_codec_may_write_what_is_empty() -> None:
    assert json.loads(Codec(omits_empty=False).to_text(ODD)).keys() == {"since", "day", "kept", "none"}


def test_a_time_of_another_zone_is_read_in_utc() -> None:
    assert CODEC.from_json(_Odd, '{"since":"2026-03-01T14:00:00+02:00"}').since.tzinfo is UTC
