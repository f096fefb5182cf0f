"""Two stages in one account, and what happens to one when the other is removed."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

import pytest

from local.receiver import Receiver
from tests.deploy.conftest import deployed
from tests.deploy.stage import notification

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.deploy.emulator import Emulator
    from tests.deploy.stage import Stage


@pytest.fixture
def other(account: Emulator, packaged: Path) -> Iterator[Stage]:
    made = deployed(account, "b", packaged)
    yield made
    made.destroy("--yes", "b")
    for name in ("webhooks", "history", "directory", "notifications"):
        account.client("dynamodb").delete_table(TableName=f"posthorn-b-{name}")


def test_what_is_sent_in_one_stage_is_not_seen_in_the_other(stage: Stage, other: Stage) -> None:
    with Receiver() as here, Receiver() as there:
        made = stage.webhook(here.url)
        other.webhook(there.url)
        other.send(notification())
        there.next()
        with pytest.raises(queue.Empty):
            here.next(1)
        assert stage.call("GET", f"/webhooks/history?webhookId={made['id']}") == []
        assert stage.answer("GET", "/webhooks").status_code == 200
        stage.call("DELETE", f"/webhooks/{made['id']}")


def test_a_key_of_one_stage_opens_nothing_in_the_other(stage: Stage, other: Stage) -> None:
    intruder = type(other)(other.account, other.name, stage.admin_key)
    assert intruder.answer("GET", "/webhooks").status_code == 401


def test_removing_one_stage_keeps_the_other_and_its_own_tables(stage: Stage, other: Stage, packaged: Path) -> None:
    with Receiver() as receiver:
        made = other.webhook(receiver.url)
        done = other.destroy("--yes", "b")
        assert done.status == 0, done.said
        for name in ("webhooks", "history", "directory", "notifications"):
            assert f"  posthorn-b-{name}  AWS::DynamoDB::Table" in done.said
            assert f"delete-table --region us-east-1 --table-name posthorn-b-{name}" in done.said
        assert stage.answer("GET", "/health").status_code == 200
        again = other.deploy(packaged)
        assert again.status == 0, again.said
        assert [each["id"] for each in other.call("GET", "/webhooks")] == [made["id"]]
        other.send(notification())
        assert receiver.next().headers["webhook-id"]
