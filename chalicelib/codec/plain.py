"""Webhooks, attempts and records as plain values: what the queues' and the tables' codecs have in common.

Absent members stand for ``None``. A record is a line of JSON and, behind it, the two bodies byte for byte: they need no
escapes and no base64 that way, and compress the better for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.codec.fields import Fields, Plain, dump_bytes, loads, moment
from chalicelib.domain.delivery.attempt import (
    Chosen,
    Exchange,
    FailureCause,
    OutboundRequest,
    PendingAttempt,
    Response,
    Trigger,
)
from chalicelib.domain.delivery.hops import Hops
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.delivery.signing import SigningSecret
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.history.records import HistoryRecord, Sizes
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.domain.webhooks.authentication import (
    Authentication,
    BasicAuthentication,
    BearerAuthentication,
    ClientAuthentication,
    OAuth2Authentication,
)
from chalicelib.domain.webhooks.health import Health
from chalicelib.domain.webhooks.webhook import ActionType, Webhook

if TYPE_CHECKING:
    from chalicelib.domain.ids import RecordId


def from_attempt(attempt: PendingAttempt) -> Plain:
    """An attempt without its record id and its body, which each codec has a better place for."""
    return {
        "delivery_id": attempt.delivery_id,
        "notification_id": attempt.notification_id,
        "notification_type": attempt.notification_type,
        "attempt_number": attempt.attempt_number,
        "trigger": attempt.trigger,
        "retry_of": attempt.retry_of,
        "slot_at": moment(attempt.slot_at),
        "problem": attempt.problem,
        "depth": attempt.depth or None,
        "chosen": None if attempt.chosen is None else _from_chosen(attempt.chosen),
    }


def to_attempt(fields: Fields, record_id: RecordId, body: str) -> PendingAttempt:
    """The reverse of `from_attempt`; raise `InvalidInput` where a member is wrong."""
    return PendingAttempt(
        record_id=record_id,
        delivery_id=fields.text("delivery_id"),
        notification_id=fields.text("notification_id"),
        notification_type=fields.text("notification_type"),
        attempt_number=fields.whole("attempt_number"),
        trigger=fields.kind("trigger", Trigger),
        body=body,
        retry_of=fields.optional("retry_of", fields.text),
        slot_at=fields.optional("slot_at", fields.time),
        problem=fields.optional("problem", fields.text),
        depth=fields.optional("depth", fields.whole) or 0,
        chosen=fields.optional("chosen", lambda key: _to_chosen(fields.object(key))),
    )


def _from_chosen(chosen: Chosen) -> Plain:
    values = {
        "version": chosen.version,
        "action_by": chosen.action_by,
        "target_user": chosen.target_user,
        "target_group": chosen.target_group,
        "is_catalogued": chosen.is_catalogued,
        "document": chosen.document,
    }
    return {key: value for key, value in values.items() if value is not None}


def _to_chosen(fields: Fields) -> Chosen:
    return Chosen(
        version=fields.whole("version"),
        action_by=fields.optional("action_by", fields.text),
        target_user=fields.optional("target_user", fields.text),
        target_group=fields.optional("target_group", fields.text),
        is_catalogued=fields.flag("is_catalogued"),
        document=fields.optional("document", fields.text),
    )


def from_hops(hops: Hops) -> Plain:
    """The hops of a message; none are left out."""
    return {"hops": hops.count or None, "since": moment(hops.since)}


def to_hops(fields: Fields) -> Hops:
    """The reverse of `from_hops`."""
    return Hops(fields.optional("hops", fields.whole) or 0, fields.optional("since", fields.time))


def from_health(health: Health) -> Plain:
    """A webhook's health; what is not there is left out."""
    values = {
        "failures": health.failures,
        "failing_since": moment(health.failing_since),
        "slow_until": moment(health.slow_until),
        "opens": health.opens,
        "probe_at": moment(health.probe_at),
        "rest_until": moment(health.rest_until),
    }
    return {key: value for key, value in values.items() if value is not None}


