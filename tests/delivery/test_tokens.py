"""What requests show of their sender: headers of the owner's own, passwords, and tokens that are fetched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.delivery import tokens
from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.delivery.tokens import Tokens
from chalicelib.domain.delivery.attempt import FailureCause, OutboundRequest, PendingAttempt, Response
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.webhooks.authentication import BasicAuthentication, BearerAuthentication, OAuth2Authentication
from chalicelib.domain.webhooks.webhook import VIEW_MAX_S
from testbed.fakes.service import FakeAdapters, service_on
from tests.delivery.granting import TOKEN_URL, granting
from tests.domain.samples import NOON, attempt_at, exchange, webhook

if TYPE_CHECKING:
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.authentication import Authentication
    from testbed.fakes.service import Service

OAUTH2 = OAuth2Authentication(TOKEN_URL, "client", "hush")


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    made.webhooks.create(webhook(1, authentication=OAUTH2))
    made.sender.answers[TOKEN_URL] = granting("t0ken-1")
    return made


@pytest.fixture
def home(world: FakeAdapters) -> Service:
    """One process: what it keeps between batches is kept."""
    return service_on(world)


def _owed(number: int = 1, salt: str = "") -> PendingAttempt:
    return attempt_at(NOON, number, salt)


def _deliver(home: Service, *owed: PendingAttempt) -> list[str]:
    return home.deliver.batch([ReceivedAttempt(f"m-{number}", each, 1) for number, each in enumerate(owed)])


def _records(world: FakeAdapters) -> list[HistoryRecord]:
    return world.history.page_of_all(None, HistoryFilter(), 99).records


def _asked(world: FakeAdapters) -> list[OutboundRequest]:
    """The token requests."""
    return [each for each in world.sender.sent if each.url == TOKEN_URL]


def _authorizations(world: FakeAdapters) -> list[str | None]:
    """What the receivers were shown."""
    return [dict(each.headers).get("authorization") for each in world.sender.sent if each.url != TOKEN_URL]


@pytest.mark.parametrize(
    ("authentication", "value"),
    [
        (BasicAuthentication("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        (BearerAuthentication("own"), "Bearer own"),
        (OAUTH2, "Bearer t0ken-1"),
        (None, None),
    ],
)
def test_a_request_is_authenticated(world: FakeAdapters, authentication: Authentication | None, value: str | None) -> None:
    world.webhooks.create(webhook(2, authentication=authentication))
    _deliver(service_on(world), _owed(2))
    assert _authorizations(world) == [value]


def test_headers_of_its_own_are_sent_behind_the_services(world: FakeAdapters, home: Service) -> None:
    world.webhooks.create(webhook(2, headers=(("x-team", "data"), ("authorization", "hush"))))
    _deliver(home, _owed(2))
    assert world.sender.sent[0].headers[-2:] == (("x-team", "data"), ("authorization", "hush"))


def test_the_history_keeps_the_names_of_headers_and_no_value_that_may_be_secret(world: FakeAdapters, home: Service) -> None:
    world.webhooks.create(webhook(2, headers=(("x-key", "hush"),), authentication=BearerAuthentication("hush")))
    _deliver(home, _owed(2))
    kept = _records(world)[0].exchange.request
    assert (dict(kept.headers)["x-key"], dict(kept.headers)["authorization"]) == ("***", "***")
    assert kept.headers[0] == ("content-type", "application/json")
    assert kept.body == world.sender.sent[0].body


def test_the_next_attempt_goes_by_what_the_webhook_says_then(world: FakeAdapters, home: Service) -> None:
    world.webhooks.create(webhook(2, headers=(("x-key", "old"),)))
    world.sender.answers[webhook(2).url] = 503
    _deliver(home, _owed(2))
    world.webhooks.update(webhook(2), webhook(2, version=2, headers=(("x-key", "new"),)))
    _deliver(home, world.deliveries.sent[0].attempt)
    assert [dict(each.headers)["x-key"] for each in world.sender.sent] == ["old", "new"]


def test_a_batch_fetches_a_token_once_for_each_webhook_and_all_at_once(world: FakeAdapters, home: Service) -> None:
    world.webhooks.create(webhook(2, authentication=OAUTH2))
    _deliver(home, *[_owed(number, str(salt)) for number in (1, 2) for salt in range(5)])
    assert (len(_asked(world)), _authorizations(world)) == (2, ["Bearer t0ken-1"] * 10)
    assert [each.url for each in world.sender.sent[:2]] == [TOKEN_URL] * 2


def test_even_a_token_that_is_over_at_once_is_fetched_once(world: FakeAdapters, home: Service) -> None:
    world.sender.answers[TOKEN_URL] = granting(expires_in=0)
    _deliver(home, _owed(1, "a"), _owed(1, "b"))
    _deliver(home, _owed(1, "c"))
    assert (len(_asked(world)), len(_authorizations(world))) == (2, 3)


def test_nobody_else_waits_for_a_token(world: FakeAdapters, home: Service) -> None:
    world.webhooks.create(webhook(2))
    _deliver(home, _owed(1), _owed(2))
    assert [each.url for each in world.sender.sent] == [TOKEN_URL, webhook(2).url, webhook(1).url]


@pytest.mark.parametrize(("later_s", "fetched"), [(0, 1), (53.9, 1), (54, 2), (90, 2)])
def test_a_token_is_kept_until_shortly_before_it_ends(
    world: FakeAdapters, home: Service, later_s: float, fetched: int
) -> None:
    world.sender.answers[TOKEN_URL] = granting(expires_in=64)
    _deliver(home, _owed(1, "a"))
    world.clock.advance(later_s)
    _deliver(home, _owed(1, "b"))
    assert len(_asked(world)) == fetched


def test_a_401_lets_the_next_attempt_fetch_another_token(world: FakeAdapters, home: Service) -> None:
    world.sender.answers[webhook(1).url] = 401
    _deliver(home, _owed())
    world.sender.answers |= {webhook(1).url: 200, TOKEN_URL: granting("t0ken-2")}
    _deliver(home, world.deliveries.sent[0].attempt)
    assert _authorizations(world) == ["Bearer t0ken-1", "Bearer t0ken-2"]
    assert [each.failure for each in _records(world)] == [None, FailureCause.STATUS]


@pytest.mark.parametrize("status", [400, 403, 500])
def test_another_refusal_does_not(world: FakeAdapters, home: Service, status: int) -> None:
    world.sender.answers[webhook(1).url] = status
    _deliver(home, _owed(1, "a"))
    _deliver(home, _owed(1, "b"))
    assert len(_asked(world)) == 1


def test_a_changed_authentication_does_not_use_the_old_token(world: FakeAdapters, home: Service) -> None:
    _deliver(home, _owed(1, "a"))
    other = replace(OAUTH2, token_url="https://other.example/token")
    world.sender.answers[other.token_url] = granting("t0ken-2")
    world.webhooks.update(webhook(1), webhook(1, version=2, authentication=other))
    _deliver(home, _owed(1, "b"))
    assert [dict(each.headers)["authorization"] for each in world.sender.sent if each.url == webhook(1).url] == [
        "Bearer t0ken-1",
        "Bearer t0ken-2",
    ]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Response(401, (), b"hush"), "There is no token: the token server answered 401."),
        (FailureCause.DNS, "There is no token: the request to the token server failed (dns)."),
        (410, "There is no token: the token server answered 410."),
        (200, "There is no token: the token server answered 200, but its body is not a JSON object."),
    ],
)
def test_without_a_token_all_that_waits_for_it_fails_unsent(
    world: FakeAdapters, home: Service, answer: Response | FailureCause | int, message: str
) -> None:
    world.sender.answers[TOKEN_URL] = answer
    assert _deliver(home, _owed(1, "a"), _owed(1, "b")) == []
    made = _records(world)
    assert [(each.failure, each.message) for each in made] == [(FailureCause.AUTHORIZATION, message)] * 2
    assert [each.exchange.response for each in made] == [None, None]
    assert _authorizations(world) == []


def test_a_failure_for_want_of_a_token_is_tried_again_and_counts(world: FakeAdapters, home: Service) -> None:
    world.sender.answers[TOKEN_URL] = 500
    _deliver(home, _owed())
    assert [each.attempt for each in world.deliveries.sent] == [_records(world)[0].next_attempt()]
    kept = world.webhooks.get(webhook(1).id)
    assert kept is not None
    assert (kept.health.failures, kept.is_live) == (1, True)


def test_the_record_of_such_a_failure_keeps_the_body_and_no_secret(world: FakeAdapters, home: Service) -> None:
    world.sender.answers[TOKEN_URL] = 500
    _deliver(home, _owed())
    kept = _records(world)[0].exchange.request
    assert (kept.body, dict(kept.headers)["authorization"]) == (_owed().body.encode(), "***")


@pytest.mark.parametrize(("own_s", "deadline_s"), [(None, 10), (2.5, 2.5)])
def test_a_token_has_as_long_as_an_attempt(world: FakeAdapters, own_s: float | None, deadline_s: float) -> None:
    world.webhooks.create(webhook(2, authentication=OAUTH2, request_timeout_s=own_s))
    _deliver(service_on(world), _owed(2))
    assert _asked(world)[0].deadline_s == deadline_s


@pytest.mark.parametrize("status", [200, 500])
def test_a_webhook_that_is_deleted_while_its_token_is_fetched_is_not_called(
    world: FakeAdapters, home: Service, status: int
) -> None:
    def slow(_: OutboundRequest) -> Response:
        world.webhooks.delete(webhook(1), NOON)
        world.clock.advance(VIEW_MAX_S)
        return replace(granting(), status=status)

    world.sender.answers[TOKEN_URL] = slow
    _deliver(home, _owed())
    assert _authorizations(world) == []


def test_a_webhook_that_is_changed_while_its_token_is_fetched_fetches_the_right_one(
    world: FakeAdapters, home: Service
) -> None:
    other = replace(OAUTH2, token_url="https://other.example/token")

    def slow(_: OutboundRequest) -> Response:
        world.webhooks.update(webhook(1), webhook(1, version=2, authentication=other))
        world.clock.advance(VIEW_MAX_S)
        return granting("stale")

    world.sender.answers |= {TOKEN_URL: slow, other.token_url: granting("right")}
    _deliver(home, _owed())
    assert [dict(each.headers).get("authorization") for each in world.sender.sent if each.url == webhook(1).url] == [
        "Bearer right"
    ]


def test_where_the_time_for_sending_is_over_when_it_comes_the_token_serves_the_next_batch(world: FakeAdapters) -> None:
    def late(_: OutboundRequest) -> Response:
        world.clock.advance(21)
        return granting()

    world.sender.answers[TOKEN_URL] = late
    home = service_on(world, sending_s=20)
    _deliver(home, _owed())
    assert (_authorizations(world), [each.attempt for each in world.deliveries.sent]) == (
        [],
        [_owed().put_back(world.clock.now())],
    )
    _deliver(home, _owed())
    assert (_authorizations(world), len(_asked(world))) == (["Bearer t0ken"], 1)


def test_a_process_keeps_a_bounded_number_of_tokens(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "KEPT_MAX", 2)
    kept = Tokens(world.clock)
    for number in (1, 2, 3):
        kept.learn(webhook(number), exchange(response=granting(str(number))))
    assert [kept.fresh(webhook(number)) for number in (1, 2, 3)] == [None, "2", "3"]
