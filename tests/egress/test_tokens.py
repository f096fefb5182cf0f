"""A token server and a receiver on sockets: from the owed attempt to what each of them got."""

from __future__ import annotations

import base64
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.codec import records
from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.webhooks.addresses import AddressPolicy
from chalicelib.domain.webhooks.authentication import ClientAuthentication, OAuth2Authentication
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, attempt_at, webhook
from tests.egress.receiver import OK, Receiver, answering, closing_after
from tests.egress.sending import AMPLE_S, DEADLINE_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.adapters.egress.curl_sender import CurlSender
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.webhook import Webhook
    from testbed.fakes.service import Service
    from tests.egress.receiver import Connection
    from tests.egress.sending import Senders

pytestmark = pytest.mark.enable_socket

CLIENT = b"Basic " + base64.b64encode(b"client:s%26cret")
REFUSED = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n"


class TokenServer:
    """A script: gives `t0ken-1`, `t0ken-2` and so on to the one client that it knows."""

    def __init__(self, is_known: Callable[[bytes], bool] | None = None) -> None:
        self._given = count(1)
        self._is_known = is_known or _is_known

    def __call__(self, connection: Connection) -> None:
        while request := connection.request():
            connection.send(self._answer() if self._is_known(request) else REFUSED)

    def _answer(self) -> bytes:
        body = b'{"access_token":"t0ken-%d","token_type":"Bearer","expires_in":3600}' % next(self._given)
        return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


class Fussy:
    """A script: takes one token, and answers 401 to all others."""

    def __init__(self, token: bytes) -> None:
        self._line = b"authorization: Bearer " + token + b"\r\n"

    def __call__(self, connection: Connection) -> None:
        while request := connection.request():
            connection.send(OK if self._line in request else REFUSED)


def hanging(connection: Connection) -> None:
    """A script: never answers."""
    connection.pause(AMPLE_S)


def _is_known(request: bytes) -> bool:
    head, _, body = request.partition(b"\r\n\r\n")
    return b"authorization: " + CLIENT in head and body == b"grant_type=client_credentials"


def _is_known_by_its_body(request: bytes) -> bool:
    head, _, body = request.partition(b"\r\n\r\n")
    form = b"grant_type=client_credentials&client_id=client&client_secret=s%26cret"
    return b"authorization" not in head and body == form


def _is_known_unencoded(request: bytes) -> bool:
    head, _, body = request.partition(b"\r\n\r\n")
    word = base64.b64encode(b"client:s&cret")
    return b"authorization: Basic " + word + b"\r\n" in head + b"\r\n" and body == b"grant_type=client_credentials"


def _home(world: FakeAdapters, sender: CurlSender) -> Service:
    vars(world)["sender"] = sender
    return service_on(world)


def _deliver(home: Service, salt: str = "") -> None:
    home.deliver.batch([ReceivedAttempt("m-1", attempt_at(NOON, 1, salt), 1)])


def _records(world: FakeAdapters) -> list[HistoryRecord]:
    return world.history.page_of_all(None, HistoryFilter(), 9).records


def _webhook(receiver: Receiver, tokens: Receiver, **changes: Any) -> Webhook:  # noqa: ANN401 - any member of its client
    client = OAuth2Authentication(tokens.url("/token"), "client", "s&cret")
    return webhook(1, url=receiver.url(), authentication=replace(client, **changes), headers=(("x-team", "data"),))


def test_a_token_is_fetched_shown_and_kept(senders: Senders) -> None:
    world = FakeAdapters()
    with Receiver(TokenServer()) as tokens, Receiver(answering(OK)) as receiver:
        world.webhooks.create(_webhook(receiver, tokens))
        home = _home(world, senders.make())
        _deliver(home, "a")
        _deliver(home, "b")
    assert [each.failure for each in _records(world)] == [None, None]
    assert (len(tokens.requests), len(receiver.requests)) == (1, 2)
    assert all(b"\r\nx-team: data\r\nauthorization: Bearer t0ken-1\r\n" in each for each in receiver.requests)
    assert b"t0ken" not in b"".join(map(records.to_bytes, _records(world)))


