"""Checks how fast a webhook is called: its rate limit, its circuit, and the places of one process."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.simulation.oracle import promises
from tests.simulation.oracle.facts import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.oracle.facts import Call, Facts, Health, Run, Subscriber


def differences(facts: Facts) -> Iterator[Difference]:
    """Calls that are too fast, or that ignore an open circuit."""
    if facts.in_flight_most > promises.IN_FLIGHT_MAX:
        yield Difference("Few requests at once", "a process", f"{facts.in_flight_most} were in flight")
    for subscriber in facts.subscribers:
        yield from _rate(facts, subscriber)
        yield from _circuit_of_table(facts, subscriber)
    for subscriber in facts.steady:
        yield from _circuit(facts, subscriber)
        yield from _rest(facts, subscriber)
    yield from _release(facts)


def _rate(facts: Facts, subscriber: Subscriber) -> Iterator[Difference]:
    """The places in time are an interval apart from when the first attempt was enqueued, so the n-th comes no sooner.

    Two clocks count: that of the process that gave the first place, and that of the process that uses the n-th.
    """
    sent = [each.at for each in facts.sent if each.webhook_id == subscriber.id]
    if subscriber.rate_per_s is None or not sent:
        return
    first_calls: dict[str, datetime] = {}
    for call in facts.calls_of.get(subscriber.id, []):
        first_calls.setdefault(call.record_id, call.at)
    for number, (record_id, at) in enumerate(first_calls.items()):
        interval = timedelta(seconds=number / subscriber.rate_per_s)
        place = sent[0] + interval - promises.PLACE_EARLY - 2 * promises.SKEW
        if at < place:
            yield Difference(
                "A rate limit holds", record_id, f"call {number + 1} to {subscriber.name} came {place - at} early"
            )


def _circuit(facts: Facts, subscriber: Subscriber) -> Iterator[Difference]:
    """By the calls alone: after some failures in a row nothing is sent for a while, then one probe after another.

    What was surely learned counts: the failures of processes in which nothing went wrong, once the last process is over
    that may have learned of a success.
    """
    calls = facts.calls_of.get(subscriber.id, [])
    for settled_at, streak in _streaks(calls):
        learned = sorted((call for call in streak if call.is_learned), key=lambda call: call.run.ended_at)
        if len(learned) < promises.OPENS_AFTER:
            continue
        opened_at = learned[promises.OPENS_AFTER - 1].run.ended_at
        unsent = [each.finished_at for each in facts.unsent if each.webhook_id == subscriber.id]
        began_at = min([call.over_at for call in streak] + [at for at in unsent if at > settled_at - promises.SKEW])
        until = began_at + timedelta(seconds=promises.OPEN_S) - 2 * promises.SKEW
        probes = [call for call in calls if _is_after(call, opened_at, streak[-1].at) and _is_held(facts, call)]
        for call in probes:
            if call.at < until:
                detail = f"{subscriber.name} was called at {call.at}; its circuit was open from {opened_at} to {until}"
                yield Difference("An open circuit holds", call.record_id, detail)
        uncertain = [call for call in streak if not call.is_learned]
        yield from _probes(subscriber, probes, uncertain)


def _streaks(calls: list[Call]) -> Iterator[tuple[datetime, list[Call]]]:
    """Failures in a row after which no success was noticed, and when the last success before them was noticed."""
    successes = sorted((call for call in calls if call.is_success), key=lambda call: call.ended_at)
    settled_at = calls[0].at - timedelta(days=1) if calls else datetime.max.replace(tzinfo=UTC)
    for number in range(len(successes) + 1):
        until = successes[number].ended_at if number < len(successes) else datetime.max.replace(tzinfo=UTC)
        streak = [call for call in calls if not call.is_success and call.at > settled_at and call.ended_at < until]
        if streak:
            yield settled_at, streak
        if number < len(successes):
            settled_at = max(settled_at, successes[number].run.ended_at)


def _is_after(call: Call, opened_at: datetime, last: datetime) -> bool:
    return call.run.started_at > opened_at and call.at <= last


def _is_held(facts: Facts, call: Call) -> bool:
    """Whether the circuit applies. Manual attempts ignore it."""
    return facts.attempts[call.record_id].trigger not in {"retry", "test"}


def _probes(subscriber: Subscriber, probes: list[Call], uncertain: list[Call]) -> Iterator[Difference]:
    """Each failed probe doubles the wait for the next one, unless a process that froze writes an old state."""
    certain = 0
    for one, other in pairwise(probes):
        certain += one.is_learned
        is_certain = one.is_learned and not any(one.ended_at < call.run.ended_at < other.at for call in uncertain)
        if not is_certain or one.run is other.run:
            continue
        wait_s = min(promises.OPEN_S * 2.0**certain, promises.OPEN_MAX_S)
        earliest = one.over_at + timedelta(seconds=wait_s) - 2 * promises.SKEW
        if other.at < earliest:
            detail = f"{subscriber.name} was probed at {one.at} in vain, and again at {other.at}, before {earliest}"
            yield Difference("Probes wait twice as long each time", other.record_id, detail)


def _rest(facts: Facts, subscriber: Subscriber) -> Iterator[Difference]:
    """A receiver that asks for a pause gets one after that was noticed. A manual attempt that succeeds ends it."""
    calls = facts.calls_of.get(subscriber.id, [])
    for asking in calls:
        if not (asking.retry_after_s and asking.is_learned):
            continue
        until = asking.over_at + timedelta(seconds=asking.retry_after_s) - 2 * promises.SKEW
        learned_at = asking.run.ended_at
        arrived = [
            each.ended_at
            for each in calls
            if each.is_success
            and each.ended_at > asking.at
            and (each.run.started_at > learned_at or not _is_held(facts, each))
        ]
        for call in calls:
            is_meanwhile = call.run.started_at > learned_at and call.at < until
            if is_meanwhile and _is_held(facts, call) and not any(at < call.at for at in arrived):
                detail = f"{subscriber.name} was called at {call.at}, and asked for a pause until {until}"
                yield Difference("A webhook that rests is left alone", call.record_id, detail)


def _circuit_of_table(facts: Facts, subscriber: Subscriber) -> Iterator[Difference]:
    """By the table: a process that started while the circuit was open makes only manual attempts."""
    for call in facts.calls_of.get(subscriber.id, []):
        if not _is_held(facts, call):
            continue
        seen = _seen(facts.health.get(subscriber.id, []), call.run, call.at)
        if seen and all(each.probe_at is not None and each.probe_at > call.at + promises.SKEW for each in seen):
            detail = f"{subscriber.name} was called at {call.at}, and the table said that it is open"
            yield Difference("An open circuit holds", call.record_id, detail)


def _release(facts: Facts) -> Iterator[Difference]:
    """A process releases only one waiting delivery, as the probe, until the circuit closes.

    Of webhooks that nobody changed: a change begins with a clean health, which the table's health does not show.
    """
    steady = {each.id for each in facts.steady}
    released: Counter[tuple[Run, str]] = Counter()
    for sent in facts.sent:
        if sent.run is None or sent.run.name != "background" or not sent.was_held or sent.webhook_id not in steady:
            continue
        seen = _seen(facts.health.get(sent.webhook_id, []), sent.run, sent.at)
        if seen and all(each.probe_at is not None for each in seen):
            released[sent.run, sent.webhook_id] += 1
    for (_, webhook_id), count in released.items():
        if count > 1:
            yield Difference("An open circuit lets one go", webhook_id, f"{count} were released together")


def _seen(health: list[Health], run: Run, until: datetime) -> list[Health]:
    """The states in the table since a process started; empty if the webhook was healthy then."""
    before = [each for each in health if each.at <= run.started_at]
    within = [each for each in health if run.started_at < each.at <= until]
    return [before[-1], *within] if before else []
