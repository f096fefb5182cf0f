"""The users of the attack, and the other user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from benchmarks.engine.running import Running

HOSTILE: Final = 666
HANGING: Final = 667
OTHER: Final = 3


def key_of(service: Running, user_id: int) -> str:
    """Create a user with the role USER. Return a key of theirs."""
    service.call("PUT", f"/users/{user_id}", {"name": f"User {user_id}"})
    key: str = service.call("POST", f"/users/{user_id}/keys", {"name": "attack"})["key"]
    return key
