"""The client: one attribute for each noun of the API, all on one transport."""

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

    from posthorn.schemas import Health, Me, Queue


class Client:
    """A client of one service with one API key. The nouns of the API are its attributes.

    A method that returns an iterator requests the next page when the items of the previous page have been taken.

    Args:
        url: of the service, with the stage or the base path if it has one.
        key: the API key; `repr` does not show it.
        timeout_s: seconds to wait for a connection, and then for each part of a response.
        transport: replaces `url`, `key` and `timeout_s`; for tests.

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
        """The URL of the service."""
        return self._transport.url

    def me(self) -> Me:
        """The user whose key this is, and the key's rights."""
        me: Me = self._transport.call("GET", "/me")
        return me

    def queues(self) -> list[Queue]:
        """The number of messages on each queue and on its dead-letter queue. Admins only."""
        queues: list[Queue] = self._transport.call("GET", "/queues")
        return queues

    def health(self) -> Health:
        """Whether the service responds. It does not check the key."""
        health: Health = self._transport.call("GET", "/health")
        return health

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __repr__(self) -> str:
        """The URL without the key."""
        return f"Client({self.url!r})"

    def __enter__(self) -> Self:
        """Open nothing: the first request opens a connection."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connections."""
        self.close()
