"""What a record costs, and that it comes back byte for byte."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb import compression, journal_item, record_item, values
from chalicelib.codec import messages
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import Exchange, FailureCause, OutboundRequest, PendingAttempt, Response, Trigger
from chalicelib.domain.delivery.signing import headers, new_secret
from chalicelib.domain.history.records import HistoryRecord
from chalicelib.domain.notifications import notification_types
from chalicelib.domain.notifications.notification import parse
from testbed import samples

UNIT_BYTES = 1_024
ITEM_BYTES_MAX = 400 * 1_024
AT = samples.AT

PACKED = {1: "232a9921272658c6aae5620000"}
"""What each dictionary made of one line, in hexadecimal."""

NOTIFICATION = {
    "dataSourceName": "Customer Accounts EU (Production)",
    "notificationType": "modelDeleted",
    "actionBy": 4711,
    "modelType": "datasource",
    "modelId": 80_215,
    "targetUser": 1302,
    "targetGroup": None,
    "id": "8f14e45f-ceea-467f-a8ad-5d8b7c1c0c3a",
    "userName": "maria.gonzalez@example.com",
    "schema": "crm_production",
    "table": "customer_accounts_2026_q1",
    "host": "warehouse-eu-west-1.internal.example.com",
    "port": 5439,
    "createdAt": "2025-11-18T09:24:51.332Z",
    "updatedAt": "2026-03-01T11:59:58.004Z",
    "tags": ["PII.Email", "PII.Phone", "Discovered.Country", "Finance.Restricted"],
    "reason": "The upstream table was dropped during the migration to the new lakehouse; access requests were closed.",
    "subscriptionPolicy": {"type": "approval", "approvers": ["governance", "owner"], "expiresInDays": 90},
    "owners": ["steve.touw@example.com", "ingrid.larsen@example.com"],
    "columnCount": 37,
    "rowCount": 18_230_114,
    "previousState": "active",
    "comment": "Requested by the platform team in ticket DATA-20731, approved on Friday.",
    "auditId": "b3d1c2a4-0d5e-4f6a-9b87-1c2d3e4f5a6b",
}
RESPONSE_HEADERS = (
    ("server", "nginx/1.25.3"),
    ("date", "Sun, 01 Mar 2026 12:00:00 GMT"),
    ("content-type", "application/json; charset=utf-8"),
    ("content-length", "58"),
    ("connection", "keep-alive"),
    ("x-request-id", "4bf92f3577b34da6a3ce929d0e0e4736"),
    ("vary", "Accept-Encoding"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("cache-control", "no-store"),
)


def typical() -> HistoryRecord:
    """The whole of a notification of 1 KB, sent and answered, as the service makes it."""
    text = json.dumps(NOTIFICATION, separators=(",", ":"))
    notification = parse(text, notification_id=ids.NOTIFICATION + samples.part(), accepted_at=AT)
    sentence = notification.sentence({"4711": "Maria González"})
    quoted = json.dumps(notification.summary(), ensure_ascii=False)
    body = f'{{"text":{json.dumps(sentence)},"attachments":[{{"text":{quoted}}}]}}'
    attempt = samples.attempt(body=body, notification_id=notification.id)
    signed = headers([new_secret(bytes(range(32)))], message_id=attempt.delivery_id, at=AT, body=body.encode())
    sent = {"content-type": "application/json", "user-agent": "Posthorn/1"} | signed
    request = OutboundRequest("https://hooks.customer.example.net/v1/events/7c1f", tuple(sent.items()), body.encode(), 10.0)
    response = Response(200, RESPONSE_HEADERS, b'{"received":true,"id":"0d1e7b1c-6a55-4d3e-9a57-58e0a1c9a1f1"}')
    exchange = Exchange(request=request, started_at=AT + timedelta(microseconds=123_456), duration_ms=187, response=response)
    return HistoryRecord(
        attempt=attempt, exchange=exchange, failure=None, message="The receiver answered 200.", next_attempt_at=None
    )


def test_the_sample_is_a_notification_of_a_kilobyte() -> None:
    assert 1_000 <= len(json.dumps(NOTIFICATION, separators=(",", ":"))) <= 1_200


def test_a_typical_record_costs_one_write_unit() -> None:
    item = record_item.encode(typical(), "a1b2c3d4", 30)
    assert values.size_bytes(item) <= UNIT_BYTES


def test_a_full_journal_row_costs_one_write_unit() -> None:
    draw = random.Random(3)  # noqa: S311 - the same in every run
    kinds = list(notification_types.TEMPLATES)
    records = [
        samples.record(at=AT + timedelta(milliseconds=number), notification_type=draw.choice(kinds))
        for number in range(journal_item.ROW_RECORDS_MAX)
    ]
    (draft,) = journal_item.drafts(records)
    assert values.size_bytes(journal_item.encode(draft, 30)) <= UNIT_BYTES


def test_sizes_are_counted_by_the_published_rules() -> None:
    item = {
        "text": {"S": "Zoë"},  # 4 + 4
        "n": {"N": "-12345"},  # 1 + 3 + 1 + 1
        "b": {"B": b"1234"},  # 1 + 4
        "list": {"L": [{"S": "ab"}]},  # 4 + 3 + 1 + 2
        "map": {"M": {"k": {"N": "1"}}},  # 3 + 3 + 1 + 1 + 2
    }
    assert values.size_bytes(item) == 8 + 6 + 5 + 10 + 10


@pytest.mark.parametrize("version", sorted(compression.DICTIONARIES))
def test_a_dictionary_never_changes(version: int) -> None:
    """What was packed with it is kept: make a new one, under the next number."""
    blob = bytes([version]) + bytes.fromhex(PACKED[version])
    assert compression.unpack(blob) == b'{"delivery_id":"msg_0","notification_type":"modelDeleted"}\n\x00'


def test_no_record_is_too_large_for_an_item_and_what_was_sent_stays_whole() -> None:
    noise = random.Random(5)  # noqa: S311 - the same in every run
    made = samples.record(body="".join(map(chr, noise.choices(range(32, 127), k=300_000))))
    answer = Response(200, (("x", "".join(map(chr, noise.choices(range(32, 127), k=200_000)))),), noise.randbytes(300_000))
    made = replace(made, exchange=replace(made.exchange, response=answer))
    item = record_item.encode(made, "a1b2c3d4", 30)
    kept = record_item.decode(item)
    assert values.size_bytes(item) <= ITEM_BYTES_MAX
    assert kept.exchange.request == made.exchange.request
    assert kept.exchange.response is not None
    assert kept.exchange.response.is_truncated
    assert answer.body.startswith(kept.exchange.response.body)


TEXTS = st.text(st.characters(), max_size=30)
PARTS = st.builds(
    ids.sortable,
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    st.binary(min_size=10, max_size=10),
)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
HEADERS = st.lists(st.tuples(TEXTS, TEXTS), max_size=4).map(tuple)
BODIES = st.binary(max_size=60) | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass"))
CAUSES = st.none() | st.sampled_from(FailureCause)
ATTEMPTS = st.builds(
    PendingAttempt,
    record_id=st.builds(ids.RecordId, PARTS.map(lambda part: ids.WEBHOOK + part), PARTS),
    delivery_id=TEXTS,
    notification_id=TEXTS,
    notification_type=st.from_regex(r"[A-Za-z][A-Za-z0-9._-]{0,20}", fullmatch=True),
    attempt_number=st.integers(1, 99),
    trigger=st.sampled_from(Trigger),
    body=TEXTS,
    retry_of=st.none() | TEXTS,
    slot_at=st.none() | TIMES,
)
REQUESTS = st.builds(OutboundRequest, TEXTS, HEADERS, BODIES, st.floats(0, 60))
RESPONSES = st.builds(Response, st.integers(100, 999), HEADERS, BODIES, st.booleans())


@st.composite
def histories(draw: st.DrawFn) -> HistoryRecord:
    """Any record; the request's body is the attempt's, or it is not."""
    attempt = draw(ATTEMPTS)
    request = draw(REQUESTS)
    if draw(st.booleans()):
        request = replace(request, body=attempt.body.encode("utf-8", "surrogatepass"))
    exchange = Exchange(
        request=request,
        started_at=draw(TIMES),
        duration_ms=draw(st.integers(0, 99_999)),
        response=draw(st.none() | RESPONSES),
        failure=draw(CAUSES),
        detail=draw(TEXTS),
    )
    return HistoryRecord(
        attempt=attempt,
        exchange=exchange,
        failure=draw(CAUSES),
        message=draw(TEXTS),
        next_attempt_at=draw(st.none() | TIMES),
    )


@given(histories())
def test_a_record_comes_back_from_its_item_byte_for_byte(made: HistoryRecord) -> None:
    assert record_item.decode(record_item.encode(made, "a1b2c3d4", 30)) == made


@given(histories())
def test_a_record_comes_back_from_its_message_byte_for_byte(made: HistoryRecord) -> None:
    assert messages.record_from_text(messages.record_to_text(made)) == made


@given(ATTEMPTS)
def test_an_attempt_comes_back_from_its_message(made: PendingAttempt) -> None:
    text = messages.attempt_to_text(made)
    assert text.isascii()
    assert messages.attempt_from_text(text) == made


@given(st.lists(histories(), max_size=30))
def test_every_record_stands_in_one_row_of_the_journal(records: list[HistoryRecord]) -> None:
    rows = [journal_item.decode(journal_item.encode(draft, 30)) for draft in journal_item.drafts(records)]
    listed = sorted(str(entry.record_id) for row in rows for entry in row.entries)
    assert listed == sorted(str(each.attempt.record_id) for each in records)
