"""Checks the notices that owners get about their webhooks."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tests.simulation.oracle import promises
from tests.simulation.oracle.facts import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.oracle.facts import Facts


def differences(facts: Facts) -> Iterator[Difference]:
    """Missing notices, and notices about what did not happen."""
    paused = {each.id for each in facts.subscribers if each.paused_at is not None}  # resuming a webhook resets its health
    for webhook_id, reason in facts.disabled.items():
        if reason is not None and not _told(facts, "webhookDisabled", webhook_id):
            yield Difference("Owners know what was disabled", webhook_id, reason)
        if webhook_id in paused:
            continue
        for kind, turns_open in (("webhookFailing", True), ("webhookRecovered", False)):
            changes, told = _changes(facts, webhook_id, turns_open=turns_open), _told(facts, kind, webhook_id)
            if told > changes:
                yield Difference(
                    "Owners are told what happened", webhook_id, f"{told} {kind}, and it happened {changes} times"
                )
            if facts.is_calm and reason is None and told < changes:
                yield Difference("Owners are told of each change", webhook_id, f"{told} {kind} of {changes}")
    for subscriber in facts.subscribers:
        calls = facts.calls_of.get(subscriber.id, [])
        is_gone = any(call.status == promises.GONE and call.is_learned for call in calls)
        if is_gone and subscriber.is_steady:
            yield Difference("410 disables", subscriber.name, "the receiver wants no more, and the webhook is live")


def _told(facts: Facts, kind: str, webhook_id: str) -> int:
    return sum(1 for each in facts.notices if each == (kind, webhook_id))


def _changes(facts: Facts, webhook_id: str, *, turns_open: bool) -> int:
    """How often a circuit opened or closed in the table."""
    states = [False, *(each.probe_at is not None for each in facts.health.get(webhook_id, []))]
    return sum(1 for was_open, is_open in pairwise(states) if (was_open, is_open) == (not turns_open, turns_open))
