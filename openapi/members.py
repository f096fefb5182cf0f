"""Descriptions of the members of requests, responses and queries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from openapi.schemas import Json

_USER: Final = {"enabled": "False: the user is suspended. Their keys are refused and their webhooks are not called."}
_KEY: Final = {
    "rights": "What the key may do.",
    "lastUsedOn": "The last day on which the key was used, in UTC.",
    "expiresAt": "When the key expires. Null: it does not expire.",
}
_NOTIFICATION: Final = {
    "notificationType": "What happened. A type that is not in the catalogue is delivered only to webhooks with "
    "`ALL_NOTIFICATIONS`.",
    "id": "The producer's id, to deduplicate: if it is sent again within a day, it is accepted once.",
    "text": "A sentence for people. If it is absent or blank, it is made from the template of the type.",
    "deliverAt": "When to deliver it, with a time zone. Absent: immediately.",
    "actionBy": "The user who did it.",
    "targetUser": "The user that it is for.",
    "targetGroup": "The group that it is for.",
}
_RECORD: Final = {
    "deliveryId": "The header `webhook-id` of all attempts of this delivery.",
    "attemptNumber": "The number of the attempt, from 1.",
    "trigger": "Why the attempt was made.",
    "retryOf": "The record for which a person requested this retry.",
    "failureCause": "Why the attempt failed; null if it succeeded.",
    "message": "The outcome, for people.",
    "httpStatusCode": "The status of the response; null if there was none.",
    "createdAt": "When the attempt was due. Records are sorted by this time.",
    "startedAt": "When the request was sent.",
    "nextAttemptAt": "When the delivery is retried automatically; null if it is not.",
    "isExpunged": "Whether the bodies and headers were removed.",
    "response": "The response; null if there was none.",
}
_OF: Final = {
    "Notification": _NOTIFICATION,
    "Record": _RECORD,
    "RecordSummary": _RECORD,
    "SentRequest": {
        "url": "The URL. Masked for everybody except the owner.",
        "body": "The body as it was sent, in base64 if it is not text.",
        "bodyEncoding": "Present only if the body is not text.",
    },
    "ReceivedResponse": {
        "body": "The body as far as it was read, decoded by its charset or else as UTF-8; in base64 if it is not text.",
        "bodyEncoding": "Present only if the body is not text.",
        "isTruncated": "Whether the body was longer than the part that is kept, or incomplete.",
    },
    "ErrorDetail": {
        "code": "For programs; it does not change.",
        "message": "For people; it may change.",
        "fields": "The fields that are wrong: path, such as `webhooks.0.url`, to the problem.",
    },
    "PreviewInput": {
        "webhook": "A draft of a webhook. Send either this or `webhookId`.",
        "webhookId": "The id of an existing webhook. Send either this or `webhook`.",
        "notification": "The notification to preview. Absent: a sample in which the owner is the actor.",
    },
    "RotationInput": {"overlapSeconds": "Seconds for which requests are signed with the old secret too; 0: not at all."},
    "RecoveryInput": {
        "since": "The start of the time range in which the deliveries began, inclusive.",
        "until": "The end of the time range, exclusive. Absent: now.",
        "only": "Which deliveries of the time range to send again.",
    },
    "UserInput": {
        "name": "The user's name; not `posthorn`, which is the service itself in the audit. Required for a new user. "
        "Absent: not changed.",
        "role": "Absent: not changed; `user` for a new user.",
        "groups": "All groups of the user. Absent: not changed; none for a new user.",
        "enabled": "Absent: not changed; true for a new user. False suspends the user: their keys are refused and their "
        "webhooks are not called. Nothing is deleted.",
    },
    "User": _USER,
    "Me": _USER | {"rights": "The rights of this key."},
    "KeyInput": {
        "rights": "What the key may do. `send`: send notifications. `read`: GET what the user may read. `all`: everything "
        "that the role of the user allows; for an admin this includes sending.",
        "expiresAt": "When the key expires, in the future. Absent or null: it does not expire.",
    },
    "Key": _KEY,
    "OwnKey": _KEY | {"current": "Whether this request was made with the key."},
    "KeyWithSecret": _KEY | {"key": "The key itself. It is shown only here."},
}


def explained(name: str, schema: Json) -> Json:
    """A component's schema with descriptions of its members, which include the defaults.

    TypeScript generators assume that a member with a `default` is always present. That is right for a response, but wrong
    for a request. So `default` is removed.
    """
    known = _OF.get(name, {})
    members: Json = {
        member: _explained(own, [known[member]] if member in known else [])
        for member, own in schema.get("properties", {}).items()
    }
    return schema | {"properties": members} if members else schema


def _explained(member: Json, sentences: list[str]) -> Json:
    rest = {key: value for key, value in member.items() if key != "default"}
    sentences = [*([member["description"]] if "description" in member else []), *sentences]
    if "default" in member:
        sentences = [*sentences, f"Default: `{json.dumps(member['default'])}`."]
    return rest | {"description": " ".join(sentences)} if sentences else rest
