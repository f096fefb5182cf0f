"""What the members of bodies, answers and queries mean, in a sentence each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from openapi.schemas import Json

_USER: Final = {"enabled": "False: suspended. The user's keys are refused; nothing is deleted."}
_KEY: Final = {
    "rights": "What the key may do, and nothing else.",
    "lastUsedOn": "A day in UTC.",
    "expiresAt": "The key is refused from then on; null: it does not expire.",
}
_NOTIFICATION: Final = {
    "notificationType": "What happened. A type that the catalogue does not have is delivered to who listens on all.",
    "id": "The producer's own: sent again within a day, it is taken once.",
    "text": "A sentence for people; if it is absent or blank, the type makes one.",
    "deliverAt": "When to deliver it, with a zone; absent: at once.",
    "actionBy": "The user who did it.",
    "targetUser": "The user whom it is for.",
    "targetGroup": "The group that it is for.",
}
_RECORD: Final = {
    "deliveryId": "The `webhook-id` of all attempts of this delivery.",
    "attemptNumber": "From 1 on.",
    "trigger": "Why the attempt was made.",
    "retryOf": "The record that a person asked to repeat.",
    "failureCause": "Why it failed; null where it succeeded.",
    "message": "What came of it, for people.",
    "httpStatusCode": "Null where no answer came.",
    "createdAt": "When the attempt was due; records are in this order.",
    "startedAt": "When the request was sent.",
    "nextAttemptAt": "When it is tried again by itself; null: it is not.",
    "isExpunged": "Whether its bodies and headers were emptied.",
    "response": "Null where no answer came.",
}
_OF: Final = {
    "Notification": _NOTIFICATION,
    "Record": _RECORD,
    "RecordSummary": _RECORD,
    "SentRequest": {
        "url": "Masked for all but the owner.",
        "body": "As it was sent; base64 where it is no text.",
        "bodyEncoding": "There where the body is no text.",
    },
    "ReceivedAnswer": {
        "body": "As far as it was read, in the charset that it is declared in, else as UTF-8; base64 if it is no text.",
        "bodyEncoding": "There where the body is no text.",
        "isTruncated": "Whether there was more than is kept, or the body broke off.",
    },
    "ErrorDetail": {
        "code": "For programs; it stays.",
        "message": "For people; it may change.",
        "fields": "Leads to the places: path, as in `webhooks.0.url`, to what is wrong there.",
    },
    "PreviewInput": {
        "webhook": "One as it might be made; either this or `webhookId`.",
        "webhookId": "One that is there; either this or `webhook`.",
        "notification": "Absent: a sample, as if the owner had done it.",
    },
    "RotationInput": {"overlapSeconds": "For how long the old secret signs too; 0: not at all."},
    "RecoveryInput": {
        "since": "Inclusive; of when the deliveries began.",
        "until": "Exclusive; absent: now.",
        "only": "Which deliveries of the span are meant.",
    },
    "UserInput": {
        "name": "What people call the user; not `posthorn`, which is the service itself in the audit. A new user needs one. "
        "Absent: it stays.",
        "role": "Absent: it stays; for a new user `user`.",
        "groups": "All of them. Absent: they stay; for a new user none.",
        "enabled": "Absent: it stays; for a new user true. False suspends the user: the keys are refused, and "
        "nothing is deleted.",
    },
    "User": _USER,
    "Me": _USER | {"rights": "Those of this key."},
    "KeyInput": {
        "rights": "What the key may do, and nothing else. `send`: send notifications. `read`: GET what the user may read. "
        "`all`: everything that the role of the user allows; for an admin this includes sending.",
        "expiresAt": "The key is refused from then on; it must be in the future. Absent or null: it does not expire.",
    },
    "Key": _KEY,
    "OwnKey": _KEY | {"current": "Whether it is the key of this request."},
    "KeyWithSecret": _KEY | {"key": "The key itself. Shown here, once."},
}


def explained(name: str, schema: Json) -> Json:
    """A component's schema with what is known of its members, and with its defaults in words.

    Generators of TypeScript take a member with a `default` for one that is always there: right for who reads a body,
    wrong for who writes one.
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