@pytest.mark.parametrize(
    ("way", "is_known"),
    [
        (ClientAuthentication.BASIC, _is_known),
        (ClientAuthentication.BASIC_RAW, _is_known_unencoded),
        (ClientAuthentication.BODY, _is_known_by_its_body),
    ],
)
def test_a_client_shows_itself_as_its_token_server_expects(
    senders: Senders, way: ClientAuthentication, is_known: Callable[[bytes], bool]
) -> None:
    world = FakeAdapters()
    with Receiver(TokenServer(is_known)) as tokens, Receiver(answering(OK)) as receiver:
        world.webhooks.create(_webhook(receiver, tokens, client_authentication=way))
        _deliver(_home(world, senders.make()))
    assert [each.failure for each in _records(world)] == [None]
    assert b"s%26cret" not in b"".join(map(records.to_bytes, _records(world)))


def test_a_token_that_the_receiver_takes_no_more_is_exchanged(senders: Senders) -> None:
    world = FakeAdapters()
    with Receiver(TokenServer()) as tokens, Receiver(Fussy(b"t0ken-2")) as receiver:
        world.webhooks.create(_webhook(receiver, tokens))
        home = _home(world, senders.make())
        _deliver(home, "a")
        _deliver(home, "b")
    assert sorted(str(each.failure) for each in _records(world)) == ["None", "status"]
    assert len(tokens.requests) == 2


def test_a_client_that_the_token_server_does_not_know_is_a_failed_attempt(senders: Senders) -> None:
    world = FakeAdapters()
    with Receiver(TokenServer()) as tokens, Receiver(answering(OK)) as receiver:
        world.webhooks.create(_webhook(receiver, tokens, client_secret="wrong"))
        _deliver(_home(world, senders.make()))
    (made,) = _records(world)
    assert (made.failure, made.message) == (FailureCause.AUTHORIZATION, "There is no token: the token server answered 401.")
    assert receiver.requests == []


@pytest.mark.hostile
def test_a_token_server_at_an_address_that_may_not_be_called_is_not(senders: Senders) -> None:
    world = FakeAdapters()
    with Receiver(TokenServer()) as tokens, Receiver(answering(OK)) as receiver:
        world.webhooks.create(_webhook(receiver, tokens))
        _deliver(_home(world, senders.make(policy=AddressPolicy(()))))
    (made,) = _records(world)
    assert made.message == "There is no token: the request to the token server failed (blockedAddress)."
    assert (tokens.connections, receiver.connections) == (0, 0)


@pytest.mark.hostile
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n" + b"x" * 200_000,
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhush",
        b"hush",
    ],
    ids=["endless", "redirect", "broken off", "no HTTP"],
)
def test_a_hostile_token_server_is_a_failed_attempt(senders: Senders, answer: bytes) -> None:
    world = FakeAdapters()
    with Receiver(closing_after(answer)) as tokens, Receiver(answering(OK)) as receiver:
        world.webhooks.create(_webhook(receiver, tokens))
        _deliver(_home(world, senders.make()))
    (made,) = _records(world)
    assert (made.failure, receiver.connections) == (FailureCause.AUTHORIZATION, 0)
    assert "hush" not in made.message


@pytest.mark.hostile
def test_a_token_server_that_hangs_ends_at_the_attempts_deadline(senders: Senders) -> None:
    world = FakeAdapters()
    with Receiver(hanging) as tokens, Receiver(answering(OK)) as receiver:
        world.webhooks.create(replace(_webhook(receiver, tokens), request_timeout_s=DEADLINE_S))
        _deliver(_home(world, senders.make()))
    (made,) = _records(world)
    assert made.message == "There is no token: the request to the token server failed (timeout)."
    assert DEADLINE_S * 900 <= made.exchange.duration_ms < AMPLE_S * 1000
