"""The faults of AWS that microburst, a proxy in front of an emulator, makes."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, Final

from testbed.engines.processes import listening, running
from testbed.patience import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST: Final = "127.0.0.1"
_ANY_OTHER: Final = {"latency": 0}
"""A rule without a fault, for the first requests."""


def _error(code: str, status: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - members of an answer
    return {"error": {"code": code, "status": status, "fields": fields}}


LOST: Final = {"response": {"abort_bytes": 0}}
ONCE: Final[dict[str, dict[str, Any]]] = {
    "it is throttled": _error("ThrottlingException", 400),
    "a transaction is under way": _error("TransactionConflictException", 400),
    "its transaction meets another write": _error(
        "TransactionCanceledException", 400, CancellationReasons=[{"Code": "TransactionConflict"}, {"Code": "None"}]
    ),
    "AWS fails": _error("InternalServerError", 500),
    "the connection is reset": {"reset": True},
    "no answer comes in time": {"timeout_ms": 60_000},
    "it is done and the answer is lost": LOST,
}
"""Faults of one request, but not of its retry."""
LASTING: Final[dict[str, dict[str, Any]]] = {
    "AWS is not there": _error("ServiceUnavailable", 503),
    "all are done and their answers are lost": LOST,
}
"""Faults of a request and all later ones."""


@dataclass(frozen=True)
class Proxy:
    """A microburst, which makes faults in the requests that pass through it."""

    port: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{_HOST}:{self.port}"

    def set(self, fault: dict[str, Any] | None, behind: int = 0, times: int | None = None) -> None:
        """Make a fault in a number of requests, after the first `behind`; ``None`` lets all pass."""
        before = [_ANY_OTHER | {"times": behind}] if behind else []
        self._post([*before, fault | ({"times": times} if times else {})] if fault else [])

    @property
    def fired(self) -> list[str]:
        """The faults that it has made since the rules were set."""
        return [each["action"] for each in self._call("GET", "fired") if each["action"] != "match"]

    def _post(self, rules: list[dict[str, Any]]) -> None:
        self._call("DELETE", "fired")
        self._call("POST", "rules", json.dumps(rules))

    def _call(self, method: str, path: str, body: str | None = None) -> Any:  # noqa: ANN401 - any JSON value
        connection = HTTPConnection(_HOST, self.port, timeout=PATIENCE_S)
        connection.request(method, f"/_microburst/{path}", body)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer


@contextmanager
def in_front_of(engine_url: str) -> Iterator[Proxy]:
    """A microburst in front of an emulator."""
    with listening() as (port, descriptor, release):
        command = [sys.executable, "-m", "tests.contracts.microburst_child", engine_url, str(descriptor)]
        with running(command, {}, descriptor):
            release()
            yield Proxy(port)
