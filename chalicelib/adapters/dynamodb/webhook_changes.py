"""An owner's change of a webhook, written under the condition that nobody has changed it since it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.adapters.dynamodb import webhook_item, webhook_secrets
from chalicelib.adapters.dynamodb.table import Condition
from chalicelib.adapters.dynamodb.webhook_secrets import PLAIN
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.adapters.dynamodb.values import Value
    from chalicelib.adapters.dynamodb.webhook_secrets import SecretBox
    from chalicelib.domain.webhook import Webhook

_IS_SEALED: Final = " AND attribute_exists(#sealed)"
_IS_PLAIN: Final = " AND attribute_not_exists(#sealed)"
_INTO_THE_WHOLE: Final = " REMOVE #disabled"
"""Why the service had disabled it is part of what is written, or is over."""


def is_made(table: Table, old: Webhook, new: Webhook, box: SecretBox) -> bool:
    """Write all but the health; return whether `old` was still there.

    Encrypted secrets that stay the same are left as they are, so functions that are not to see secrets do not lose them.
    """
    if box is PLAIN:
        return _is_written(table, old, new, webhook_item.changeable(new))
    if not webhook_secrets.are_same(old, new):
        return _is_written(table, old, new, webhook_item.changeable(new, box), "" if box.may_seal else _IS_PLAIN)
    if _is_written(table, old, new, webhook_item.public(new), _IS_SEALED):
        return True
    return _is_written(table, old, new, _sealed_if_possible(new, box), _IS_PLAIN)


def is_disabled(table: Table, old: Webhook, new: Webhook) -> bool:
    """Write that the service calls it no more; return whether `old` was still there.

    The functions that deliver do this, and their roles may change no attribute but those that are named here, and the health
    and the slots (`dynamodb:Attributes` in `infra/template/policies.json`): not the URL, not the owner.
    """
    changes = webhook_item.disablement(new)
    assigned = ", ".join(f"#{name} = :{name}" for name in changes)
    is_as_read = Condition("#version = :old", {":old": old.version})
    given = {f":{name}": value for name, value in changes.items()}
    return table.is_updated(webhook_item.key(old.id), f"SET {assigned}", given, is_as_read)


def _sealed_if_possible(new: Webhook, box: SecretBox) -> dict[str, Value | None]:
    """A webhook that was written before there was a key. Its secrets stay in plain where this process may not encrypt."""
    try:
        return webhook_item.changeable(new, box)
    except Unavailable:
        return webhook_item.changeable(new)


def _is_written(
    table: Table, old: Webhook, new: Webhook, attributes: Mapping[str, Value | None], condition: str = ""
) -> bool:
    is_as_read = Condition(f"#version = :old{condition}", {":old": old.version})
    values = {f":{key}": value for key, value in attributes.items() if value is not None}
    changes = [f"#{key[1:]} = {key}" for key in values]
    health = {} if new.health == old.health else {":health": webhook_item.health(new.health)}
    changes += ["#health = :health"] if health else []
    whole = f"SET {', '.join(changes)}{_INTO_THE_WHOLE if old.disabled_reason is not None else ''}"
    return table.is_updated(webhook_item.key(old.id), whole, {**values, **health}, is_as_read)
