"""The part of the reckoning on restraint: nothing is sent too early, too fast, too often, or to a circuit that is open."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids
from chalicelib.services import messages
from tests.simulation.clocks import SKEW_MAX_S

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.attempt import PendingAttempt
    from chalicelib.domain.health import Health
    from tests.simulation.observed import Call, Observed
    from tests.simulation.people import People
    from tests.simulation.processes import Process
    from tests.simulation.world import World

SKEW: Final = timedelta(seconds=SKEW_MAX_S)
TEXT: Final = re.compile(r'"text":"(n\d+)"')
PLACE_EARLY_S: Final = 0.5
"""The gate's tolerance: a place in time that is this near is used at once."""


def check(world: World, people: People, *, is_calm: bool) -> None:
    """Raise `AssertionError` where the service held back too little."""
    attempts = {str(sent.attempt.record_id): sent.attempt for sent in world.observed.sent}
    _no_rate_limit_was_passed(world.observed, people)
    _an_open_circuit_was_left_alone(world.observed, attempts)
    _an_open_circuit_lets_one_go(world.observed)
    _what_was_recorded_was_recognised(world.observed)
    _nothing_was_early(world.observed, people, attempts)
    _no_batch_makes_an_attempt_twice(world.observed)
    if is_calm:
        _in_calm_weather_each_attempt_is_made_once(world.observed)


def _no_rate_limit_was_passed(observed: Observed, people: People) -> None:
    """The places in time are an interval apart from when the first attempt was enqueued, so the n-th comes no sooner.

    Two clocks count: that of the process that gave the first place, and that of the process that uses the n-th.
    """
    for webhook in people.webhooks:
        if webhook.rate_limit_per_s is None:
            continue
        enqueued = [sent.at for sent in observed.sent if sent.attempt.webhook_id == webhook.id]
        first_calls: dict[str, datetime] = {}
        for call in observed.calls:
            if call.webhook_url == webhook.url:
                first_calls.setdefault(call.record_id, call.at)
        for number, at in enumerate(first_calls.values()):
            place = enqueued[0] + timedelta(seconds=number / webhook.rate_limit_per_s - PLACE_EARLY_S) - 2 * SKEW
            assert at >= place, f"attempt {number + 1} to {webhook.name} was made {place - at} too early for its rate limit"


def _an_open_circuit_was_left_alone(observed: Observed, attempts: dict[str, PendingAttempt]) -> None:
    """An invocation that began while the circuit was open calls the webhook only if a person waits for the attempt."""
    for call in observed.calls:
        if attempts[call.record_id].trigger.is_awaited:
            continue
        seen = _health_during(observed, _webhook_id(call), call.process, call.at)
        is_open = bool(seen) and all(each.probe_at is not None and each.probe_at > call.at + SKEW for each in seen)
        assert not is_open, f"{call} was made though the circuit was open"


def _an_open_circuit_lets_one_go(observed: Observed) -> None:
    """Of what waits, one invocation releases the probe alone, until the circuit closes."""
    released: Counter[tuple[Process, str]] = Counter()
    for sent in observed.sent:
        process = sent.process
        if process is None or process.name != "background" or not sent.attempt.hops.count:
            continue
        seen = _health_during(observed, sent.attempt.webhook_id, process, sent.at)
        if seen and all(each.probe_at is not None for each in seen):
            released[process, sent.attempt.webhook_id] += 1
    assert all(count == 1 for count in released.values()), "no more than one is released while the circuit is open"


def _health_during(observed: Observed, webhook_id: str, process: Process, until: datetime) -> Sequence[Health]:
    """What the table said from the beginning of an invocation on; empty if the webhook was well at some time of it."""
    changes = observed.health.get(webhook_id, [])
    before = [health for at, health in changes if at <= process.started_at]
    within = [health for at, health in changes if process.started_at < at <= until]
    return [before[-1], *within] if before else []


def _what_was_recorded_was_recognised(observed: Observed) -> None:
    """A message that comes again is looked up: if its record was there before, nothing is sent."""
    for call in observed.calls:
        kept_at = observed.kept_at.get(call.record_id)
        if kept_at is not None and kept_at < call.process.started_at:
            assert call.record_id not in _came_again(call.process), f"{call} was made again though it was recorded"


def _came_again(process: Process) -> set[str]:
    again = [each.message.body for each in process.taken if each.receive_count > 1 and each.message.body.startswith('{"')]
    return {str(messages.attempt_from_text(body).record_id) for body in again}


def _nothing_was_early(observed: Observed, people: People, attempts: dict[str, PendingAttempt]) -> None:
    """Not before the schedule's time, nor before the producer's: by one clock, which may be ahead."""
    for call in observed.calls:
        owed_at = observed.owed_at.get(call.record_id)
        assert owed_at is None or call.at >= owed_at - SKEW, f"{call} was owed at {owed_at}"
        said = TEXT.search(attempts[call.record_id].body)
        deliver_at = people.known.deliver_at.get(said.group(1)) if said is not None else None
        assert deliver_at is None or call.at >= deliver_at - SKEW, f"{call} was to be delivered at {deliver_at}"


def _no_batch_makes_an_attempt_twice(observed: Observed) -> None:
    made = Counter((call.process, call.record_id) for call in observed.calls)
    assert all(count == 1 for count in made.values()), "one batch made an attempt twice"


def _in_calm_weather_each_attempt_is_made_once(observed: Observed) -> None:
    made = Counter(call.record_id for call in observed.calls)
    twice = [record_id for record_id, count in made.items() if count > 1]
    assert not twice, f"nothing went wrong, and yet {twice} were made twice"


def _webhook_id(call: Call) -> str:
    parsed = ids.RecordId.parse(call.record_id)
    assert parsed is not None, "every call has a record's id"
    return parsed.webhook_id
