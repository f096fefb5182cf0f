"""A user is changed, suspended, deleted and created again while requests create, change and delete webhooks with their key.

The key is cached: each request has the rights of the beginning, whatever the directory says by then.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from chalicelib.background.tasks import FollowOwner, Task
from chalicelib.composition import process
from chalicelib.composition.api import services
from chalicelib.directory.owners import in_step
from chalicelib.domain.directory.users import Caller, Role, User
from chalicelib.webhooks.edits import WebhookEdit
from chalicelib.webhooks.service import WebhookDraft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.simulation.chaos import Chaos
    from tests.simulation.world import World

USER_ID: Final = "4"
CALLER: Final = Caller(USER_ID, Role.ADMIN, ("7",), incarnation="first")
_REQUESTS: Final = 6
_WITHIN_S: Final = 3.0
_DRAFT: Final = WebhookDraft(
    {"url": "https://well.test/turnover", "name": "mine", "notification_types": ("ALL_NOTIFICATIONS",)}
)


def plan(chaos: Chaos, run: Callable[[str, Callable[[], object]], None]) -> Iterator[tuple[float, str, Callable[[], None]]]:
    """What happens to the user and with their key, each at its second."""
    rng = chaos.plans
    begins_s = rng.random() * 300
    for number in range(_REQUESTS):
        drafts = [WebhookDraft({**_DRAFT.values, "is_global": rng.random() < 0.5}) for _ in range(2)]
        at = begins_s + rng.random() * _WITHIN_S
        yield at, f"User {USER_ID} makes webhooks", _running(run, f"make {number}", _make, drafts)
    for _ in range(rng.randint(0, 3)):
        at = begins_s + rng.random() * 2 * _WITHIN_S
        yield at, f"User {USER_ID} pauses or resumes one", _running(run, "pause or resume", _switch, rng.random())
    for _ in range(rng.randint(0, 2)):
        at = begins_s + rng.random() * 2 * _WITHIN_S
        yield at, f"User {USER_ID} removes one", _running(run, "remove", _remove, rng.random())
    for number in range(rng.randint(1, 4)):
        change = rng.choice([_delete, _demote, _promote, _suspend, _enable, _regroup, _make_again])
        at = begins_s + rng.random() * 2 * _WITHIN_S
        yield at, f"User {USER_ID} is changed: {change.__name__}", _running(run, f"change {number}", change)


def check(world: World) -> None:
    """Raise `AssertionError` if a webhook is left that its owner may not have, or if the count is wrong."""
    assert not world.observed.not_allowed, (
        f"webhooks were written for one who may not have them: {world.observed.not_allowed}"
    )
    user, now = world.directory.user(USER_ID), datetime.max.replace(tzinfo=UTC)
    owned = world.store.page(USER_ID, None, 1_000)
    for webhook in owned:
        assert user is not None, f"user {USER_ID} is gone, and {webhook.id} is there"
        made_for = world.observed.made_for[webhook.id]
        assert made_for == user.incarnation, f"{webhook.id} was made for {made_for}, and {user.incarnation} has it"
        assert in_step(webhook, user, now) == webhook, f"{webhook.id} contradicts the directory"
    most = world.environment().settings.webhooks_per_user_max
    assert len(owned) <= most, f"user {USER_ID} owns {len(owned)} webhooks, and may own {most}"
    kept, _ = world.store.counts.get(USER_ID, (len(owned), now))
    assert kept == len(owned), f"user {USER_ID} owns {len(owned)} webhooks, and {kept} are counted"


def _running(
    run: Callable[[str, Callable[[], object]], None], name: str, work: Callable[..., object], *given: object
) -> Callable[[], None]:
    return lambda: run(name, lambda: work(*given))


def _make(drafts: list[WebhookDraft]) -> None:
    process.current().made(services).webhooks.create(CALLER, drafts)


def _switch(part: float) -> None:
    """Pause or resume one of the webhooks."""
    here = process.current()
    owned = here.adapters.webhooks.page(USER_ID, None, 100)
    if owned:
        here.made(services).editor.edit(
            CALLER, owned[int(part * len(owned))].id, WebhookEdit({"is_enabled": part < 0.5}), None
        )


def _remove(part: float) -> None:
    here = process.current()
    owned = here.adapters.webhooks.page(USER_ID, None, 100)
    if owned:
        here.made(services).webhooks.delete(CALLER, owned[int(part * len(owned))].id)


def _delete() -> None:
    here = process.current()
    now = here.adapters.clock.now()
    here.adapters.directory.delete_user(USER_ID, now, "admin")
    here.adapters.background.send([Task(FollowOwner(USER_ID, now))])


def _make_again() -> None:
    """Create a user with the same id, who is not the same user."""
    _delete()
    here = process.current()
    now = here.adapters.clock.now()
    incarnation = here.adapters.entropy.take(8).hex()
    user = User(id=USER_ID, name="new", role=Role.ADMIN, groups=(), created_at=now, updated_at=now, incarnation=incarnation)
    _put(user)


def _demote() -> None:
    _change(role=Role.USER)


def _promote() -> None:
    _change(role=Role.ADMIN)


def _suspend() -> None:
    _change(is_enabled=False)


def _enable() -> None:
    _change(is_enabled=True)


def _regroup() -> None:
    _change(groups=("8",))


def _change(**changes: object) -> None:
    here = process.current()
    user = here.adapters.directory.user(USER_ID)
    if user is not None:
        now = here.adapters.clock.now()
        _put(replace(user, updated_at=now, version=user.version + 1, **changes))  # type: ignore[arg-type] # members of it


def _put(user: User) -> None:
    """As the service does: the user with a note, then the message. If the process dies in between, the sweep resumes."""
    here = process.current()
    here.adapters.directory.put_user(user)
    here.adapters.background.send([Task(FollowOwner(user.id, user.updated_at))])
