"""Two requests at the same time in the directory: one gets in just before the other writes, or all of them go at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TYPE_CHECKING, Final

import pytest

from chalicelib.adapters.dynamodb import directory_item
from chalicelib.directory.ports import KeyKept
from chalicelib.domain.directory.users import Caller, Role
from testbed import samples
from tests.contracts.engines import aws_world
from tests.contracts.test_races import before_first

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.directory.ports import Directory
    from chalicelib.domain.directory.users import User
    from testbed.engines.provisioning import Clients

ANN, BOB = (Caller(each, Role.ADMIN, incarnation=f"of {each}") for each in ("ann", "bob"))
TRANSACTION: Final = "TransactWriteItems"


def two_admins(directory: Directory) -> tuple[User, User]:
    ann, bob = (samples.user(each.user_id, role=Role.ADMIN, incarnation=each.incarnation, groups=()) for each in (ANN, BOB))
    assert directory.put_user(ann)
    assert directory.put_user(bob)
    return ann, bob


def removal(directory: Directory, way: str, user: User, by: Caller) -> Callable[[], bool]:
    """A way in which an admin stops another one from being one."""
    ways = {
        "delete": lambda: directory.delete_user(user.id, samples.AT, by.user_id, by),
        "demote": lambda: directory.put_user(replace(user, role=Role.USER, version=2), by),
        "suspend": lambda: directory.put_user(replace(user, is_enabled=False, version=2), by),
    }
    return ways[way]


def admins(directory: Directory) -> list[str]:
    return [user.id for user in directory.users(None, 10) if user.role is Role.ADMIN and user.is_enabled]


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each gives, where all of them begin at the same time."""
    barrier = Barrier(len(acts))

    def begin(act: Callable[[], object]) -> object:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


@pytest.mark.parametrize("second", ["delete", "demote", "suspend"])
@pytest.mark.parametrize("first", ["delete", "demote", "suspend"])
def test_of_two_admins_who_remove_each_other_one_is_left(clients: Clients, first: str, second: str) -> None:
    """Ann has checked all that she can check by reading when Bob's transaction gets in before hers."""
    directory = aws_world(clients).directory
    ann, bob = two_admins(directory)
    happened = before_first(clients.dynamodb, TRANSACTION, removal(directory, second, ann, BOB))
    assert not removal(directory, first, bob, ANN)()
    assert happened == [True]
    assert admins(directory) == ["bob"]


def test_of_two_admins_who_remove_each_other_at_once_one_is_left(clients: Clients) -> None:
    directory = aws_world(clients).directory
    for _ in range(5):
        ann, bob = two_admins(directory)
        done = at_once(removal(directory, "delete", bob, ANN), removal(directory, "delete", ann, BOB))
        assert sorted(map(bool, done)) == [False, True]
        [left] = admins(directory)
        directory.delete_user(left, samples.AT, "posthorn")


def test_six_requests_at_once_make_no_more_keys_than_there_may_be(clients: Clients) -> None:
    directory = aws_world(clients).directory
    ann, _ = two_admins(directory)
    keys = [samples.api_key(ann.id, incarnation=ann.incarnation) for _ in range(24)]
    for some in (keys[start : start + 6] for start in range(0, 24, 6)):
        at_once(*(lambda key=key: directory.put_key(key, 10, BOB) for key in some))
    assert len(directory.keys_of(ann.id)) == 10


def test_six_requests_at_once_remove_and_make_keys_and_the_count_stays_right(clients: Clients) -> None:
    directory = aws_world(clients).directory
    ann, _ = two_admins(directory)
    old, new = ([samples.api_key(ann.id, incarnation=ann.incarnation) for _ in range(3)] for _ in range(2))
    for key in old:
        directory.put_key(key, 3)
    acts = [lambda key=key: directory.delete_key(key, BOB) for key in old]
    at_once(*acts, *(lambda key=key: directory.put_key(key, 3, BOB) for key in new))
    kept = len(directory.keys_of(ann.id))
    made = [directory.put_key(samples.api_key(ann.id, incarnation=ann.incarnation), 3) for _ in range(4)]
    assert made.count(KeyKept.KEPT) == 3 - kept


def test_a_key_that_is_made_while_its_user_is_deleted_does_not_survive(clients: Clients) -> None:
    directory = aws_world(clients).directory
    directory.put_user(samples.user())
    key = samples.api_key()
    happened = before_first(clients.dynamodb, TRANSACTION, lambda: directory.delete_user("u1", samples.AT, "admin"))
    assert directory.put_key(key, samples.KEYS_MAX) is KeyKept.CHANGED
    assert happened == [True]
    assert directory.key(key.id) is None
    assert directory.keys_of("u1") == []


