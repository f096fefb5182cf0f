"""HTTP as the service wants it: the key, time limits, further tries, pages, and answers made into values or errors.

A GET is tried again where no answer came, or where the service says that it cannot for now. Anything else is tried again
only where there was no connection: then nothing has left. What was refused for the rate limit is tried again too, if the
next minute is near. So nothing is ever sent twice that may have been taken.
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
from posthorn.client import answers, errors, raw_json
from posthorn.client.addresses import checked_key, checked_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TIMEOUT_S: Final = 30.0
"""API Gateway ends a request after 29 s."""
TRIES_MAX: Final = 4
FIRST_WAIT_S: Final = 0.5
"""Doubled with each further try."""
WAIT_MAX_S: Final = 10.0
"""A service that wants to be left alone for longer is told of at once."""

Query = dict[str, str | int | bool | None]


class Transport:
    """One service and one key; connections are kept open between requests.

    Args:
        url: of the service, with the stage or the base path where it has one.
        key: of the API.
        timeout_s: seconds for a connection, and then for each pause of the answer.
        tries_max: how often a request is made at the most.
        sleep: what waits between tries.

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
    ) -> Any:  # noqa: ANN401 - any JSON; the resources say which
        """What the service answers; `None` where that is nothing."""
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
    ) -> Any:  # noqa: ANN401 - any JSON; the resources say which
        """The same, with a body of JSON that stays as it was written."""
        return answers.value(self._answer(method, self.url + path, _query(query), text, headers))

    def pages(self, path: str, query: Query | None = None) -> Iterator[Any]:
        """The elements of a list, one page after the other, each asked for when the one before it has been taken."""
        url, parameters = self.url + path, _query(query)
        while True:
            answer = self._answer("GET", url, parameters, None, None)
            yield from answers.value(answer)
            following = answer.links.get("next", {}).get("url")
            if following is None:
                return
            url, parameters = self._here(following), {}

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _here(self, link: str) -> str:
        """A link of the service's on the address that the caller gave: a key never goes where a header says."""
        base, there = urlsplit(self.url), urlsplit(link)
        return f"{base.scheme}://{base.netloc}{there.path}?{there.query}"

    def _answer(
        self, method: str, url: str, query: dict[str, str], text: str | None, headers: Mapping[str, str] | None
    ) -> requests.Response:
        """An answer that is no error, of the first try or of a further one."""
        for number in itertools.count(1):
            is_last = number >= self._tries_max
            try:
                answer = self._ask(method, url, query, text, headers)
            except requests.RequestException as error:
                if is_last or not (method == "GET" or _never_left(error)):
                    raise self._unreachable(error) from error
                asked_s = 0.0
            else:
                asked_s = answers.retry_after_s(answer)
                is_undone = answers.is_rate_limited(answer) or (method == "GET" and answer.status_code in answers.BUSY)
                if is_last or not is_undone or asked_s > WAIT_MAX_S:
                    return answers.checked(answer)
            self._sleep(max(asked_s, FIRST_WAIT_S * 2 ** (number - 1)))
        raise AssertionError  # the count has no end

    def _ask(
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

    def _unreachable(self, error: requests.RequestException) -> errors.Unreachable:
        if isinstance(error, requests.exceptions.SSLError):
            return errors.Unreachable(f"{self.url} shows no certificate that can be trusted.")
        if isinstance(error, requests.Timeout):
            return errors.Unreachable(f"{self.url} did not answer within {self._timeout_s:g} s.")
        return errors.Unreachable(f"{self.url} cannot be reached. Is the address right, and the service up?")


class _Key(AuthBase):
    """The key as a header; as one of `requests`' own ways it is not replaced by what a ``.netrc`` says."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put it in."""
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _query(given: Query | None) -> dict[str, str]:
    """The parameters that were given."""
    return {name: _parameter(value) for name, value in (given or {}).items() if value is not None}


def _parameter(value: str | bool | int) -> str:  # noqa: FBT001 - one of the kinds of value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _never_left(error: requests.RequestException) -> bool:
    """Whether there was no connection, so that no byte of the request can have arrived."""
    reason = error.args[0] if error.args else None
    return isinstance(error, requests.exceptions.ConnectTimeout) or (
        isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
    )
