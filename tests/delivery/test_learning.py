"""What an attempt says about a webhook that its owner has changed while the attempt was in flight: nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.domain.delivery.attempt import FailureCause, Outcome, PendingAttempt, Response
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.webhooks.health import Health
from chalicelib.webhooks.edits import WebhookEdit
from testbed.fakes.people import settle
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, at, attempt_at, webhook

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.delivery.attempt import OutboundRequest
    from chalicelib.domain.webhooks.webhook import Webhook
    from testbed.fakes.sender import Answer, Plain

OWNER = Caller(user_id="1", role=Role.USER)
MINE = webhook(1)
ILL = Health(failures=4, failing_since=at(-60))
DOWN = Health(failures=5, failing_since=at(-60), opens=1, probe_at=at(0))
HOPELESS = Health(failures=9, failing_since=at(-9 * 24 * 3600))
NEW_URL = {"url": "https://elsewhere.example/hook"}


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    settle(made, OWNER)
    return made


def _now(world: FakeAdapters) -> Webhook:
    kept = world.webhooks.get(MINE.id)
    assert kept is not None
    return kept


def _patched(world: FakeAdapters, **changes: Any) -> None:  # noqa: ANN401 - fields of a webhook
    service_on(world).api.editor.edit(OWNER, MINE.id, WebhookEdit(changes), None)


def _in_flight(act: Callable[[], object], answer: Plain) -> Answer:
    """A receiver that answers after somebody has acted."""
    acts = iter([act])

    def answered(_: OutboundRequest) -> Plain:
        for each in acts:
            each()
        return answer

    return answered


def _made(world: FakeAdapters, answer: Answer, count: int = 1) -> None:
    world.sender.answers[MINE.url] = answer
    owed = [attempt_at(NOON, salt=str(number)) for number in range(count)]
    service_on(world).deliver.batch([ReceivedAttempt(f"m-{number}", each, 1) for number, each in enumerate(owed)])


@pytest.mark.parametrize("health", [Health(), ILL, HOPELESS])
@pytest.mark.parametrize("answer", [410, 500, FailureCause.TIMEOUT, 200])
def test_a_new_url_starts_clean_whatever_the_old_one_still_answers(
    world: FakeAdapters, answer: Plain, health: Health
) -> None:
    world.webhooks.create(replace(MINE, health=health))
    _made(world, _in_flight(lambda: _patched(world, **NEW_URL), answer), count=6)
    moved = _now(world)
    assert (moved.url, moved.health, moved.is_live, moved.version) == (NEW_URL["url"], Health(), True, 2)
    assert world.accepted.sent == []
    assert len(world.history.page_of_all(None, HistoryFilter(), 9).records) == 6


def test_a_late_success_of_the_old_url_does_not_clear_the_new_ones_failures(world: FakeAdapters) -> None:
    world.webhooks.create(replace(MINE, health=ILL))

    def moved_and_failed() -> None:
        _patched(world, **NEW_URL)
        world.webhooks.update_health(_now(world), DOWN)

    _made(world, _in_flight(moved_and_failed, 200))
    assert (_now(world).health, world.accepted.sent) == (DOWN, [])


def test_the_old_urls_pause_is_not_the_new_ones(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    busy = Response(503, (("Retry-After", "60"),), b"")
    _made(world, _in_flight(lambda: _patched(world, **NEW_URL), busy))
    assert _now(world).health == Health()


def test_a_url_that_comes_back_meanwhile_starts_clean_as_well(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)

    def there_and_back() -> None:
        _patched(world, **NEW_URL)
        _patched(world, url=MINE.url)

    _made(world, _in_flight(there_and_back, 410))
    assert (_now(world).health, _now(world).is_live, _now(world).version) == (Health(), True, 3)


def test_one_that_was_enabled_again_meanwhile_is_not_disabled_by_what_was_sent_before(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)

    def off_and_on() -> None:
        _patched(world, is_enabled=False)
        _patched(world, is_enabled=True)

    _made(world, _in_flight(off_and_on, 410), count=6)
    assert (_now(world).health, _now(world).is_live) == (Health(), True)


def test_failures_with_the_old_secret_do_not_count_against_the_new_one(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    _made(world, _in_flight(lambda: service_on(world).api.editor.rotate(OWNER, MINE.id, 0), 401), count=6)
    assert (_now(world).health, len(_now(world).secrets)) == (Health(), 1)


def test_a_new_url_is_not_slow_since_the_old_one_hangs(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    owed = attempt_at(NOON)
    rooms = service_on(world)
    world.sender.duration_ms = 5_000
    world.sender.answers[MINE.url] = _in_flight(lambda: _patched(world, **NEW_URL), 200)
    rooms.deliver.batch([ReceivedAttempt("m", owed, 1)])
    assert _now(world).health == Health()


def test_a_probe_that_is_taken_while_the_owner_changes_the_webhook_is_not_sent_by_the_old_view(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.webhooks.create(replace(MINE, health=DOWN))
    update_health = world.webhooks.update_health
    names = iter(["Renamed"])

    def forestalled(seen: Webhook, new: Health) -> bool:
        for name in names:
            _patched(world, name=name)
        return update_health(seen, new)

    monkeypatch.setattr(world.webhooks, "update_health", forestalled)
    _made(world, 200)
    assert (world.sender.sent, len(world.waiting.oldest(MINE.id, 9))) == ([], 1)


def test_the_owner_is_not_notified_of_a_410_of_the_old_url_that_comes_between_two_looks(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The health was written, and the webhook is changed before it is disabled."""
    world.webhooks.create(MINE)
    update_health = world.webhooks.update_health

    def then_moved(seen: Webhook, new: Health) -> bool:
        is_written = update_health(seen, new)
        _patched(world, **NEW_URL)
        return is_written

    monkeypatch.setattr(world.webhooks, "update_health", then_moved)
    _made(world, 410)
    assert (_now(world).is_live, world.accepted.sent) == (True, [])