@pytest.mark.parametrize("operation", [TRANSACTION, "Query", "BatchGetItem", "BatchWriteItem"])
def test_wherever_a_deletion_is_a_key_made_meanwhile_does_not_survive(clients: Clients, operation: str) -> None:
    directory = aws_world(clients).directory
    directory.put_user(samples.user())
    directory.put_key(samples.api_key(), samples.KEYS_MAX)
    happened = before_first(clients.dynamodb, operation, lambda: directory.put_key(samples.api_key(), samples.KEYS_MAX))
    directory.delete_user("u1", samples.AT, "admin")
    assert len(happened) == 1
    assert directory.keys_of("u1") == []


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem", "BatchWriteItem"])
def test_a_deletion_leaves_the_keys_of_a_user_who_was_made_again_meanwhile(clients: Clients, operation: str) -> None:
    directory = aws_world(clients).directory
    directory.put_user(samples.user())
    directory.put_key(samples.api_key(), samples.KEYS_MAX)
    second = samples.api_key(incarnation="second")

    def make_again() -> KeyKept:
        directory.put_user(samples.user(incarnation="second"))
        return directory.put_key(second, samples.KEYS_MAX)

    happened = before_first(clients.dynamodb, operation, make_again)
    directory.delete_user("u1", samples.AT, "admin")
    assert happened == [KeyKept.KEPT]
    assert directory.keys_of("u1") == [second]


def test_the_keys_of_one_who_came_and_went_while_another_was_made_do_not_survive(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that deleted the first one died before it had removed the key."""
    directory, dying = aws_world(clients).directory, aws_world(clients).directory
    monkeypatch.setattr(dying, "settle_keys", lambda _: None)
    old = samples.api_key(incarnation="first")

    def come_and_go() -> KeyKept:
        dying.put_user(samples.user(incarnation="first"))
        kept = dying.put_key(old, samples.KEYS_MAX)
        dying.delete_user("u1", samples.AT, "admin")
        return kept

    happened = before_first(clients.dynamodb, TRANSACTION, come_and_go)
    assert directory.put_user(samples.user(incarnation="second"))
    assert happened == [KeyKept.KEPT]
    assert directory.key(old.id) is None


def test_what_an_earlier_change_carries_over_late_does_not_undo_a_later_one(clients: Clients) -> None:
    """Ann demotes a user, and Bob makes the user an admin again before her process writes the keys."""
    directory = aws_world(clients).directory
    directory.put_user(samples.user(role=Role.ADMIN))
    key = samples.api_key(role=Role.ADMIN)
    directory.put_key(key, samples.KEYS_MAX)
    later = samples.user(role=Role.ADMIN, version=3)
    happened = before_first(clients.dynamodb, "UpdateItem", lambda: directory.put_user(later))
    directory.put_user(samples.user(role=Role.USER, version=2))
    assert happened == [True]
    assert directory.key(key.id) == replace(key, user_version=3)


def test_users_and_keys_from_before_there_were_counts_are_counted_when_that_first_matters(clients: Clients) -> None:
    """The items as an earlier version has written them."""
    directory = aws_world(clients).directory
    directory.put_user(samples.user())
    old = [samples.api_key(user_version=0) for _ in range(2)]
    table = clients.places["DIRECTORY_TABLE"]
    later = {"incarnation", "is_enabled", "version", "joined_at", "key_count", "user_version", "valid_until"}
    items = [directory_item.encode_user(samples.user())]
    items += [each for key in old for each in (directory_item.encode_key(key), directory_item.pointer_key(key))]
    for item in items:
        clients.dynamodb.put_item(TableName=table, Item={name: each for name, each in item.items() if name not in later})
    assert directory.put_key(samples.api_key(), 2) is KeyKept.FULL
    assert directory.delete_key(old[0])
    assert directory.put_key(samples.api_key(), 2) is KeyKept.KEPT
    assert directory.put_key(samples.api_key(), 2) is KeyKept.FULL


@pytest.mark.parametrize("kept", [(), ("notify",)])
def test_a_key_from_before_there_was_a_right_to_everything_may_do_what_it_could(
    clients: Clients, kept: tuple[str, ...]
) -> None:
    directory = aws_world(clients).directory
    key = samples.api_key()
    rights = {"L": [{"S": each} for each in kept]}
    item = directory_item.encode_key(key) | {"rights": rights}
    clients.dynamodb.put_item(TableName=clients.places["DIRECTORY_TABLE"], Item=item)
    found = directory.key(key.id)
    assert found is not None
    assert sorted(found.rights) == ["all", *(["send"] if kept else [])]
