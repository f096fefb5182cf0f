"""The bare HTTP client: PycURL's multi interface sends the same requests as the worker, and does nothing else.

It does not sign, check addresses or write history: this is the minimum of a delivery with this client. Its argument is a
scenario. `--bundle` is the file of trusted authorities.
"""

from __future__ import annotations

import argparse
import json
import selectors
import sys
import time
from itertools import islice
from typing import TYPE_CHECKING, Final

import pycurl

from benchmarks import machine
from benchmarks.delivery import workload
from benchmarks.delivery.workload import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

_EVENTS: Final = {pycurl.POLL_IN: 1, pycurl.POLL_OUT: 2, pycurl.POLL_INOUT: 3}
_READY: Final = {1: pycurl.CSELECT_IN, 2: pycurl.CSELECT_OUT, 3: pycurl.CSELECT_IN | pycurl.CSELECT_OUT}
_HEADERS: Final = [
    "Content-Type: application/json",
    "User-Agent: Posthorn/1",
    f"webhook-id: msg_{'0' * 26}",
    "webhook-timestamp: 1764300000",
    f"webhook-signature: v1,{'x' * 44}",
    "Accept:",
    "Expect:",
]
_CONNECTIONS_MAX: Final = 512


class Client:
    """A multi handle on a selector, and easy handles that are reused."""

    def __init__(self, bundle: str, body: bytes) -> None:
        self._selector = selectors.DefaultSelector()
        self._timer_s = -1.0
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)
        self._multi.setopt(pycurl.M_MAXCONNECTS, _CONNECTIONS_MAX)
        self._bundle = bundle
        self._body = body
        self._idle: list[pycurl.Curl] = []

    def post_all(self, urls: list[str]) -> None:
        """Send to all URLs at once. Raise if a request fails."""
        for url in urls:
            handle = self._idle.pop() if self._idle else self._new()
            host, port = url.split("/")[2].rsplit(":", 1)
            handle.setopt(pycurl.URL, url)
            handle.setopt(pycurl.RESOLVE, [f"+{host}:{port}:127.0.0.1"])
            handle.setopt(pycurl.POSTFIELDS, self._body)
            self._multi.add_handle(handle)
        left = len(urls)
        while left:
            for key, events in self._selector.select(None if self._timer_s < 0 else self._timer_s):
                self._multi.socket_action(key.fd, _READY[events])
            if self._timer_s >= 0:
                self._timer_s = -1.0
                self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
            left -= self._finish()

    def _finish(self) -> int:
        _, done, failed = self._multi.info_read()
        if failed:
            raise RuntimeError(str(failed[0]))
        for handle in done:
            self._multi.remove_handle(handle)
            self._idle.append(handle)
        return len(done)

    def _new(self) -> pycurl.Curl:
        handle = pycurl.Curl()
        handle.setopt(pycurl.NOSIGNAL, 1)
        handle.setopt(pycurl.POST, 1)
        handle.setopt(pycurl.PROXY, "")
        handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        handle.setopt(pycurl.CAINFO, self._bundle)
        handle.unsetopt(pycurl.CAPATH)
        handle.setopt(pycurl.TIMEOUT_MS, 10_000)
        handle.setopt(pycurl.HTTPHEADER, _HEADERS)
        handle.setopt(pycurl.WRITEFUNCTION, lambda _: None)
        return handle

    def _watch(self, what: int, descriptor: int, *_: object) -> None:
        known = descriptor in self._selector.get_map()
        if what == pycurl.POLL_REMOVE:
            if known:
                self._selector.unregister(descriptor)
        elif known:
            self._selector.modify(descriptor, _EVENTS[what])
        else:
            self._selector.register(descriptor, _EVENTS[what])

    def _set_timer(self, timeout_ms: int) -> None:
        self._timer_s = timeout_ms / 1_000 if timeout_ms >= 0 else -1.0


def main() -> None:
    """Send, and print CPU and wall-clock seconds as one line of JSON to standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", type=Scenario.read)
    parser.add_argument("--bundle", required=True)
    given = parser.parse_args()
    machine.pin(machine.sides().measured)
    client = Client(given.bundle, workload.body().encode())
    batches = _batches(given.scenario)
    for urls in islice(batches, given.scenario.warm):
        client.post_all(urls)
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    for urls in batches:
        client.post_all(urls)
    measured = {"cpu_s": time.process_time() - cpu_s, "wall_s": time.perf_counter() - wall_s}
    print(json.dumps(measured), file=sys.stderr, flush=True)  # noqa: T201 - it is a program


def _batches(scenario: Scenario) -> Iterator[list[str]]:
    number = 0
    for _ in range(scenario.warm + scenario.batches):
        yield [workload.url(scenario, each % scenario.webhooks) for each in range(number, number + scenario.batch)]
        number += scenario.batch


if __name__ == "__main__":
    main()
