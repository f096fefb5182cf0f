"""Each of these breaks the service on purpose: the simulation must notice it.

A list of waiting deliveries that is closed although something was added to it is noticed by one seed in thousands. For that
there is `tests/contracts/test_waiting.py`.

If only some of the due attempts that were sent are settled, no promise is broken: the next sweep sends the others again with
the same records, and the worker recognises those. Settling more than was sent loses attempts, and is tested here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulation import broken_deliveries as deliveries
from tests.simulation import broken_promises as broken
from tests.simulation import broken_upkeep as upkeep
from tests.simulation import shrink, story
from tests.simulation.cuts import Cuts
from tests.simulation.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = 1_000


@pytest.mark.parametrize(
    ("breakage", "likely_seed"),
    [
        (deliveries.forget_what_follows_a_repeat, 0),
        (deliveries.send_again_what_is_recorded, 0),
        (deliveries.send_everything_twice, 9),
        (deliveries.answer_deletions_at_once, 22),
        (deliveries.trust_old_views, 63),
        (deliveries.give_up_continuations, 0),
        (deliveries.drop_what_there_was_no_time_for, 0),
        (deliveries.name_by_message, 0),
        (deliveries.keep_claims_in_the_process, 0),
        (deliveries.deliver_at_once, 2),
        (deliveries.lose_writes, 0),
        (deliveries.know_no_rate_limit, 7),
        (deliveries.keep_circuits_closed, 0),
        (deliveries.hold_nothing, 0),
        (deliveries.remove_before_releasing, 13),
        (deliveries.release_all_while_the_circuit_is_open, 0),
        (upkeep.drop_refused_records, 16),
        (upkeep.clear_before_sending, 186),
        (upkeep.sweep_too_early, 0),
        (upkeep.lose_purges, 0),
        (upkeep.purge_nothing, 1),
        (upkeep.recover_nothing, 1),
        (upkeep.note_before_enqueueing, 82),
        (upkeep.take_what_ended_for_pending, 40),
        (upkeep.trust_the_due_index, 59),
        (upkeep.look_once_after_an_owner, 16),
        (upkeep.make_for_anybody, 47),
        (upkeep.change_for_anybody, 263),
        (upkeep.count_before_making, 142),
        (upkeep.let_them_inherit, 10),
        (upkeep.disable_without_a_word, 2),
        (upkeep.tell_no_owner, 9),
        (upkeep.allow_no_loops, 8),
        (broken.retry_at_once, 0),
        (broken.never_end_the_schedule, 5),
        (broken.ignore_retry_after, 36),
        (broken.let_no_webhook_rest, 9),
        (broken.retry_with_empty_bodies, 0),
        (broken.read_webhooks_late, 24),
        (broken.fan_out_to_everybody, 0),
        (broken.use_a_cut_list_as_the_whole, 8),
        (broken.open_no_circuit, 0),
        (broken.keep_no_probe, 0),
        (broken.never_double_the_wait, 0),
        (broken.count_no_token_requests, 18),
        (broken.hide_messages_shortly, 5),
        (broken.put_clocks_off, 0),
        (broken.sweep_by_a_clock_ahead, 0),
        (broken.settle_more_than_sent, 8),
        (broken.recover_what_came, 9),
        (broken.survey_nothing, 9),
        (broken.end_the_survey_early, 9),
        (broken.keep_no_notifications, 5),
        (broken.take_over_with_new_ids, 14),
        (broken.claim_only_what_is_named, 31),
        (broken.hold_what_people_ask_for, 9),
        (broken.wait_ten_minutes_more, 9),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_a_broken_service_is_found_out(
    breakage: Callable[[pytest.MonkeyPatch], None], likely_seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The likely seed only saves time. If it no longer notices the defect, all seeds are tried."""
    breakage(monkeypatch)
    if not any(shrink.failing(seed) for seed in (likely_seed, *range(SEEDS))):
        pytest.fail(f"{SEEDS} seeds did not notice")


def test_where_many_calls_are_refused_no_promise_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    upkeep.many_refusals(monkeypatch)
    assert shrink.failing(13) is None


def test_a_failing_seed_shrinks_to_what_matters_and_is_told_as_a_story(monkeypatch: pytest.MonkeyPatch) -> None:
    broken.recover_what_came(monkeypatch)
    found = next(found for seed in range(SEEDS) if (found := shrink.failing(seed)) is not None)
    smallest = shrink.shrunk(found)
    told = story.told(smallest)
    assert smallest.promise == found.promise == "A recovery leaves alone what came"
    assert len(smallest.scenario.people.webhooks) <= 2
    assert len(smallest.scenario.people.known.done) <= 3
    assert smallest.scenario.chaos.mishaps == []
    assert "An admin asks for what is" in told
    assert "attempt 1 (recovery)" in told
    assert told.splitlines()[-1].startswith("Broken: A recovery leaves alone what came")


def test_a_smaller_run_is_the_same_each_time() -> None:
    cuts = Cuts(webhooks=frozenset({0}), errands=frozenset({1, 2}), mishaps=frozenset({1, 3}))
    first, second = (Scenario(4, cuts) for _ in range(2))
    first.run()
    second.run()
    assert [(call.at, call.body) for call in first.facts().calls] == [(call.at, call.body) for call in second.facts().calls]
