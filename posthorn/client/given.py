"""What the service is given; the names are the wire's, for the reason in `posthorn.client.shown`."""

from typing import Any, Literal, NotRequired, TypedDict

from posthorn.client.raw_json import RawJson
from posthorn.client.shown import ActionType, BodyFormat, Right, Role

Kept = Literal[True]
"""Where a secret is expected: the one that is there stays."""


ClientAuthentication = Literal["basic", "basicRaw", "body"]
"""How the client of `oauth2` shows its token server who it is: in the header, in the header as it is, or in the body."""


class AuthenticationInput(TypedDict):
    """How requests authenticate; each `type` takes its own members."""

    type: Literal["basic", "bearer", "oauth2"]
    username: NotRequired[str]
    password: NotRequired[str | Kept]
    token: NotRequired[str | Kept]
    tokenUrl: NotRequired[str]
    clientId: NotRequired[str]
    clientSecret: NotRequired[str | Kept]
    scope: NotRequired[str | None]
    clientAuthentication: NotRequired[ClientAuthentication]


class _Settings(TypedDict, total=False):
    """What can be said of a webhook when it is made, and changed later; null stands for the service's own."""

    actionType: ActionType | None
    timeoutSeconds: float | None
    retrySchedule: list[int] | None
    rateLimitPerSecond: float | None
    retentionDays: int | None
    headers: dict[str, str | Kept] | None
    authentication: AuthenticationInput | None
    filter: str | None
    transform: str | None


_Global = TypedDict("_Global", {"global": NotRequired[bool]})  # a keyword of Python: no class can declare it


class WebhookInput(_Settings, _Global):
    """A webhook to be made."""

    url: str
    name: str
    notificationType: list[str]
    format: NotRequired[BodyFormat]
    asymmetricSignature: NotRequired[bool]


class WebhookPatch(_Settings, total=False):
    """What is to change; what is not in it stays."""

    url: str
    name: str
    notificationType: list[str]
    enabled: bool
    format: BodyFormat | None


class UserInput(TypedDict, total=False):
    """A user to be made, who needs a name, or what is to change of one; what is not in it stays."""

    name: str
    role: Role
    groups: list[int | str]
    enabled: bool


class KeyInput(TypedDict):
    """A key to be made."""

    name: str
    rights: NotRequired[list[Right]]
    expiresAt: NotRequired[str | None]


class ActionInput(TypedDict, total=False):
    """A notification type of one's own."""

    description: str | None
    template: str | None
    schema: dict[str, Any] | None


Notification = dict[str, Any] | RawJson
"""`notificationType` and whatever else belongs to it; keys that the service does not know travel on to the receiver.

As a `RawJson` it is sent as it was written.
"""
