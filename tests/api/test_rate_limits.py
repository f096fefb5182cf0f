"""The rate limits on the wire: what every answer says, and what comes beyond the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.composition import process
from testbed.fakes.service import service_on
from tests.api.test_rights import PUBLIC, RIGHTS, _call
from tests.api.town import DRAFT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.client import Answer
    from tests.api.town import Town

OPEN = PUBLIC | {("GET", "/health")}


def told(answer: Answer) -> tuple[int, ...]:
    names = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")
    return tuple(int(answer.headers[name]) for name in names)


@pytest.fixture
def _strict(town: Town) -> Iterator[None]:
    with process.using(service_on(town.world, requests_per_key_per_minute_max=25, key_cache_s=0)):
        yield


@pytest.mark.parametrize(("method", "route"), sorted(RIGHTS.keys() - OPEN))
def test_every_answer_to_a_key_says_how_it_stands(town: Town, method: str, route: str) -> None:
    limit, remaining, reset_s = told(_call(town, town.admin, method, route))
    assert (limit, 0 < remaining < limit, 50 < reset_s <= 60) == (6_000, True, True)


@pytest.mark.parametrize(("path", "status"), [("/webhooks/wh_none", 404), ("/webhooks?limit=x", 400), ("/users", 403)])
def test_a_refusal_says_it_too(town: Town, path: str, status: int) -> None:
    answer = town.anna.get(path)
    assert (answer.status, told(answer)) == (status, (6_000, 5_999, 60))


def test_nobody_without_a_key_is_told_anything(town: Town) -> None:
    for answer in (town.nobody.get("/webhooks"), town.nobody.get("/health")):
        assert not [name for name in answer.headers if name.startswith("ratelimit-")]


@pytest.mark.usefixtures("_strict")
def test_beyond_the_limit_it_is_429_with_the_seconds_to_wait(town: Town) -> None:
    town.world.clock.advance(20)
    answers = [town.anna.get("/me") for _ in range(26)]
    assert [each.status for each in answers] == [200] * 25 + [429]
    assert answers[-1].error["code"] == "rate_limited"
    assert (answers[-1].headers["retry-after"], told(answers[-1])) == ("40", (25, 0, 40))


@pytest.mark.usefixtures("_strict")
def test_another_user_is_not_held_up(town: Town) -> None:
    for _ in range(30):
        town.anna.get("/me")
    assert town.ben.get("/me").status == 200


@pytest.mark.usefixtures("_strict")
@pytest.mark.parametrize(
    ("path", "body"),
    [("/webhooks", {"webhooks": [DRAFT]}), ("/webhooks/preview", {"webhook": DRAFT}), ("/history/retry/rec_x", None)],
)
def test_what_costs_more_counts_as_10(town: Town, path: str, body: object) -> None:
    assert [town.anna.post(path, body).status == 429 for _ in range(3)] == [False, False, True]


@pytest.mark.usefixtures("_strict")
def test_tests_and_recoveries_count_as_10(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    assert town.anna.post(f"/webhooks/{webhook_id}/test").status == 202
    assert town.anna.post(f"/webhooks/{webhook_id}/test").status == 429
    assert town.ben.post(f"/webhooks/{webhook_id}/recover", {}).status == 400
    assert told(town.ben.get("/me"))[1] == 25 - 10 - 1
