"""The descriptions of members of bodies, in a sentence each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from openapi.schemas import Json

_USER: Final = {"enabled": "False: suspended. The user's keys are refused, and nothing is deleted."}
_KEY: Final = {
    "rights": "What the key may do.",
    "lastUsedOn": "A day in UTC.",
    "expiresAt": "The key is refused from then on; null if it does not expire.",
}
_NOTIFICATION: Final = {
    "notificationType": "What happened. A type outside the catalogue is delivered to webhooks with `ALL_NOTIFICATIONS`.",
    "id": "The producer's own, to deduplicate by: sent again within a day, it is accepted once.",
    "text": "A sentence for people. If it is absent or blank, it is made from the type's template.",
    "deliverAt": "When to deliver it, with a time zone. Absent: now.",
    "actionBy": "The user who did it.",
    "targetUser": "The user that it is for.",
    "targetGroup": "The group that it is for.",
}
_RECORD: Final = {
    "deliveryId": "The `webhook-id` of all attempts of this delivery.",
    "attemptNumber": "From 1.",
    "trigger": "Why the attempt was made.",
    "retryOf": "The record that was retried manually.",
    "failureCause": "Why it failed; null if it succeeded.",
    "message": "The outcome, for people.",
    "httpStatusCode": "Null if there was no response.",
    "createdAt": "When the attempt was due. Records are in this order.",
    "startedAt": "When the request was sent.",
    "nextAttemptAt": "When the automatic retry is due; null if there is none.",
    "isExpunged": "Whether its bodies and headers were deleted.",
    "response": "Null if there was no response.",
}
_OF: Final = {
    "Notification": _NOTIFICATION,
    "Record": _RECORD,
    "RecordSummary": _RECORD,
    "SentRequest": {
        "url": "Masked for everybody but the owner.",
        "body": "As it was sent; base64 if it is not text.",
        "bodyEncoding": "Present if the body is not text.",
    },
    "ReceivedAnswer": {
        "body": "As far as it was read, in its declared charset or else as UTF-8; base64 if it is not text.",
        "bodyEncoding": "Present if the body is not text.",
        "isTruncated": "Whether the body is longer than what is stored, or was cut off.",
    },
    "ErrorDetail": {
        "code": "For programs. It does not change.",
        "message": "For people. It may change.",
        "fields": "Path of each invalid member, as in `webhooks.0.url`, → its problem.",
    },
    "PreviewInput": {
        "webhook": "The settings of a webhook that need not exist. Give either this or `webhookId`.",
        "webhookId": "The id of an existing webhook. Give either this or `webhook`.",
        "notification": "Absent: a sample that the owner has triggered.",
    },
    "RotationInput": {"overlapSeconds": "For how long requests are also signed with the old secret; 0: not at all."},
    "RecoveryInput": {
        "since": "Inclusive. Compared with the start of each delivery.",
        "until": "Exclusive. Absent: now.",
        "only": "Which deliveries of the period to recover.",
    },
    "UserInput": {
        "name": "The user's name. `posthorn` is reserved: in the audit it is the service itself. A new user needs a name. "
        "Absent: it does not change.",
        "role": "Absent: it does not change; for a new user `user`.",
        "groups": "All groups of the user. Absent: they do not change; for a new user none.",
        "enabled": "Absent: it does not change; for a new user true. False suspends the user: the keys are refused, and "
        "nothing is deleted.",
    },
    "User": _USER,
    "Me": _USER | {"rights": "The rights of this key."},
    "KeyInput": {
        "rights": "What the key may do. `send`: send notifications. `read`: GET what the user may read. "
        "`all`: everything that the role of the user allows; for an admin this includes sending.",
        "expiresAt": "The key is refused from then on. It must be in the future. Absent or null: it does not expire.",
    },
    "Key": _KEY,
    "OwnKey": _KEY | {"current": "Whether it is the key of this request."},
    "KeyWithSecret": _KEY | {"key": "The key itself. Shown only here."},
}


def explained(name: str, schema: Json) -> Json:
    """A component's schema with descriptions of its members, and with its defaults in words.

    Generators of TypeScript treat a member with a `default` as always present. That is right in a response and wrong in a
    request.
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
