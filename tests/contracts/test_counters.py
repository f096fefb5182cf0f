from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from testbed import samples

if TYPE_CHECKING:
    from tests.contracts.engines import World

UNTIL = samples.AT + timedelta(minutes=1)


def test_a_number_begins_at_0_and_grows(world: World) -> None:
    assert [world.counters.add("one", amount, UNTIL) for amount in (5, 7, 1)] == [5, 12, 13]


def test_names_do_not_touch_each_other(world: World) -> None:
    world.counters.add("one", 5, UNTIL)
    assert world.counters.add("other", 7, UNTIL) == 7


def test_of_many_who_add_at_once_each_sees_a_total_of_their_own(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        totals = list(pool.map(lambda _: world.counters.add("one", 1, UNTIL), range(40)))
    assert sorted(totals) == list(range(1, 41))
