"""The circuit, the slow mark and the long failure: each row a transition."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.webhooks.health import REST_MAX_S, Circuit, Health
from tests.domain.samples import NOON, POLICY, at

WELL = Health()
ONE = Health(failures=1, failing_since=at(-60))
TWO = Health(failures=2, failing_since=at(-60))
OPEN = Health(failures=3, failing_since=at(-60), opens=1, probe_at=at(30))
HALF_OPEN = replace(OPEN, probe_at=at(0))
PROBED = replace(OPEN, probe_at=at(45))
"""Half open, with the probe on its way: `probe_at` is the end of its lease."""


@pytest.mark.parametrize(
    ("health", "circuit"),
    [
        (WELL, Circuit.CLOSED),
        (TWO, Circuit.CLOSED),
        (OPEN, Circuit.OPEN),
        (replace(OPEN, probe_at=NOON + timedelta(microseconds=1)), Circuit.OPEN),
        (HALF_OPEN, Circuit.HALF_OPEN),
        (replace(OPEN, probe_at=at(-3600)), Circuit.HALF_OPEN),
        (PROBED, Circuit.OPEN),
    ],
)
def test_the_state_is_told_by_the_time_of_the_probe(health: Health, circuit: Circuit) -> None:
    assert health.circuit(NOON) is circuit


@pytest.mark.parametrize("before", [WELL, ONE, TWO, OPEN, HALF_OPEN, PROBED])
def test_an_attempt_that_is_still_out_marks_the_webhook_and_changes_nothing_else(before: Health) -> None:
    assert before.while_in_flight(NOON, 1, POLICY) == replace(before, slow_until=at(600))


def test_a_mark_that_holds_for_long_is_not_renewed_meanwhile() -> None:
    marked = Health(slow_until=at(301))
    assert marked.while_in_flight(NOON, 1, POLICY) == marked


@pytest.mark.parametrize("before", [WELL, ONE, TWO, OPEN, HALF_OPEN, PROBED])
def test_a_success_closes_the_circuit_and_forgets(before: Health) -> None:
    assert before.after_success(NOON, 0.1, POLICY) == WELL


@pytest.mark.parametrize(
    ("before", "is_probe", "after"),
    [
        # CLOSED: counted, until the threshold opens it
        (WELL, False, Health(failures=1, failing_since=NOON)),
        (ONE, False, replace(ONE, failures=2)),
        (TWO, False, replace(TWO, failures=3, opens=1, probe_at=at(30))),
        # OPEN: a straggler is counted, and does not prolong the wait
        (OPEN, False, replace(OPEN, failures=4)),
        # HALF_OPEN: a straggler neither
        (HALF_OPEN, False, replace(HALF_OPEN, failures=4)),
        (PROBED, False, replace(PROBED, failures=4)),
        # the probe fails: open again, twice as long each time, up to the cap
        (PROBED, True, replace(PROBED, failures=4, opens=2, probe_at=at(60))),
        (replace(PROBED, opens=2), True, replace(PROBED, failures=4, opens=3, probe_at=at(100))),
        (replace(PROBED, opens=3), True, replace(PROBED, failures=4, opens=4, probe_at=at(100))),
        (replace(PROBED, opens=5_000), True, replace(PROBED, failures=4, opens=5_001, probe_at=at(100))),
    ],
)
def test_a_failure_moves_the_circuit(before: Health, *, is_probe: bool, after: Health) -> None:
    assert before.after_failure(NOON, 0.1, POLICY, is_probe=is_probe) == after


def test_a_webhook_that_opened_after_one_failure_does_so_at_once() -> None:
    opened = WELL.after_failure(NOON, 0.1, replace(POLICY, open_after=1), is_probe=False)
    assert opened.circuit(NOON) is Circuit.OPEN


def test_who_takes_the_probe_makes_the_others_wait_for_the_lease() -> None:
    taken = HALF_OPEN.take_probe(NOON, 45)
    assert taken == PROBED
    assert taken.circuit(at(44)) is Circuit.OPEN
    assert taken.circuit(at(45)) is Circuit.HALF_OPEN


def test_the_failing_begins_anew_after_a_success() -> None:
    again = TWO.after_success(NOON, 0.1, POLICY).after_failure(at(5), 0.1, POLICY, is_probe=False)
    assert again == Health(failures=1, failing_since=at(5))


@pytest.mark.parametrize(
    ("mark", "took_s", "after"),
    [
        (None, 0.99, None),
        (None, 1.0, at(600)),
        (None, 30.0, at(600)),
        (at(-1), 0.1, None),
        (at(0), 0.1, None),
        (at(-1), 2.0, at(600)),
        (at(400), 0.1, at(400)),
        (at(301), 2.0, at(301)),
        (at(300), 2.0, at(600)),
        (at(1), 2.0, at(600)),
    ],
)
def test_the_slow_mark_is_set_kept_and_renewed_at_its_half_time(
    mark: datetime | None, took_s: float, after: datetime | None
) -> None:
    assert Health(slow_until=mark).after_success(NOON, took_s, POLICY).slow_until == after
    assert Health(slow_until=mark).after_failure(NOON, took_s, POLICY, is_probe=False).slow_until == after


@pytest.mark.parametrize(
    ("health", "is_slow"),
    [
        (WELL, False),
        (ONE, True),
        (Health(slow_until=at(1)), True),
        (Health(slow_until=at(0)), False),
        (Health(slow_until=at(-1)), False),
    ],
)
def test_slow_or_failing_webhooks_belong_in_the_slow_lane(health: Health, *, is_slow: bool) -> None:
    assert health.is_slow(NOON) is is_slow


FIVE_DAYS_S = POLICY.disable_after_s


@pytest.mark.parametrize(
    ("failures", "since_s", "is_too_long"),
    [
        (0, None, False),
        (1, FIVE_DAYS_S, False),
        (2, FIVE_DAYS_S * 9, False),
        (3, FIVE_DAYS_S - 1, False),
        (3, FIVE_DAYS_S, True),
        (99, FIVE_DAYS_S * 9, True),
    ],
)
def test_five_days_of_enough_failures_are_too_long(failures: int, since_s: float | None, *, is_too_long: bool) -> None:
    health = Health(failures=failures, failing_since=None if since_s is None else at(-since_s))
    assert health.has_failed_for_too_long(NOON, POLICY) is is_too_long


def test_a_webhook_that_is_well_is_written_nothing() -> None:
    assert WELL.after_success(NOON, 0.5, POLICY) == WELL


RESTING = Health(failures=1, failing_since=at(-10), rest_until=at(50))
RESTED = replace(RESTING, rest_until=at(0))


@pytest.mark.parametrize(
    ("health", "circuit", "called_again_at"),
    [
        (RESTING, Circuit.OPEN, at(50)),
        (RESTED, Circuit.HALF_OPEN, at(0)),
        (replace(OPEN, rest_until=at(50)), Circuit.OPEN, at(50)),
        (replace(OPEN, rest_until=at(20)), Circuit.OPEN, at(30)),
        (replace(HALF_OPEN, rest_until=at(20)), Circuit.OPEN, at(20)),
    ],
)
def test_a_webhook_that_rests_is_called_again_when_both_the_rest_and_the_circuit_allow_it(
    health: Health, circuit: Circuit, called_again_at: datetime
) -> None:
    assert (health.circuit(NOON), health.called_again_at) == (circuit, called_again_at)


@pytest.mark.parametrize(
    ("before", "asked_s", "is_probe", "rest_until"),
    [
        (WELL, 60, False, at(60)),
        (WELL, 0, False, None),
        (WELL, None, False, None),
        (WELL, REST_MAX_S + 1, False, at(REST_MAX_S)),
        (RESTING, 60, False, at(60)),
        (RESTING, 20, False, at(50)),
        (RESTING, None, False, at(50)),
        # the probe's word is the latest; without one the others wait for the end of its lease
        (RESTING, 20, True, at(20)),
        (RESTING, None, True, at(50)),
    ],
)
def test_a_failure_that_asks_for_a_pause_makes_the_webhook_rest(
    before: Health, asked_s: float | None, *, is_probe: bool, rest_until: datetime | None
) -> None:
    after = before.after_failure(NOON, 0.1, POLICY, is_probe=is_probe, asked_s=asked_s)
    assert (after.rest_until, after.probe_at, after.opens) == (rest_until, None, 0)


def test_failures_that_ask_for_a_pause_open_the_circuit_as_others_do() -> None:
    opened = TWO.after_failure(NOON, 0.1, POLICY, is_probe=False, asked_s=60)
    assert (opened.probe_at, opened.rest_until, opened.called_again_at) == (at(30), at(60), at(60))


@pytest.mark.parametrize(
    ("before", "is_probe", "rest_until"),
    [(RESTING, False, at(50)), (RESTING, True, None), (RESTED, False, None), (RESTED, True, None)],
)
def test_only_a_probes_success_ends_a_rest_that_is_not_over(
    before: Health, *, is_probe: bool, rest_until: datetime | None
) -> None:
    assert before.after_success(NOON, 0.1, POLICY, is_probe=is_probe) == Health(rest_until=rest_until)


def test_who_takes_the_probe_of_a_rest_opens_no_circuit() -> None:
    assert RESTED.take_probe(NOON, 45) == replace(RESTED, rest_until=at(45))
    both = replace(HALF_OPEN, rest_until=at(0))
    assert both.take_probe(NOON, 45) == PROBED
