"""Recoveries in every state, written into the tables of a running service, with cursors as its stores write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.recoveries import DynamoRecoveries
from chalicelib.domain import ids
from chalicelib.domain.history.recovery import Recovery, RecoveryState, Wanted
from local import environment, provision

if TYPE_CHECKING:
    from tests.local.service import Service


def put(service: Service, webhook_id: str) -> list[Recovery]:
    """Recoveries of every kind in every state, in the survey and after it. No worker runs them."""
    client = environment.dynamodb(service.run["aws_endpoint_url"])
    places = provision.tables(client, "local")
    store = DynamoRecoveries(client, places["NOTIFICATIONS_TABLE"], directory_table=places["DIRECTORY_TABLE"])
    now = datetime.now(UTC)
    made = []
    for number, (only, state, is_surveyed) in enumerate(product(Wanted, RecoveryState, (False, True))):
        begun = ids.floor_at(now - timedelta(minutes=number))
        recovery = Recovery(
            id=ids.RECOVERY + ids.derived(now, webhook_id, str(number)),
            webhook_id=webhook_id,
            only=only,
            since=now - timedelta(days=1),
            until=now,
            started_at=now,
            updated_at=now,
            state=state,
            is_surveyed=is_surveyed or only is Wanted.ALL,
            cursor=f"{begun}|1" if only is Wanted.MISSING and is_surveyed else begun,
            reached_at=now - timedelta(hours=12),
        )
        assert store.create(recovery, store.latest(webhook_id))
        made.append(recovery)
    return made
