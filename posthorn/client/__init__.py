"""A typed Python client of the API.

::

    from posthorn.client import Client

    with Client("https://…", "a key") as client:
        for record in client.history.list(outcome="failed"):
            client.history.retry(record["id"])

`client` has one attribute for each noun of the API, each in the module of that name; `users` and `keys` are in `directory`.
`transport` makes the HTTP requests: it authenticates, retries and follows pages. `responses` turns a response into a value
or into one of the exceptions of `errors`. Requests and results are dictionaries, whose types are in `posthorn.schemas`.
"""

from posthorn.client.client import Client
from posthorn.client.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    ClientError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    PosthornError,
    RateLimitError,
    ServerError,
    UnexpectedResponseError,
    WaitTimeoutError,
)
from posthorn.client.raw_json import RawJson

__all__ = [
    "ApiConnectionError",
    "ApiError",
    "AuthenticationError",
    "Client",
    "ClientError",
    "ConflictError",
    "NotFoundError",
    "PermissionDeniedError",
    "PosthornError",
    "RateLimitError",
    "RawJson",
    "ServerError",
    "UnexpectedResponseError",
    "WaitTimeoutError",
]
