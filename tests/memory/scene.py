"""The contents of an account: how many items of each kind, how long they are, and each as DynamoDB stores it."""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.dynamodb import directory_item, journal_item, record_item, recovery_item, values, webhook_item
from chalicelib.adapters.dynamodb.stored import HistoryKey
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import Exchange, OutboundRequest, Response
from chalicelib.domain.directory import users
from chalicelib.domain.directory.users import ApiKey, Role
from chalicelib.domain.history.recovery import Recovery, Wanted
from chalicelib.domain.webhooks import headers
from tests.domain.samples import NOON, at, attempt, recorded, webhook

if TYPE_CHECKING:
    from chalicelib.domain.history.records import HistoryRecord

Item = dict[str, Any]
KEY: Final = users.new_key(bytes(32))
"""The key of every caller. Its user depends on the scene."""
RECOVERY_ID: Final = ids.RECOVERY + ids.derived(at(50), "recovery")
_NOISE: Final = random.Random(1)  # noqa: S311 - it is to repeat itself
_FAR_OFF_S: Final = int(NOON.timestamp()) + 40 * 365 * 86_400


def noise(length: int) -> str:
    """Text that cannot be compressed to less than three quarters."""
    return base64.b64encode(_NOISE.randbytes(length * 3 // 4 + 3)).decode()[:length]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The contents. Sizes are in bytes. Compressible text takes nearly no room in a table, so a response has more of it."""

    webhooks: int = 1
    transform: str | None = None
    are_webhooks_large: bool = False
    body: int = 131_072
    is_compressible: bool = False
    response: int = 131_072
    response_headers: int = 1_024
    records: int = 0
    due: int = 0
    scheduled: int = 0
    caller: str = "admin"
    is_surveyed: bool = True
    receiver_url: str = ""

    @cached_property
    def text(self) -> str:
        return "😀" + ("x" * (self.body - 4) if self.is_compressible else noise(self.body - 4))

    @cached_property
    def answer(self) -> Response:
        """The receivers' response."""
        body = "x" * self.response if self.is_compressible else noise(self.response)
        given = tuple((f"x-{each:04d}", noise(1_000)) for each in range(self.response_headers // 1_010))
        return Response(500, given, body.encode())

    @cached_property
    def webhook_ids(self) -> list[str]:
        return [webhook(number).id for number in range(self.webhooks)]

    @cached_property
    def record_ids(self) -> dict[str, ids.RecordId]:
        """The records by their sort keys, distributed among the webhooks."""
        made = [ids.RecordId(self.webhook_ids[each % self.webhooks], _sort(each)) for each in range(self.records + self.due)]
        return {each.sort: each for each in made}

    @cached_property
    def journal(self) -> tuple[list[Item], dict[str, str]]:
        """The journal's rows, and of each record the tail of its row."""
        made = [recorded(attempt(record_id=each)) for each in self.record_ids.values()]
        rows = [(draft, journal_item.encode(draft, 30)) for draft in journal_item.drafts(made)]
        tails = {
            each.attempt.record_id.sort: tail for draft, _ in rows for tail in (draft.row.tail,) for each in draft.records
        }
        return sorted((row for _, row in rows), key=lambda row: HistoryKey.of(row).sort), tails

    def webhook_item(self, webhook_id: str) -> Item:
        owner_id = webhook_id[-8:]  # each has an owner: a transform of theirs has its whole allowance
        made = webhook(
            1, id=webhook_id, owner_id=owner_id, is_global=True, url=self.receiver_url, transform_expression=self.transform
        )
        if not self.are_webhooks_large:
            return webhook_item.encode(replace(made, notification_types=("modelDeleted",)))
        own = tuple(
            (f"{each:0{headers.NAME_LENGTH_MAX}}", "x" * headers.VALUE_LENGTH_MAX) for each in range(headers.COUNT_MAX)
        )
        types = tuple(f"{'z' * 96}{each:03d}*" for each in range(199))
        return webhook_item.encode(replace(made, notification_types=("modelDeleted", *types), headers=own))

    def key_item(self, key_id: str) -> Item:
        return directory_item.encode_key(
            ApiKey(
                id=key_id,
                digest=users.digest(KEY),
                user_id="1",
                role=Role(self.caller),
                groups=(),
                name="key",
                rights=frozenset({users.Right.ALL}),
                created_at=NOON,
            )
        )

    def recovery_item(self) -> Item:
        """One of all records, which all come after its beginning."""
        made = Recovery(
            id=RECOVERY_ID,
            webhook_id=self.webhook_ids[0],
            only=Wanted.FAILED,
            since=at(-1),
            until=at(40),
            started_at=at(50),
            updated_at=at(50),
            is_surveyed=self.is_surveyed,
        )
        return recovery_item.encode(made)

    def record_item(self, sort: str) -> Item | None:
        """A record as it is stored, with the attributes of the due index if it is due."""
        record_id = self.record_ids.get(sort)
        if record_id is None:
            return None
        tail: dict[str, values.Value] = {"j": self.journal[1][sort], "expires_at": _FAR_OFF_S}
        marks: dict[str, values.Value] = {"due_at": NOON, "due_shard": shard_of(sort)} if self.due else {}
        content = record_item.encode(self._record(sort), "", 30) if self.is_compressible else self._same
        return content | record_item.key(record_id) | values.item({**tail, **marks})

    def _record(self, sort: str) -> HistoryRecord:
        request = OutboundRequest("https://receiver.example/hook", (), self.text.encode(), 10)
        came = Exchange(request=request, started_at=NOON, duration_ms=1, response=self.answer)
        made = recorded(attempt(body=self.text, delivery_id=ids.DELIVERY + sort), came)
        return replace(made, next_attempt_at=NOON if self.due else None)

    @cached_property
    def _same(self) -> Item:
        """All of a record but its key: to compress each of them would only take time."""
        return record_item.encode(self._record(_sort(0)), "", 30)


def _sort(number: int) -> str:
    return ids.derived(ids.at_milliseconds(int(NOON.timestamp() * 1_000) + number), "record", str(number))


def shard_of(sort: str) -> str:
    return str(ids.ALPHABET.index(sort[-1]) % record_item.DUE_SHARDS)