def to_health(fields: Fields) -> Health:
    """The reverse of `from_health`."""
    return Health(
        failures=fields.whole("failures"),
        failing_since=fields.optional("failing_since", fields.time),
        slow_until=fields.optional("slow_until", fields.time),
        opens=fields.whole("opens"),
        probe_at=fields.optional("probe_at", fields.time),
        rest_until=fields.optional("rest_until", fields.time),
    )


def from_webhook(webhook: Webhook) -> Plain:
    """A webhook without its health, which moves by itself."""
    schedule = webhook.attempt_schedule
    return {
        "id": webhook.id,
        "owner_id": webhook.owner_id,
        "owner_incarnation": webhook.owner_incarnation or None,
        "url": webhook.url,
        "name": webhook.name,
        "notification_types": list(webhook.notification_types),
        "is_global": webhook.is_global,
        "action_type": webhook.action_type,
        "groups": list(webhook.groups),
        "created_at": moment(webhook.created_at),
        "updated_at": moment(webhook.updated_at),
        "version": webhook.version,
        "is_enabled": webhook.is_enabled,
        "disabled_reason": webhook.disabled_reason,
        "secrets": [{"value": secret.value, "expires_at": moment(secret.expires_at)} for secret in webhook.secrets],
        "request_timeout_s": webhook.request_timeout_s,
        "attempt_waits_s": None if schedule is None else list(schedule.waits_s),
        "rate_limit_per_s": webhook.rate_limit_per_s,
        "body_format": webhook.body_format,
        "filter_expression": webhook.filter_expression,
        "transform_expression": webhook.transform_expression,
        "headers": list(webhook.headers),
        "authentication": from_authentication(webhook.authentication),
        "may_reach_private": webhook.may_reach_private or None,
        "retention_days": webhook.retention_days,
    }


def to_webhook(fields: Fields, health: Health) -> Webhook:
    """The reverse of `from_webhook`; raise `InvalidInput` where a member is wrong."""
    waits_s = fields.optional("attempt_waits_s", fields.wholes)
    return Webhook(
        id=fields.text("id"),
        owner_id=fields.text("owner_id"),
        owner_incarnation=fields.optional("owner_incarnation", fields.text) or "",
        url=fields.text("url"),
        name=fields.text("name"),
        notification_types=fields.texts("notification_types"),
        is_global=fields.flag("is_global"),
        action_type=fields.optional("action_type", lambda key: fields.kind(key, ActionType)),
        groups=fields.texts("groups"),
        created_at=fields.time("created_at"),
        updated_at=fields.time("updated_at"),
        version=fields.whole("version"),
        is_enabled=fields.flag("is_enabled"),
        disabled_reason=fields.optional("disabled_reason", fields.text),
        secrets=tuple(_secret(each) for each in fields.objects("secrets")),
        request_timeout_s=fields.optional("request_timeout_s", fields.number),
        attempt_schedule=None if waits_s is None else AttemptSchedule(waits_s),
        rate_limit_per_s=fields.optional("rate_limit_per_s", fields.number),
        body_format=fields.kind("body_format", BodyFormat),
        filter_expression=fields.optional("filter_expression", fields.text),
        transform_expression=fields.optional("transform_expression", fields.text),
        headers=fields.pairs("headers"),
        authentication=fields.optional("authentication", lambda key: to_authentication(fields.object(key))),
        may_reach_private=fields.flag("may_reach_private"),
        retention_days=fields.optional("retention_days", fields.whole),
        health=health,
    )


def from_authentication(given: Authentication | None) -> Plain | None:
    """How requests authenticate, with the member that tells which way it is."""
    match given:
        case None:
            return None
        case BasicAuthentication():
            return {"way": "basic", "username": given.username, "password": given.password}
        case BearerAuthentication():
            return {"way": "bearer", "token": given.token}
        case OAuth2Authentication():
            own = {"token_url": given.token_url, "client_id": given.client_id, "client_secret": given.client_secret}
            way = given.client_authentication
            shown = None if way is ClientAuthentication.BASIC else way
            return {"way": "oauth2", **own, "scope": given.scope, "client_authentication": shown}


