"""Looking into the history, and asking for an attempt again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.delivery.ports import Lane
from chalicelib.domain.delivery.attempt import Trigger
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import (
    InvalidInput,
    PosthornError,
    RecordNotFound,
    Unavailable,
    WebhookDisabled,
    WebhookNotFound,
    WebhookPaused,
)
from chalicelib.domain.history.filters import HistoryFilter, require_period
from chalicelib.domain.webhooks.health import Health
from testbed.fakes.people import settle
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, at, attempt_at, exchange, recorded, webhook

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

OWNER, OTHER, ADMIN = Caller("1", Role.USER), Caller("2", Role.USER), Caller("9", Role.ADMIN)
EVERYTHING = HistoryFilter()


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    settle(made, OWNER, OTHER, ADMIN)
    return made


def _kept(world: FakeAdapters, status: int = 200, **changes: Any) -> str:  # noqa: ANN401 - any member of it
    """One record of a webhook; return its id."""
    world.webhooks.create(webhook(1, **changes))
    made = recorded(attempt_at(NOON), exchange(status))
    world.history.write([made])
    return str(made.attempt.record_id)


@pytest.mark.parametrize(("caller", "may"), [(OWNER, True), (OTHER, False), (ADMIN, True)])
def test_a_record_is_for_the_webhooks_owner_and_for_admins(world: FakeAdapters, caller: Caller, *, may: bool) -> None:
    record_id = _kept(world)
    service = service_on(world).api.history
    if may:
        assert str(service.get(caller, record_id).attempt.record_id) == record_id
        return
    for use in (service.get, service.retry):
        with pytest.raises(RecordNotFound):
            use(caller, record_id)
    with pytest.raises(RecordNotFound):
        service.attempts(caller, record_id, None, 9)
    with pytest.raises(WebhookNotFound):
        service.page_of_webhook(caller, webhook(1).id, None, EVERYTHING, 9)
    assert service.page_of_owner(caller, None, EVERYTHING, 9) == ([], None)


@pytest.mark.parametrize("record_id", ["", "rec_", "rec_nonsense", "x" * 5_000, f"rec_{'7' * 52}"])
def test_an_id_that_is_none_is_not_found(world: FakeAdapters, record_id: str) -> None:
    _kept(world)
    with pytest.raises(RecordNotFound):
        service_on(world).api.history.get(ADMIN, record_id)


def test_a_deleted_webhooks_records_are_gone_before_they_are_purged(world: FakeAdapters) -> None:
    record_id = _kept(world)
    service = service_on(world).api.history
    service_on(world).api.webhooks.delete(OWNER, webhook(1).id)
    with pytest.raises(RecordNotFound):
        service.get(ADMIN, record_id)
    with pytest.raises(RecordNotFound):
        service.retry(ADMIN, record_id)
    assert service.page_of_all(None, EVERYTHING, 9)[0] == []
    assert service.page_of_owner(OWNER, None, EVERYTHING, 9)[0] == []


@pytest.mark.parametrize("status", [200, 500, 410])
def test_any_record_is_retried_whatever_came_of_it(world: FakeAdapters, status: int) -> None:
    record_id = _kept(world, status)
    given = service_on(world).api.history.retry(OWNER, record_id)
    (sent,) = world.deliveries.sent
    assert (str(sent.attempt.record_id), sent.attempt.retry_of, sent.attempt.trigger) == (given, record_id, Trigger.RETRY)
    assert (sent.lane, sent.delay_s, sent.attempt.body) == (Lane.FAST, 0, attempt_at(NOON).body)


def test_two_retries_are_two_attempts(world: FakeAdapters) -> None:
    record_id = _kept(world)
    service = service_on(world).api.history
    assert service.retry(OWNER, record_id) != service.retry(OWNER, record_id)
    assert len({each.attempt.record_id for each in world.deliveries.sent}) == 2


def test_a_retry_does_not_wait_behind_an_open_circuit(world: FakeAdapters) -> None:
    record_id = _kept(world, 500, health=Health(failures=9, failing_since=NOON, opens=1, probe_at=at(30)))
    service_on(world).api.history.retry(OWNER, record_id)
    assert [(each.lane, each.delay_s) for each in world.deliveries.sent] == [(Lane.SLOW, 0)]


@pytest.mark.parametrize(
    ("changes", "error"), [({"is_enabled": False}, WebhookPaused), ({"disabled_reason": "It is gone."}, WebhookDisabled)]
)
def test_what_may_not_be_called_is_not_retried(
    world: FakeAdapters, changes: dict[str, Any], error: type[PosthornError]
) -> None:
    record_id = _kept(world, **changes)
    with pytest.raises(error):
        service_on(world).api.history.retry(OWNER, record_id)
    assert world.deliveries.sent == []


def test_a_retry_reads_its_webhook_and_its_record_once(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    record_id = _kept(world)
    reads: list[object] = []

    def watched(real: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def get(wanted: object) -> object:
            reads.append(wanted)
            return real(wanted)

        return get

    for port in (world.webhooks, world.history):
        monkeypatch.setattr(port, "get", watched(port.get))
    service_on(world).api.history.retry(OWNER, record_id)
    assert [str(each) for each in reads] == [webhook().id, record_id]


def test_a_retry_that_cannot_be_queued_is_told(world: FakeAdapters) -> None:
    record_id = _kept(world)
    world.deliveries.is_refusing = True
    with pytest.raises(Unavailable):
        service_on(world).api.history.retry(OWNER, record_id)


def test_a_retry_and_the_schedule_go_on_beside_each_other(world: FakeAdapters) -> None:
    record_id = _kept(world, 500)
    service_on(world).api.history.retry(OWNER, record_id)
    (asked_for,) = world.deliveries.sent
    scheduled = recorded(attempt_at(NOON), exchange(500)).next_attempt()
    assert scheduled is not None
    assert scheduled.record_id != asked_for.attempt.record_id


@pytest.mark.parametrize(
    ("since", "until", "is_refused"),
    [(None, None, False), (NOON, None, False), (NOON, at(1), False), (NOON, NOON, True), (at(1), NOON, True)],
)
def test_a_window_that_holds_nothing_is_refused(since: datetime | None, until: datetime | None, *, is_refused: bool) -> None:
    if not is_refused:
        require_period(since, until)
        return
    with pytest.raises(InvalidInput) as refused:
        require_period(since, until)
    assert list(refused.value.fields) == ["since"]


def test_a_page_ends_early_at_its_bytes_and_the_next_goes_on(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(1))
    made = [
        recorded(attempt_at(at(number)), exchange(request=recorded().exchange.request.__class__("u", (), b"x" * 30_000, 1)))
        for number in range(6)
    ]
    world.history.write(made)
    service = service_on(world, page_bytes_max=100_000).api.history
    first, after = service.page_of_webhook(OWNER, webhook(1).id, None, EVERYTHING, 50)
    second, end = service.page_of_webhook(OWNER, webhook(1).id, after, EVERYTHING, 50)
    assert [len(first), len(second), end] == [4, 2, None]
    assert first + second == made[::-1]


def test_a_page_of_all_ends_at_its_bytes_and_goes_on_behind_them(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(1))
    made = [recorded(attempt_at(at(number))) for number in range(3)]
    world.history.write(made)
    service = service_on(world, page_bytes_max=1).api.history
    first, after = service.page_of_all(None, EVERYTHING, 50)
    second, _ = service.page_of_all(after, EVERYTHING, 50)
    whole, end = service.page_of_all(None, EVERYTHING, 50, has_bodies=False)
    assert [record for record, _ in first + second] == [made[2], made[1]]
    assert ([record for record, _ in whole], end) == (made[::-1], None)


def test_a_page_without_bodies_has_no_end_at_its_bytes(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(1))
    world.history.write([recorded(attempt_at(at(number))) for number in range(6)])
    service = service_on(world, page_bytes_max=1).api.history
    of_webhook, _ = service.page_of_webhook(OWNER, webhook(1).id, None, EVERYTHING, 50, has_bodies=False)
    of_owner, _ = service.page_of_owner(OWNER, None, EVERYTHING, 50, has_bodies=False)
    assert (len(of_webhook), len(of_owner)) == (6, 6)


def test_one_record_of_any_size_makes_a_page(world: FakeAdapters) -> None:
    _kept(world)
    page, end = service_on(world, page_bytes_max=1).api.history.page_of_owner(OWNER, None, EVERYTHING, 50)
    assert (len(page), end) == (1, None)


def test_no_webhooks_make_an_empty_page(world: FakeAdapters) -> None:
    assert service_on(world).api.history.page_of_owner(OWNER, None, EVERYTHING, 50) == ([], None)
