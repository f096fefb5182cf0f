from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from testbed import samples

if TYPE_CHECKING:
    from tests.contracts.engines import World

FIRST = samples.AT


def take(world: World, holder: str, after_s: float = 0, name: str = "one") -> str:
    now = FIRST + timedelta(seconds=after_s)
    return world.locks.take(name, holder, now=now, until=now + timedelta(seconds=60))


def test_the_first_has_it_and_all_others_learn_who_that_is(world: World) -> None:
    assert [take(world, each) for each in "abca"] == ["a", "a", "a", "a"]


def test_of_many_at_once_one_has_it(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        holders = set(pool.map(lambda number: take(world, f"h{number}"), range(24)))
    assert len(holders) == 1


def test_one_whose_time_is_over_is_taken_over(world: World) -> None:
    take(world, "a")
    assert take(world, "b", 59) == "a"
    assert take(world, "b", 60) == "b"
    assert take(world, "a", 61) == "b"


def test_one_that_was_given_back_is_free(world: World) -> None:
    take(world, "a")
    world.locks.release("one", "a")
    assert take(world, "b") == "b"


def test_nobody_gives_back_what_another_has(world: World) -> None:
    take(world, "a")
    world.locks.release("one", "b")
    world.locks.release("none", "b")
    assert take(world, "c") == "a"


def test_names_do_not_touch_each_other(world: World) -> None:
    take(world, "a")
    assert take(world, "b", name="other") == "b"
