"""The service's largest work, within Lambda's limits as the account enforces them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import pytest

from local.receiver import Receiver
from tests.deploy import seeds
from tests.deploy.arrivals import Arrivals
from tests.deploy.conftest import deployed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.emulator import Emulator
    from tests.deploy.stage import Stage

_BODY_BYTES: Final = 128_000
_QUOTED_BYTES: Final = 120_000
_RECORDS_MAX: Final = 100
"""The longest page of the history."""
_DUE: Final = 700
_FAR_OFF_S: Final = 1_000
"""Longer than a queue can delay a message; the deliveries of an hour ago are due."""
_KILLED: Final = "signal: killed"


@pytest.fixture(scope="module")
def large(account: Emulator, packaged: Path) -> Stage:
    return deployed(account, "large", packaged)


def test_a_page_of_history_fits_an_answer_of_6_mb_however_much_of_it_is_quoted(large: Stage) -> None:
    made = large.webhook("https://hooks.example.com/x")
    seeds.failures(large, made["id"], _RECORDS_MAX, padding='"' * (_QUOTED_BYTES // 2))
    page = large.answer("GET", f"/webhooks/history?webhookId={made['id']}&limit={_RECORDS_MAX}")
    assert page.status_code == 200, page.text[:500]
    assert page.json()
    large.call("DELETE", f"/webhooks/{made['id']}")


def test_700_large_deliveries_that_are_due_at_once_are_sent_within_the_functions_memory(large: Stage) -> None:
    with Receiver() as receiver:
        made = large.webhook(receiver.url)
        due = seeds.failures(large, made["id"], _DUE, padding=_noise(_BODY_BYTES), wait_s=_FAR_OFF_S)
        Arrivals(large, receiver).until(due)
        large.call("DELETE", f"/webhooks/{made['id']}")
    log = large.account.log.read_text("utf-8").splitlines()
    assert [line for line in log if _KILLED in line and f"posthorn-{large.name}-" in line] == []


def _noise(count: int) -> str:
    """Text that does not compress."""
    return random.Random(1).randbytes(count // 2).hex()  # noqa: S311 - no secret