def to_authentication(fields: Fields) -> Authentication:
    """The reverse of `from_authentication`; raise `InvalidInput` where a member is wrong."""
    match fields.text("way"):
        case "basic":
            return BasicAuthentication(fields.text("username"), fields.text("password"))
        case "bearer":
            return BearerAuthentication(fields.text("token"))
        case "oauth2":
            client = (fields.text("token_url"), fields.text("client_id"), fields.text("client_secret"))
            scope = fields.optional("scope", fields.text)
            way = fields.optional("client_authentication", lambda key: fields.kind(key, ClientAuthentication))
            return OAuth2Authentication(*client, scope, way or ClientAuthentication.BASIC)
        case other:
            message = f"{other[:50]!r} is no way to authenticate."
            raise InvalidInput(message)


def _secret(fields: Fields) -> SigningSecret:
    return SigningSecret(fields.text("value"), fields.optional("expires_at", fields.time))


def from_record(record: HistoryRecord) -> bytes:
    """A record without its id: a line of JSON, the request's body, the response's body."""
    request, response = record.exchange.request, record.exchange.response
    own_body = record.attempt.body.encode("utf-8", "surrogatepass")
    head = from_attempt(record.attempt) | {
        "body": None if own_body == request.body else record.attempt.body,
        "body_bytes": len(request.body),
        "url": request.url,
        "headers": list(request.headers),
        "deadline_s": request.deadline_s,
        "started_at": moment(record.exchange.started_at),
        "duration_ms": record.exchange.duration_ms,
        "cause": record.exchange.failure,
        "detail": record.exchange.detail or None,
        "failure": record.failure,
        "message": record.message,
        "next_attempt_at": moment(record.next_attempt_at),
        "retention_days": record.retention_days,
        "expunged": None if record.expunged is None else [record.expunged.request_bytes, record.expunged.response_bytes],
        "answer": _from_response(response),
    }
    return b"".join((dump_bytes(head), b"\n", request.body, response.body if response else b""))


def to_record(record_id: RecordId, data: bytes) -> HistoryRecord:
    """The reverse of `from_record`; raise `InvalidInput` where the bytes are no record."""
    line, _, bodies = data.partition(b"\n")
    fields = loads(line)
    length = fields.whole("body_bytes")
    body, own_body = bodies[:length], fields.optional("body", fields.text)
    return HistoryRecord(
        attempt=to_attempt(fields, record_id, _text_of(body) if own_body is None else own_body),
        exchange=Exchange(
            request=OutboundRequest(fields.text("url"), fields.pairs("headers"), body, fields.number("deadline_s")),
            started_at=fields.time("started_at"),
            duration_ms=fields.whole("duration_ms"),
            response=fields.optional("answer", lambda key: _to_response(fields.object(key), bodies[length:])),
            failure=fields.optional("cause", lambda key: fields.kind(key, FailureCause)),
            detail=fields.optional("detail", fields.text) or "",
        ),
        failure=fields.optional("failure", lambda key: fields.kind(key, FailureCause)),
        message=fields.text("message"),
        next_attempt_at=fields.optional("next_attempt_at", fields.time),
        retention_days=fields.optional("retention_days", fields.whole),
        expunged=fields.optional("expunged", lambda key: _sizes(fields.wholes(key))),
    )


def _sizes(given: tuple[int, ...]) -> Sizes:
    if len(given) != len(("request", "response")):
        message = "The record's expunged is not valid: two sizes are expected."
        raise InvalidInput(message)
    return Sizes(*given)


def _from_response(response: Response | None) -> Plain | None:
    if response is None:
        return None
    return {
        "status": response.status,
        "is_truncated": response.is_truncated,
        "headers": list(response.headers),
    }


def _to_response(fields: Fields, body: bytes) -> Response:
    return Response(fields.whole("status"), fields.pairs("headers"), body, fields.flag("is_truncated"))


def _text_of(body: bytes) -> str:
    try:
        return body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        message = "The record's body is no text, and there is no other."
        raise InvalidInput(message) from error
