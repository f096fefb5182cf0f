"""Payloads and responses of the scenarios. They have a given size, are as repetitive as real ones, and are reproducible.

Ids, times and numbers are random (from a seed), and words are words. A kilobyte compresses to about half a kilobyte, like
the notifications of real services. Incompressible payloads are a scenario of their own.
"""

from __future__ import annotations

import json
import random
import uuid
from typing import Final

from chalicelib.domain.delivery.attempt import Response

TYPE: Final = "dataSourceUpdated"
_VOCABULARY: Final = (
    "account address amount approved archive billing catalog changed column contract country created currency customer "
    "dataset department description due email enabled entity expires export field finance group invoice item label legal "
    "limit manager masked member monthly name number order owner paid payment period person policy price product project "
    "quantity quarter reason region removed report request review role row sales schema service shipped source status "
    "street subscription table tag tax team tenant total type updated user value vendor version view warehouse weekly zone"
)
_WORDS: Final = _VOCABULARY.split()


def notification(number: int, *, size_bytes: int, target_user: int, is_named: bool = False, is_noise: bool = False) -> str:
    """The JSON of one notification: the members of the API reference, and metadata up to the size.

    Args:
        number: makes it different from the others.
        size_bytes: its length.
        target_user: its target. The acting user has no webhook.
        is_named: whether it has a producer's id.
        is_noise: whether the metadata is incompressible.

    """
    chance = random.Random(number)  # noqa: S311 - reproducible
    members: dict[str, object] = {
        "notificationType": TYPE,
        "text": f"{_words(chance, 2).title()} has updated the {_words(chance, 2)} data source.",
        "actionBy": 100_000 + number,
        "modelType": "datasource",
        "modelId": chance.randrange(1_000_000),
        "targetUser": target_user,
        "targetGroup": None,
        "dataSourceName": _words(chance, 3).title(),
        "changes": [],
    }
    if is_named:
        members["id"] = str(uuid.UUID(int=chance.getrandbits(128)))
    changes: list[object] = []
    while _length({**members, "changes": [*changes, (change := _change(chance, is_noise=is_noise))]}) < size_bytes:
        changes.append(change)
    members["changes"] = changes
    room = size_bytes - _length({**members, "note": ""})
    members["note"] = _noise(chance, room) if is_noise else _words(chance, room)[: max(room, 0)]
    return json.dumps(members)


def answer(status: int, number: int) -> Response:
    """The response of a receiver that has a common proxy in front of it."""
    chance = random.Random(-number)  # noqa: S311 - reproducible
    body = b'{"ok":true}' if status < 400 else b'{"error":"internal","message":"Something went wrong."}'  # noqa: PLR2004
    headers = (
        ("date", f"Sun, 01 Mar 2026 12:{chance.randrange(60):02}:{chance.randrange(60):02} GMT"),
        ("content-type", "application/json; charset=utf-8"),
        ("content-length", str(len(body))),
        ("connection", "keep-alive"),
        ("server", "nginx"),
        ("x-request-id", str(uuid.UUID(int=chance.getrandbits(128)))),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("vary", "Accept-Encoding"),
    )
    return Response(status, headers, body)


def _change(chance: random.Random, *, is_noise: bool) -> dict[str, object]:
    if is_noise:
        return {"field": "token", "value": _noise(chance, 88)}
    return {
        "field": f"{chance.choice(_WORDS)}_{chance.choice(_WORDS)}",
        "from": chance.choice([None, _words(chance, 2), chance.randrange(10_000), round(chance.uniform(0, 999), 2)]),
        "to": chance.choice([_words(chance, 3), chance.randrange(10_000), str(uuid.UUID(int=chance.getrandbits(128)))]),
        "at": f"2026-03-01T{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}Z",
    }


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(max(count, 0)))


def _noise(chance: random.Random, length: int) -> str:
    """Base64 text: six bits per character, so it compresses only by a quarter."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"
    return "".join(chance.choice(alphabet) for _ in range(max(length, 0)))


def _length(members: dict[str, object]) -> int:
    return len(json.dumps(members))
