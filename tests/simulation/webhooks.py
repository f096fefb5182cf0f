"""The webhooks of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids
from chalicelib.domain.delivery import signing
from chalicelib.domain.webhooks.authentication import OAuth2Authentication
from chalicelib.domain.webhooks.webhook import ActionType, Webhook
from tests.simulation.receivers import TOKEN_URL, Temper
from tests.simulation.world import OWNERS, PEOPLE

if TYPE_CHECKING:
    from tests.simulation.chaos import Chaos

_CLIENT: Final = OAuth2Authentication(TOKEN_URL, "client", "s3cret")


def made(chaos: Chaos) -> list[Webhook]:
    """Some webhooks, with receivers of any kind."""
    made = []
    rng, now = chaos.plans, chaos.clock.now()
    for number in range(rng.randint(3, 9)):
        mood = rng.choice([*(each for each in Temper if each is not Temper.LOGIN), Temper.SLOW])
        owner = PEOPLE[rng.choice(OWNERS)]
        webhook = Webhook(
            id=ids.WEBHOOK + ids.sortable(now, rng.randbytes(10)),
            owner_id=owner.user_id,
            url=f"https://{mood}.test/{number}",
            name=f"{mood} {number}",
            notification_types=rng.choice([("ALL_NOTIFICATIONS",), ("modelDeleted", "modelCreated")]),
            is_global=owner.is_admin and rng.random() < 0.75,
            action_type=rng.choice([None, ActionType.TRIGGERED, ActionType.RECEIVED]),
            groups=owner.groups,
            created_at=now,
            updated_at=now,
            secrets=(signing.new_secret(rng.randbytes(32)),),
            rate_limit_per_s=rng.choice([1.0, 0.2]) if mood is Temper.LIMITED else None,
            authentication=_CLIENT if rng.random() < 0.3 else None,
            filter_expression="notificationType" if number % 2 else None,
        )
        made.append(webhook)
    return made
