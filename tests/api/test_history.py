"""Looking into the history, and asking for an attempt again."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from pydantic.alias_generators import to_camel

from chalicelib.domain.delivery.attempt import FailureCause, Response
from chalicelib.domain.history.filters import FILTERS, Filter
from chalicelib.domain.ids import RecordId
from tests.api.town import answered, exchanged

if TYPE_CHECKING:
    from tests.api.town import Town

RETRIES: Final = pytest.mark.parametrize("path", ["/history/retry", "/webhooks/history/retry"])


def test_a_record_is_shown_whole(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    record_id = town.record_of(webhook_id)
    shown = town.anna.get(f"/webhooks/history/{record_id}").json
    assert shown.pop("deliveryId").startswith("msg_")
    assert shown == {
        "id": record_id,
        "webhookId": webhook_id,
        "notificationId": "evt-7f3",
        "notificationType": "modelCreated",
        "attemptNumber": 1,
        "trigger": "notification",
        "retryOf": None,
        "outcome": "succeeded",
        "failureCause": None,
        "message": "The receiver answered 200.",
        "httpStatusCode": 200,
        "createdAt": "2026-03-01T12:00:01.001Z",
        "startedAt": "2026-03-01T12:00:00.000Z",
        "durationMs": 12,
        "nextAttemptAt": None,
        "isExpunged": False,
        "requestBytes": 16,
        "responseBytes": 2,
        "request": {
            "method": "POST",
            "url": "https://hooks.example/services/T0/secret?token=1",
            "headers": {"webhook-timestamp": "1772366401"},
            "body": '{"text":"Hello"}',
        },
        "response": {"status": 200, "headers": {"content-type": "text/plain"}, "body": "ok", "isTruncated": False},
    }


def test_a_list_shows_the_same_as_the_record_alone(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna))
    assert town.anna.get("/webhooks/history").json == [town.anna.get(f"/webhooks/history/{record_id}").json]


def test_an_attempt_without_an_answer_has_none(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna), exchanged(failure=FailureCause.TIMEOUT))
    shown = town.anna.get(f"/webhooks/history/{record_id}").json
    assert (shown["outcome"], shown["failureCause"], shown["httpStatusCode"], shown["response"]) == (
        "failed",
        "timeout",
        None,
        None,
    )
    assert shown["nextAttemptAt"] is not None


def test_a_body_that_is_no_text_is_shown_in_base64(town: Town) -> None:
    body = b"\x1f\x8b\x00\xff"
    came = exchanged(response=Response(200, (), body, is_truncated=True))
    record_id = town.record_of(town.webhook_of(town.anna), came)
    shown = town.anna.get(f"/webhooks/history/{record_id}").json["response"]
    assert base64.b64decode(shown["body"]) == body
    assert (shown["bodyEncoding"], shown["isTruncated"]) == ("base64", True)


def test_an_error_page_is_shown_as_text_in_the_charset_that_it_is_declared_in(town: Town) -> None:
    body = "アクセスが拒否されました".encode("shift_jis")
    answer = Response(403, (("Content-Type", "text/html; charset=Shift_JIS"),), body[:-1], is_truncated=True)
    record_id = town.record_of(town.webhook_of(town.anna), exchanged(response=answer))
    shown = town.anna.get(f"/webhooks/history/{record_id}").json["response"]
    assert (shown["body"], "bodyEncoding" in shown) == ("アクセスが拒否されまし", False)


def test_a_request_body_that_is_no_text_is_shown_in_base64(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna), exchanged(body=b"\xed\xa0\x80"))
    assert town.anna.get(f"/webhooks/history/{record_id}").json["request"]["bodyEncoding"] == "base64"


def test_headers_that_came_twice_are_joined_and_cookies_are_kept_apart(town: Town) -> None:
    headers = (("Via", "a"), ("set-cookie", "x=1; Expires=Mon, 1 Jan"), ("VIA", "b"), ("Set-Cookie", "y=2"))
    record_id = town.record_of(town.webhook_of(town.anna), answered(200, headers))
    shown = town.anna.get(f"/webhooks/history/{record_id}").json["response"]["headers"]
    assert shown == {"Via": "a, b", "set-cookie": ["x=1; Expires=Mon, 1 Jan", "y=2"]}


def test_an_admin_sees_of_anothers_url_no_more_than_the_host(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna))
    alone, among_all = town.admin.get(f"/webhooks/history/{record_id}").json, town.admin.get("/webhooks/history").json[0]
    assert alone["request"]["url"] == among_all["request"]["url"] == "https://hooks.example/…"


def test_an_admin_sees_their_own_url(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.admin))
    town.record_of(town.webhook_of(town.anna))
    theirs, own = town.admin.get("/webhooks/history").json
    assert own["id"] == record_id
    assert "secret" in own["request"]["url"]
    assert "secret" not in theirs["request"]["url"]


@pytest.mark.parametrize("who", ["anna", "admin"])
def test_filters_leave_out_the_rest(town: Town, who: str) -> None:
    caller = getattr(town, who)
    first, second = town.webhook_of(town.anna), town.webhook_of(town.anna)
    failed = town.record_of(first, answered(500))
    tagged = town.record_of(second, notification_type="tagCreated")
    unknown = town.record_of(second, notification_type="fromTheFuture")
    at = {each["id"]: each["createdAt"] for each in town.anna.get("/webhooks/history").json}

    def found(query: str) -> list[str]:
        return [each["id"] for each in caller.get(f"/webhooks/history?{query}").json]

    assert found("outcome=failed") == [failed]
    assert found("outcome=succeeded") == [unknown, tagged]
    assert found(f"webhookId={first}") == [failed]
    assert found(f"webhookId={second}&outcome=failed") == []
    assert found("failureCause=status") == [failed]
    assert found("failureCause=dns,status") == found("failureCause=dns&failureCause=status") == [failed]
    assert found("failureCause=dns") == found("failureCause=status&outcome=succeeded") == []
    assert found("notificationType=TAGcreated") == [tagged]
    assert found("notificationType=fromTheFuture") == [unknown]
    assert found("notificationType=ALL_NOTIFICATIONS") == [unknown, tagged, failed]
    assert found(f"since={at[tagged]}") == [unknown, tagged]
    assert found(f"until={at[tagged]}") == [failed]
    assert found(f"since={at[tagged]}&until={at[unknown]}") == [tagged]


@pytest.mark.parametrize("who", ["anna", "admin"])
@pytest.mark.parametrize("own", [each for each in FILTERS if each.value is not None], ids=lambda each: each.name)
def test_a_filter_lists_the_records_whose_member_of_its_name_has_the_value(town: Town, who: str, own: Filter) -> None:
    webhook_id, member = town.webhook_of(town.anna), to_camel(own.name)
    town.record_of(webhook_id, answered(500), notification_type="tagCreated")
    town.record_of(webhook_id, exchanged(failure=FailureCause.TLS))
    town.record_of(webhook_id)
    caller = getattr(town, who)
    records = caller.get("/webhooks/history").json
    for value in {each[member] for each in records} - {None}:
        found = caller.get(f"/webhooks/history?{member}={value}").json
        assert found == [each for each in records if each[member] == value]
        assert 0 < len(found) < len(records)


def test_a_time_may_have_a_plus_that_was_not_encoded(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna))
    found = town.anna.get("/webhooks/history?since=2026-03-01T14:00:00+02:00").json
    assert [each["id"] for each in found] == [record_id]
    assert town.anna.get("/webhooks/history?since=2026-03-01T14:00:02%2B02:00").json == []


@pytest.mark.parametrize("who", ["anna", "admin"])
@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z"])
def test_a_window_may_reach_to_the_ends_of_the_calendar(town: Town, who: str, at: str) -> None:
    town.record_of(town.webhook_of(town.anna))
    begun, ended = (getattr(town, who).get(f"/webhooks/history?{bound}={at}") for bound in ("since", "until"))
    assert (begun.status, ended.status) == (200, 200)
    assert len(begun.json) + len(ended.json) == 1


@RETRIES
@pytest.mark.parametrize("status", [200, 500])
def test_any_record_can_be_retried(town: Town, path: str, status: int) -> None:
    webhook_id = town.webhook_of(town.anna)
    record_id = town.record_of(webhook_id, answered(status))
    answer = town.anna.post(f"{path}/{record_id}")
    assert answer.status == 202
    assert answer.json == {"id": answer.json["id"], "retryOf": record_id}
    (sent,) = town.world.deliveries.sent
    assert str(sent.attempt.record_id) == answer.json["id"]
    assert sent.attempt.retry_of == record_id


def test_two_retries_are_two_attempts(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna))
    ids = {town.anna.post(f"/history/retry/{record_id}").json["id"] for _ in range(2)}
    assert {str(each.attempt.record_id) for each in town.world.deliveries.sent} == ids
    assert len(ids) == 2


@RETRIES
def test_a_record_that_is_not_there_cannot_be_retried(town: Town, path: str) -> None:
    absent = RecordId(town.webhook_of(town.anna), "0" * 26)
    assert town.anna.post(f"{path}/{absent}").error["code"] == "record_not_found"


def test_a_record_of_a_deleted_webhook_cannot_be_retried(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    record_id = town.record_of(webhook_id)
    town.anna.delete(f"/webhooks/{webhook_id}")
    assert town.anna.post(f"/history/retry/{record_id}").status == 404
    assert town.world.deliveries.sent == []


@pytest.mark.parametrize(
    ("is_enabled", "reason", "code"), [(False, None, "webhook_paused"), (True, "410.", "webhook_disabled")]
)
def test_a_record_of_a_webhook_that_is_not_called_is_409(
    town: Town, *, is_enabled: bool, reason: str | None, code: str
) -> None:
    webhook_id = town.webhook_of(town.anna)
    record_id = town.record_of(webhook_id)
    webhook = town.world.webhooks.get(webhook_id)
    assert webhook is not None
    assert town.world.webhooks.update(webhook, replace(webhook, is_enabled=is_enabled, disabled_reason=reason, version=2))
    answer = town.anna.post(f"/history/retry/{record_id}")
    assert (answer.status, answer.error["code"]) == (409, code)
    assert town.world.deliveries.sent == []


def test_a_retry_that_cannot_be_queued_is_503(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna))
    town.world.deliveries.is_refusing = True
    assert town.anna.post(f"/history/retry/{record_id}").status == 503


def test_a_type_of_ones_own_is_found_in_any_case(town: Town) -> None:
    assert town.admin.put("/webhooks/actions/orderPlaced", {"description": "An order."}).status == 201
    record_id = town.record_of(town.webhook_of(town.anna), notification_type="orderPlaced")
    assert [each["id"] for each in town.anna.get("/webhooks/history?notificationType=ORDERPLACED").json] == [record_id]
