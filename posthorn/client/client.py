"""The client: the nouns of the API, over one transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from posthorn.client.actions import Actions
from posthorn.client.audit import Audit
from posthorn.client.directory import Keys, Users
from posthorn.client.history import History
from posthorn.client.notifications import Notifications
from posthorn.client.transport import TIMEOUT_S, Transport
from posthorn.client.webhooks import Webhooks

if TYPE_CHECKING:
    from types import TracebackType

    from posthorn.client.shown import Health, Me, Queue


class Client:
    """One service, spoken to with one key; the nouns of its API are its attributes.

    Args:
        url: of the service, with the stage or the base path where it has one.
        key: of the API; `repr` never shows it.
        timeout_s: seconds for a connection, and then for each pause of an answer.
        transport: what to speak through instead, for tests.

    """

    def __init__(
        self, url: str = "", key: str = "", timeout_s: float = TIMEOUT_S, *, transport: Transport | None = None
    ) -> None:
        self._transport = transport or Transport(url, key, timeout_s)
        self.webhooks = Webhooks(self._transport)
        self.history = History(self._transport)
        self.notifications = Notifications(self._transport)
        self.actions = Actions(self._transport)
        self.users = Users(self._transport)
        self.keys = Keys(self._transport)
        self.audit = Audit(self._transport)

    @property
    def url(self) -> str:
        """Where the service is."""
        return self._transport.url

    def me(self) -> Me:
        """Whose key this is."""
        me: Me = self._transport.call("GET", "/me")
        return me

    def queues(self) -> list[Queue]:
        """What waits on the service's queues, and what was given up; for admins."""
        queues: list[Queue] = self._transport.call("GET", "/queues")
        return queues

    def health(self) -> Health:
        """Whether the service answers at all; the key is not looked at."""
        health: Health = self._transport.call("GET", "/health")
        return health

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __repr__(self) -> str:
        """Where it leads, without the key."""
        return f"Client({self.url!r})"

    def __enter__(self) -> Self:
        """Nothing is opened before the first request."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connections."""
        self.close()
