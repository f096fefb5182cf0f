"""HTTP requests: authentication, timeouts, retries with exponential backoff, and pagination.

A GET is retried if there was no response, or a response that says that the service is temporarily unavailable. Any other
request is retried only if no connection could be opened, so that nothing was sent. Any request that exceeded the rate limit
is retried if the next minute begins soon. So a request that may have had an effect is never sent twice.
"""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import MaxRetryError, NewConnectionError

from posthorn import __version__
from posthorn.client import errors, raw_json, responses
from posthorn.client.validation import checked_key, checked_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

TIMEOUT_S: Final = 30.0
"""API Gateway ends a request after 29 s."""
TRIES_MAX: Final = 4
BACKOFF_FIRST_S: Final = 0.5
"""The wait before the first retry. It doubles with each retry."""
BACKOFF_MAX_S: Final = 10.0
"""If the service asks for a longer wait, its error is raised at once."""

Query = dict[str, "str | int | bool | Sequence[str] | None"]


class Transport:
    """HTTP requests to one service with one key. Connections stay open between requests.

    Args:
        url: of the service, with the stage or the base path if it has one.
        key: the API key.
        timeout_s: seconds to wait for a connection, and then for each part of a response.
        tries_max: how often a request is made, including retries.
        sleep: waits before a retry; tests replace it.

    """

    def __init__(
        self,
        url: str,
        key: str,
        timeout_s: float = TIMEOUT_S,
        *,
        tries_max: int = TRIES_MAX,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = checked_url(url)
        self._timeout_s = timeout_s
        self._tries_max = tries_max
        self._sleep = sleep
        self._session = requests.Session()
        self._session.auth = _Key(checked_key(key))
        self._session.headers.update({"User-Agent": f"posthorn-client/{__version__}", "Accept": "application/json"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=0))

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - any JSON; the callers know its type
        """Make a request with a JSON body, and return the JSON of the response; `None` if it has no body."""
        text = None if body is None else raw_json.dumps(body)
        return self.call_with_text(method, path, text, query=query, headers=headers)

    def call_with_text(
        self,
        method: str,
        path: str,
        text: str | None,
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - any JSON; the callers know its type
        """Make a request whose body is JSON text that is sent unchanged."""
        return responses.json_of(self._response(method, self.url + path, _query(query), text, headers))

    def pages(self, path: str, query: Query | None = None) -> Iterator[Any]:
        """The items of a list. The next page is requested when the items of the previous page have been taken."""
        url, parameters = self.url + path, _query(query)
        while True:
            response = self._response("GET", url, parameters, None, None)
            yield from responses.json_of(response)
            next_page = response.links.get("next", {}).get("url")
            if next_page is None:
                return
            url, parameters = self._on_own_host(next_page), {}

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _on_own_host(self, link: str) -> str:
        """A link's path and query on the caller's own host: a header must not direct the key to another host."""
        base, target = urlsplit(self.url), urlsplit(link)
        return f"{base.scheme}://{base.netloc}{target.path}?{target.query}"

    def _response(
        self, method: str, url: str, query: dict[str, str], text: str | None, headers: Mapping[str, str] | None
    ) -> requests.Response:
        """A successful response, after retries if necessary."""
        for number in itertools.count(1):
            is_last = number >= self._tries_max
            try:
                response = self._request(method, url, query, text, headers)
            except requests.RequestException as error:
                if is_last or not (method == "GET" or _was_not_sent(error)):
                    raise self._unreachable(error) from error
                retry_after_s = 0.0
            else:
                retry_after_s = responses.retry_after_s(response)
                is_unavailable = method == "GET" and response.status_code in responses.TEMPORARY
                can_retry = is_unavailable or responses.is_rate_limited(response)
                if is_last or not can_retry or retry_after_s > BACKOFF_MAX_S:
                    return responses.checked(response)
            self._sleep(max(retry_after_s, BACKOFF_FIRST_S * 2 ** (number - 1)))
        raise AssertionError  # the loop does not end by itself

    def _request(
        self, method: str, url: str, query: dict[str, str], text: str | None, headers: Mapping[str, str] | None
    ) -> requests.Response:
        content = {"Content-Type": "application/json"} if text is not None else {}
        return self._session.request(
            method,
            url,
            params=query,
            data=None if text is None else text.encode("utf-8", "surrogatepass"),
            headers={**content, **(headers or {})},
            timeout=self._timeout_s,
            allow_redirects=False,
        )

    def _unreachable(self, error: requests.RequestException) -> errors.ApiConnectionError:
        if isinstance(error, requests.exceptions.SSLError):
            return errors.ApiConnectionError(f"{self.url} has no certificate that this machine trusts.")
        if isinstance(error, requests.Timeout):
            return errors.ApiConnectionError(f"{self.url} did not respond within {self._timeout_s:g} s.")
        return errors.ApiConnectionError(f"{self.url} cannot be reached. Check the URL, and whether the service is running.")


class _Key(AuthBase):
    """Sends the key in a header. `requests` would replace a header that is set in any other way with one from ``.netrc``."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _query(query: Query | None) -> dict[str, str]:
    """The parameters that are not `None`, as strings."""
    return {name: _parameter(value) for name, value in (query or {}).items() if value is not None}


def _parameter(value: str | bool | int | Sequence[str]) -> str:  # noqa: FBT001 - a value, not a flag
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else ",".join(value)


def _was_not_sent(error: requests.RequestException) -> bool:
    """Whether no connection could be opened, so that no part of the request was sent."""
    reason = error.args[0] if error.args else None
    return isinstance(error, requests.exceptions.ConnectTimeout) or (
        isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
    )
