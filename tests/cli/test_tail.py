"""Following the history: each record once, in order, with few requests, and through outages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from posthorn.cli import outages, output, tail
from posthorn.cli.tail import Tail
from posthorn.client import ApiConnectionError, NotFoundError, ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class History:
    """A fake of `client.history` that counts requests, and raises the errors in `outage`."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    outage: list[Exception] = field(default_factory=list)

    def add(self, at: datetime, outcome: str = "succeeded") -> str:
        written = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record_id = f"rec_{written}_{len(self.records):06}"
        self.records[record_id] = {"id": record_id, "createdAt": written, "outcome": outcome}
        return record_id

    def summaries(self, **wanted: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as the client's
        return self._pages("summaries", **wanted)

    def list(self, **wanted: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as the client's
        return ({**each, "request": {}} for each in self._pages("bodies", **wanted))

    def _pages(
        self,
        kind: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        outcome: str | None = None,
        page_length: int = 50,
        **_: object,
    ) -> Iterator[dict[str, Any]]:
        newest_first = sorted(self.records.values(), key=lambda each: (each["createdAt"], each["id"]), reverse=True)
        found = [
            each
            for each in newest_first
            if (since is None or datetime.fromisoformat(each["createdAt"]) >= since)
            and (until is None or datetime.fromisoformat(each["createdAt"]) < until)
            and outcome in {None, each["outcome"]}
        ]
        for first in range(0, len(found) or 1, page_length):
            self.requests[kind] += 1
            if self.outage:
                raise self.outage.pop(0)
            yield from found[first : first + page_length]


@dataclass
class Service:
    history: History = field(default_factory=History)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the shown records, in order."""
    ids: list[str] = []
    monkeypatch.setattr(output, "show", lambda record, *_, **__: ids.append(record["id"]))
    return ids


def following(service: Service, *, is_json: bool = False, **filters: Any) -> Tail:  # noqa: ANN401 - any filter
    created: Any = Tail(service, filters, is_json=is_json)  # type: ignore[arg-type]
    created.mark_existing()
    created.show_newest(0)
    return created  # type: ignore[no-any-return]


@pytest.mark.parametrize("is_json", [False, True])
def test_each_record_is_shown_once_and_in_order_however_many_there_are(
    service: Service,
    shown: list[str],
    is_json: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    tail_of = following(service, is_json=is_json)
    expected = []
    for look in range(100):  # 200 a second for 200 s
        expected += [service.history.add(START + (2 * look + number / 200) * SECOND) for number in range(400)]
        tail_of.poll(is_full=look % tail.FULL_POLL_EVERY == 0)
    assert shown == expected


def test_late_records_are_shown_by_a_full_poll(service: Service, shown: list[str]) -> None:
    for number in range(600):
        service.history.add(START + number / 5 * SECOND)
    tail_of = following(service)
    late = [service.history.add(START + seconds * SECOND) for seconds in (30, 60, 90, 119.9)]
    tail_of.poll(is_full=False)
    assert shown == late[3:]
    tail_of.poll(is_full=True)
    assert shown == [late[3], *late[:3]]


def test_a_poll_needs_one_request_if_few_records_are_new(service: Service, shown: list[str]) -> None:
    for number in range(600):
        service.history.add(START + number / 5 * SECOND)
    tail_of = following(service)
    service.history.requests.clear()
    for look in range(9):
        service.history.add(START + (121 + look) * SECOND)
        tail_of.poll(is_full=False)
    assert (service.history.requests, len(shown)) == ({"summaries": 9}, 9)
    tail_of.poll(is_full=True)
    assert service.history.requests["summaries"] == 9 + 3


def test_bodies_are_requested_only_if_they_are_shown(service: Service, shown: list[str]) -> None:
    for number in range(600):
        service.history.add(START + number / 5 * SECOND)
    tail_of = following(service, is_json=True)
    service.history.requests.clear()
    tail_of.poll(is_full=True)
    assert service.history.requests == {"summaries": 3}
    new = [service.history.add(START + (121 + number) * SECOND) for number in range(3)]
    tail_of.poll(is_full=False)
    assert (shown, service.history.requests) == (new, {"summaries": 4, "bodies": 1})


def test_shown_records_are_remembered_only_while_a_poll_can_find_them(service: Service, shown: list[str]) -> None:
    tail_of = following(service)
    for minute in range(10):
        for number in range(60):
            service.history.add(START + (60 * minute + number) * SECOND)
        tail_of.poll(is_full=False)
    assert (len(shown), len(tail_of._seen)) == (600, 121)


def test_records_that_appear_during_the_start_are_shown(service: Service, shown: list[str]) -> None:
    old = [service.history.add(START + number * SECOND) for number in range(5)]
    created: Any = Tail(service, {}, is_json=False)  # type: ignore[arg-type]
    created.mark_existing()
    new = [service.history.add(START + (5 + number) * SECOND) for number in range(4)]
    created.show_newest(2)
    created.poll(is_full=False)
    assert sorted(shown) == new
    assert shown[:2] == new[2:]
    assert set(shown).isdisjoint(old)


def test_a_poll_for_a_rare_outcome_does_not_read_everything_since_the_last_match(service: Service, shown: list[str]) -> None:
    service.history.add(START, "failed")
    tail_of = following(service, outcome="failed")
    for number in range(3_600):
        service.history.add(START + number * SECOND)
    tail_of.poll(is_full=True)
    rare = service.history.add(START + 3_601 * SECOND, "failed")
    service.history.add(START + 3_000 * SECOND, "failed")  # far later than any record appears
    tail_of.poll(is_full=False)
    assert shown == [rare]


def test_records_of_an_outage_are_shown_after_it(
    service: Service, shown: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waited_s: list[float] = []
    monkeypatch.setattr("posthorn.cli.outages.time.sleep", waited_s.append)
    service.history.add(START)
    tail_of = following(service, outcome="succeeded")
    busy = ServerError(503, {"code": "unavailable", "message": "Not now."}, retry_after_s=7)
    service.history.outage = [ApiConnectionError("It cannot be reached."), busy, *[ApiConnectionError("x")] * 6]
    came = [service.history.add(START + number * SECOND) for number in range(1, 900)]
    outages.retry_until_available(lambda: tail_of.poll(is_full=True))
    assert shown == came
    assert waited_s == [1, 7, 4, 8, 16, 30, 30, 30]
    assert capsys.readouterr().err.splitlines() == [
        "It cannot be reached. Retrying until the service responds; press Ctrl-C to stop.",
        "The service responds again.",
    ]


def test_the_next_poll_shows_what_a_failed_poll_did_not(service: Service, shown: list[str]) -> None:
    tail_of = following(service, is_json=True)
    came = [service.history.add(START + number / 10 * SECOND) for number in range(150)]
    pages = service.history._pages

    def breaking(kind: str, **wanted: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as the client's
        if service.history.requests["bodies"] == 1:
            service.history.outage.append(ApiConnectionError("Gone."))
        return pages(kind, **wanted)

    service.history._pages = breaking  # type: ignore[method-assign]
    with pytest.raises(ApiConnectionError):
        tail_of.poll(is_full=False)
    assert 0 < len(shown) < len(came)
    tail_of.poll(is_full=False)
    assert shown == came


def test_an_error_that_waiting_does_not_solve_is_raised(service: Service) -> None:
    gone = NotFoundError(404, {"code": "webhook_not_found", "message": "There is no such webhook."})
    tail_of = following(service)
    service.history.outage = [gone]
    with pytest.raises(NotFoundError):
        outages.retry_until_available(lambda: tail_of.poll(is_full=False))


def test_only_consecutive_known_records_end_a_poll(service: Service, shown: list[str]) -> None:
    for number in range(150):
        service.history.add(START + number / 2 * SECOND)
    tail_of = following(service)
    late = [service.history.add(START + (number / 2 + 0.1) * SECOND) for number in (10, 80)]
    tail_of.poll(is_full=False)
    assert shown == late
