"""Units of work stand for CPU, whatever an expression does, and an owner has so many of them for a notification."""

from __future__ import annotations

import time

import pytest

from chalicelib.domain.expressions import evaluation, syntax
from chalicelib.domain.expressions.evaluation import Allowance, EvaluationFailed
from chalicelib.domain.expressions.metering import EXPRESSION_WORK_MAX, OWNER_WORK_MAX
from testbed.expressions.cases import HOSTILE, REPORTED, SMALL, TYPICAL, Case, many
from testbed.expressions.work import Taken, random_cases, spent
from tests.slowness import slowness

TIMES_MAX = 5
"""How much more CPU a unit may buy a hostile expression than a typical one."""
SHORTEST_NS = 300_000
"""What takes less is measured too badly to be judged."""
API_CPU_S = 0.25
OWNERS_LIMIT = (
    "the filters and transforms of this owner's webhooks together take more work than one notification allows "
    "(48,000,000 units); simplify them, or subscribe fewer webhooks to this notification type"
)


@pytest.fixture(scope="module")
def typical() -> float:
    """The CPU that a unit of typical expressions takes on this machine, in nanoseconds."""
    taken = [spent(case) for case in TYPICAL.values() for _ in range(5)]
    return sum(each.cpu_ns for each in taken) / sum(each.units for each in taken)


def _is_paid_for(case: Case, typical: float) -> bool:
    """Another process may have slowed one measurement down, hardly three."""
    return any(_is_within(spent(case), typical) for _ in range(3))


def _is_within(taken: Taken, typical: float) -> bool:
    return taken.cpu_ns < SHORTEST_NS or taken.ns_per_unit <= TIMES_MAX * typical


@pytest.mark.parametrize("case", HOSTILE.values(), ids=HOSTILE)
def test_a_unit_buys_a_hostile_expression_little_more_cpu_than_a_typical_one(case: Case, typical: float) -> None:
    assert _is_paid_for(case, typical)


@pytest.mark.parametrize("seed", range(4))
def test_nor_does_it_buy_more_for_expressions_that_nobody_has_thought_of(seed: int, typical: float) -> None:
    costly = [case.expression for case in random_cases(150, seed) if not _is_paid_for(case, typical)]
    assert costly == []


@pytest.mark.parametrize("case", TYPICAL.values(), ids=TYPICAL)
def test_a_hundred_webhooks_with_typical_expressions_are_far_from_an_owners_allowance(case: Case) -> None:
    allowance = Allowance()
    evaluation.transformed(case.expression, SMALL, allowance)
    assert 100 * 2 * allowance.spent < OWNER_WORK_MAX / 3


def test_a_hundred_webhooks_that_pass_the_largest_notification_on_keep_within_it() -> None:
    document = evaluation.Document('{"text":"' + "é" * 60_000 + '"}')
    allowance = Allowance()
    for _ in range(100):
        evaluation.transformed("@", document, allowance)


def _spend(allowance: Allowance, expression: str = REPORTED) -> str:
    try:
        evaluation.passes_filter(expression, SMALL, allowance)
    except EvaluationFailed as failed:
        return str(failed)
    return "done"


def test_an_owners_expressions_share_the_allowance_and_fail_when_it_is_spent() -> None:
    allowance = Allowance()
    ends = [_spend(allowance) for _ in range(6)]
    assert ends[:3] == ["done"] * 3
    assert set(ends[3:]) == {OWNERS_LIMIT}
    assert allowance.spent <= OWNER_WORK_MAX


def test_a_refused_piece_of_work_is_not_paid_for() -> None:
    allowance = Allowance()
    failed = _spend(allowance, "|".join(["[@,@]"] * 40) + "|to_string(@)")
    assert failed.startswith("it takes more work than one expression may (16,000,000 units)")
    assert allowance.spent < EXPRESSION_WORK_MAX


def test_the_units_are_the_same_however_often_the_process_has_seen_the_expression() -> None:
    found = set()
    for is_known in (False, True, True):
        if not is_known:
            syntax.compiled.cache_clear()
        allowance = Allowance()
        _spend(allowance)
        found.add(allowance.spent)
    assert len(found) == 1


def test_an_expression_that_an_owner_uses_again_is_parsed_once() -> None:
    allowance, spent_after = Allowance(), []
    for _ in range(3):
        _spend(allowance, many("modelId"))
        spent_after.append(allowance.spent)
    first, second, third = spent_after
    assert first - (second - first) == 500 * len(many("modelId"))
    assert third - second == second - first


def test_one_webhook_alone_cannot_spend_an_owners_allowance_and_takes_an_api_function_no_quarter_of_a_second() -> None:
    """So a preview and a test say what a fan-out would."""
    worst = max(HOSTILE.values(), key=lambda case: spent(case).cpu_ns)
    began, allowance = time.process_time(), Allowance()
    for expression in (worst.expression, worst.expression + " "):
        with pytest.raises(EvaluationFailed, match="more work than one expression may"):
            evaluation.transformed(expression.ljust(syntax.LENGTH_MAX), worst.document, allowance)
    assert time.process_time() - began < API_CPU_S * slowness()
    assert allowance.spent < OWNER_WORK_MAX