def test_a_success_between_the_last_failure_and_the_disabling_keeps_the_webhook(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.webhooks.create(replace(MINE, health=HOPELESS))
    update_health = world.webhooks.update_health

    def then_healed(seen: Webhook, new: Health) -> bool:
        is_written = update_health(seen, new)
        update_health(_now(world), Health())
        return is_written

    monkeypatch.setattr(world.webhooks, "update_health", then_healed)
    _made(world, 500)
    assert (_now(world).is_live, world.accepted.sent) == (True, [])


def test_a_batch_that_looks_again_learns_of_each_attempt_what_it_was_sent_to(world: FakeAdapters) -> None:
    """Half of the batch goes to the old URL, which fails; the webhook is read again, and the rest goes to the new one."""
    world.webhooks.create(MINE)
    rooms = service_on(world, in_flight_max=2, in_flight_per_webhook_max=2)

    def moved() -> None:
        _patched(world, **NEW_URL)
        world.clock.advance(2)

    world.sender.answers[MINE.url] = _in_flight(moved, 410)
    owed: list[PendingAttempt] = [attempt_at(NOON, salt=str(number)) for number in range(6)]
    rooms.deliver.batch([ReceivedAttempt(f"m-{number}", each, 1) for number, each in enumerate(owed)])
    urls = [each.url for each in world.sender.sent]
    assert {MINE.url, NEW_URL["url"]} == set(urls)
    assert (_now(world).is_live, _now(world).health) == (True, Health())
    outcomes = {
        each.exchange.request.url: each.outcome for each in world.history.page_of_all(None, HistoryFilter(), 9).records
    }
    assert outcomes == {MINE.url: Outcome.FAILED, NEW_URL["url"]: Outcome.SUCCEEDED}


def test_an_old_url_that_hangs_after_the_batch_has_looked_again_does_not_mark_the_new_one(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    rooms = service_on(world, in_flight_max=2, in_flight_per_webhook_max=2)
    world.sender.answers[NEW_URL["url"]] = lambda _: _answered_in(world, 20)

    def old(_: OutboundRequest) -> Plain:
        if _now(world).version == 1:
            _patched(world, **NEW_URL)
            world.clock.advance(2)
            return _answered_in(world, 20)
        return _answered_in(world, 5_000)

    world.sender.answers[MINE.url] = old
    owed = [attempt_at(NOON, salt=str(number)) for number in range(4)]
    rooms.deliver.batch([ReceivedAttempt(f"m-{number}", each, 1) for number, each in enumerate(owed)])
    assert [each.url for each in world.sender.sent] == [MINE.url, MINE.url, NEW_URL["url"], NEW_URL["url"]]
    assert _now(world).health == Health()


def _answered_in(world: FakeAdapters, duration_ms: int) -> Plain:
    world.sender.duration_ms = duration_ms
    return 200
