"""A typed client of the service's API.

::

    from posthorn.client import Client

    with Client("https://…", "a key") as client:
        for record in client.history.list(outcome="failed"):
            client.history.retry(record["id"])
"""

from posthorn.client.client import Client
from posthorn.client.errors import (
    Conflict,
    ErrorAnswer,
    Forbidden,
    NotFound,
    NotSignedIn,
    NotThereYet,
    PosthornClientError,
    RateLimited,
    Refused,
    Unavailable,
    UnexpectedAnswer,
    Unreachable,
)
from posthorn.client.raw_json import RawJson

__all__ = [
    "Client",
    "Conflict",
    "ErrorAnswer",
    "Forbidden",
    "NotFound",
    "NotSignedIn",
    "NotThereYet",
    "PosthornClientError",
    "RateLimited",
    "RawJson",
    "Refused",
    "Unavailable",
    "UnexpectedAnswer",
    "Unreachable",
]
