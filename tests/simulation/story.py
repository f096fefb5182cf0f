"""A run as a story, in the order of time: who did what, what went wrong, what was called and with what outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.simulation.oracle.facts import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.simulation.oracle.facts import Call, Facts
    from tests.simulation.scenario import Scenario
    from tests.simulation.shrink import Failing

LINES_MAX: Final = 200
_MISHAPS: Final = {
    "death": "dies",
    "refusal": "is refused a call",
    "lost_answer": "loses an answer",
    "freeze": "freezes",
    "partial_write": "has a record refused",
    "duplicate": "puts a message on a queue twice",
    "early": "is handed a message that comes again early",
}


def told(found: Failing) -> str:
    """The story of a failing run, with what it broke at the end."""
    scenario = found.scenario
    names = ", ".join(f"{each.name} of user {each.owner_id}" for each in scenario.people.webhooks)
    lines = [f"Seed {found.seed}, webhooks: {names or 'none'}"]
    events = sorted(_events(scenario), key=lambda event: event[0])
    lines += [f"{at:%H:%M:%S.%f}  {text}" for at, text in events[:LINES_MAX]]
    lines += [f"… and {len(events) - LINES_MAX} more"] if len(events) > LINES_MAX else []
    return "\n".join([*lines, f"Broken: {_readable(scenario, str(found.error) or repr(found.error))}"])


def _events(scenario: Scenario) -> Iterator[tuple[datetime, str]]:
    facts = scenario.facts()
    yield from scenario.people.known.done
    for mishap in scenario.chaos.mishaps:
        yield mishap.at, f"! {mishap.process or 'somebody'} {_MISHAPS[mishap.kind]}"
    for call in facts.calls:
        yield call.at, f"{call.run.name} sends {_attempt(facts, call.record_id)}: {call.status or 'no answer'}"
    for each in facts.unsent:
        yield each.finished_at, f"{_name(facts, each.webhook_id)} gets no token for attempt {each.number}"
    for webhook_id, changes in facts.health.items():
        for health in changes:
            circuit = "closed" if health.probe_at is None else f"open until {health.probe_at:%H:%M:%S}"
            yield health.at, f"{_name(facts, webhook_id)} has failed {health.failures} times, circuit {circuit}"
    for notice, at in scenario.world.observed.notice_texts:
        yield at, f"The service notifies an owner: {notice}"
    for webhook_id, at in facts.removed_at.items():
        yield at, f"{_name(facts, webhook_id)} is deleted"


def _attempt(facts: Facts, record_id: str) -> str:
    attempt = facts.attempts[record_id]
    made: list[Call] = [call for call in facts.calls if call.record_id == record_id]
    what = said(made[0].body) if made else attempt.notification_id
    return f"{what!r} to {_name(facts, attempt.webhook_id)}, attempt {attempt.number} ({attempt.trigger})"


def _name(facts: Facts, webhook_id: str) -> str:
    return next((each.name for each in facts.subscribers if each.id == webhook_id), webhook_id)


def _readable(scenario: Scenario, text: str) -> str:
    """Replace ids by names, if they are known."""
    facts = scenario.facts()
    for record_id in facts.attempts:
        if record_id in text:
            text = text.replace(record_id, f"[{_attempt(facts, record_id)}]")
    for each in facts.subscribers:
        text = text.replace(each.id, each.name)
    return text
