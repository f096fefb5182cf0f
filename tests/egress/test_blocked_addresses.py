"""Addresses that may not be called: refused at registration and again at each attempt, before a byte leaves."""

from __future__ import annotations

import socket
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

import pytest

from chalicelib.adapters.egress import handle
from chalicelib.adapters.egress.multi import Multi
from chalicelib.adapters.egress.policy import ReceiverPolicy
from chalicelib.adapters.egress.resolver import ThreadedResolver, system_lookup
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.errors import InvalidInput, RefusedUrl
from chalicelib.domain.webhooks.addresses import AddressPolicy
from tests.egress.receiver import OK, Receiver, answering
from tests.egress.sending import HEADERS, SmallLimits, exchange, exchange_all, request_to

if TYPE_CHECKING:
    from tests.egress.sending import Senders

pytestmark = [pytest.mark.hostile, pytest.mark.enable_socket]

PUBLIC_ONLY = AddressPolicy()
AS_A_USER: Final = {"may_reach_private": False, "shows_address": False}
AS_AN_ADMIN: Final = {"may_reach_private": True, "shows_address": True}
# fmt: off
LITERALS = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1",
    "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.192", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "198.18.0.1", "168.63.129.16", "192.0.2.1", "192.88.99.1", "198.51.100.1", "203.0.113.1",
    "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::a9fe:a9fe]", "[2002:a9fe:a9fe::1]", "[2001::1]", "[2001:db8::1]", "[fec0::1]", "[fe80::1]", "[fc00::1]",
    "[fd00:ec2::254]", "[ff02::1]", "[1::1]", "[5f00::1]", "[3fff::1]", "[4000::1]",
]
SPELLINGS = [
    "2130706433", "0x7f000001", "0X7F000001", "0177.0.0.1", "127.1", "127.0.1", "①②⑦.⓪.⓪.①", "0", "0x0", "2852039166",
    "0xa9.0xfe.0xa9.0xfe", "0251.254.169.254", "017700000001",
]
# fmt: on


@pytest.mark.parametrize("host", LITERALS + SPELLINGS)
def test_a_blocked_address_is_refused_at_registration(host: str) -> None:
    with pytest.raises(RefusedUrl, match="leads to"):
        ReceiverPolicy(PUBLIC_ONLY, ThreadedResolver(), allow_http=True).vet(f"http://{host}/", **AS_A_USER)


@pytest.mark.parametrize("host", LITERALS + SPELLINGS)
def test_a_blocked_address_is_refused_at_each_attempt_before_libcurl_hears_of_it(
    senders: Senders, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Multi, "add", lambda *_: pytest.fail("a transfer was begun"))
    ended = exchange(senders.make(policy=PUBLIC_ONLY), f"http://{host}/")
    assert (ended.failure, ended.response) == (FailureCause.BLOCKED_ADDRESS, None)
    assert ended.detail.endswith(".")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "0", "[::ffff:127.0.0.1]", "localhost", "a.test"]
)
def test_a_receiver_on_this_host_sees_no_connection(senders: Senders, host: str) -> None:
    with Receiver(answering(OK)) as receiver:
        ended = exchange(senders.make(policy=PUBLIC_ONLY), receiver.url(host=host))
    assert (ended.failure, receiver.connections) == (FailureCause.BLOCKED_ADDRESS, 0)


@pytest.mark.parametrize("address", [each.strip("[]") for each in LITERALS])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_bad_address_among_the_answers_for_a_name_blocks_it(senders: Senders, address: str, place: int) -> None:
    found = ["8.8.8.8", "2606:4700::1111"]
    found.insert(place, address)
    ended = exchange(senders.make(policy=PUBLIC_ONLY, lookup=lambda _: tuple(found)), "http://name.test/")
    assert ended.failure is FailureCause.BLOCKED_ADDRESS


def test_a_name_of_this_host_is_blocked_through_the_systems_own_resolver(senders: Senders) -> None:
    policy = AddressPolicy(allowed_names=("localhost",))
    with Receiver(answering(OK)) as receiver:
        ended = exchange(senders.make(policy=policy, lookup=system_lookup), receiver.url(host="localhost"))
    assert (ended.failure, receiver.connections) == (FailureCause.BLOCKED_ADDRESS, 0)


def test_the_systems_resolver_reads_odd_spellings_as_the_parser_does() -> None:
    assert {system_lookup(host) for host in ("2130706433", "0x7f000001", "127.1")} == {("127.0.0.1",)}


def test_a_name_that_moves_between_two_lookups_is_looked_up_once_and_called_where_it_was_vetted(senders: Senders) -> None:
    answers = iter([("127.0.0.1",), ("127.0.0.2",)])
    asked: list[str] = []

    def rebinding(host: str) -> tuple[str, ...]:
        asked.append(host)
        return next(answers)

    policy = AddressPolicy((ip_network("127.0.0.1/32"),))
    with Receiver(answering(OK)) as vetted, Receiver(answering(OK), host="127.0.0.2", port=vetted.port) as internal:
        ended = exchange(senders.make(policy=policy, lookup=rebinding), vetted.url(host="moving.test"))
    assert (ended.judge()[0], asked) == (None, ["moving.test"])
    assert (vetted.connections, internal.connections) == (1, 0)


def test_a_name_that_has_moved_is_blocked_at_the_next_attempt_though_a_connection_is_open(senders: Senders) -> None:
    answers = iter([("127.0.0.1",), ("127.0.0.2",)])
    policy = AddressPolicy((ip_network("127.0.0.1/32"),))
    sender = senders.make(policy=policy, lookup=lambda _: next(answers))
    with Receiver(answering(OK)) as receiver:
        causes = [exchange(sender, receiver.url(host="moving.test")).failure for _ in range(2)]
    assert (causes, len(receiver.requests)) == ([None, FailureCause.BLOCKED_ADDRESS], 1)


def test_an_address_that_was_not_vetted_is_refused_at_the_socket_itself(
    senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if libcurl had come by another address in a way of its own."""
    with Receiver(answering(OK), host="127.0.0.2") as internal:
        monkeypatch.setattr(handle, "_listed", lambda _: "127.0.0.2")
        ended = exchange(senders.make(), internal.url())
    assert (ended.failure, internal.connections) == (FailureCause.BLOCKED_ADDRESS, 0)


def test_an_address_that_the_policy_refuses_is_refused_at_the_socket_itself(
    senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the first look had been skipped."""
    monkeypatch.setattr(AddressPolicy, "first_refusal", lambda *_: None)
    with Receiver(answering(OK)) as receiver:
        ended = exchange(senders.make(policy=PUBLIC_ONLY), receiver.url())
    assert (ended.failure, receiver.connections) == (FailureCause.BLOCKED_ADDRESS, 0)


def test_the_operators_networks_are_open_and_no_other(senders: Senders) -> None:
    policy = AddressPolicy((ip_network("127.0.0.1/32"),))
    with Receiver(answering(OK)) as opened, Receiver(answering(OK), host="127.0.0.2", port=opened.port) as closed:
        sender = senders.make(policy=policy)
        causes = [exchange(sender, opened.url(host=host)).failure for host in ("127.0.0.1", "127.0.0.2")]
    assert (causes, closed.connections) == ([None, FailureCause.BLOCKED_ADDRESS], 0)


@pytest.mark.skipif(not socket.has_ipv6, reason="the machine has no IPv6")
def test_an_ipv6_receiver_is_called_by_its_literal(senders: Senders) -> None:
    with Receiver(answering(OK), host="::1") as receiver:
        ended = exchange(senders.make(), receiver.url(host="[::1]"))
    assert ended.judge()[0] is None
    assert f"host: [::1]:{receiver.port}".encode() in receiver.requests[0].lower()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1\\@8.8.8.8/",
        "http://[127.0.0.1]/",
        "https://@[::1]:9876",
        "http://localhost./",
        "http://%31%32%37.0.0.1/",
        "http://a:0/",
        "file:///etc/passwd",
        "http://a\r\n.test/",
    ],
)
def test_a_url_that_is_not_read_is_not_called_and_nothing_is_raised(senders: Senders, url: str) -> None:
    ended = exchange(senders.make(), url)
    assert (ended.failure, ended.response) == (FailureCause.BAD_REQUEST, None)


def test_registration_and_sending_refuse_http_together(senders: Senders) -> None:
    with pytest.raises(RefusedUrl):
        ReceiverPolicy(PUBLIC_ONLY, ThreadedResolver(), allow_http=False).vet("http://8.8.8.8/", **AS_A_USER)
    ended = exchange(senders.make(limits=SmallLimits(allow_http=False)), "http://127.0.0.1/")
    assert ended.failure is FailureCause.BAD_REQUEST


def _policy(*found: str, policy: AddressPolicy = PUBLIC_ONLY) -> ReceiverPolicy:
    return ReceiverPolicy(policy, ThreadedResolver(lambda _: found), allow_http=True)


def test_registration_tells_a_user_the_kind_of_address_and_not_the_address() -> None:
    with pytest.raises(RefusedUrl) as refused:
        _policy("8.8.8.8", "10.9.8.7").vet("https://name.test/secret", **AS_A_USER)
    assert refused.value.fields == {"url": "its host leads to a private address"}
    assert "10.9.8.7" not in refused.value.message


def test_registration_tells_an_admin_the_address() -> None:
    with pytest.raises(RefusedUrl, match=r"its host leads to 10\.9\.8\.7, a private address"):
        _policy("10.9.8.7").vet("https://name.test/secret", **AS_AN_ADMIN)


def test_registration_logs_the_address_and_not_the_path(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with pytest.raises(RefusedUrl):
        _policy("10.9.8.7").vet("https://name.test/secret", **AS_A_USER)
    (line,) = caplog.records
    assert (line.message, vars(line)["address"], vars(line)["url"]) == ("url.refused", "10.9.8.7", "https://name.test/…")


def test_a_record_has_the_kind_of_a_blocked_address_and_the_log_has_the_address(
    senders: Senders, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    ended = exchange(senders.make(policy=PUBLIC_ONLY, lookup=lambda _: ("10.9.8.7",)), "https://name.test/secret")
    assert ended.detail == "The receiver's host leads to a private address."
    (line,) = [each for each in caplog.records if each.message == "receiver.blocked"]
    assert (vars(line)["address"], vars(line)["url"]) == ("10.9.8.7", "https://name.test/…")


@pytest.mark.parametrize("host", ["localhost", "db.internal", "printer.local", "router.home.arpa", "x.onion", "db"])
def test_a_special_name_is_refused_at_registration_without_a_lookup(host: str) -> None:
    policy = ReceiverPolicy(PUBLIC_ONLY, ThreadedResolver(lambda _: pytest.fail("looked up")), allow_http=True)
    with pytest.raises(RefusedUrl, match="its host is a name"):
        policy.vet(f"https://{host}/", **AS_AN_ADMIN)


@pytest.mark.parametrize("host", ["localhost", "db.internal", "printer.local", "router.home.arpa", "x.onion", "db"])
def test_a_special_name_is_refused_at_each_attempt_without_a_lookup(senders: Senders, host: str) -> None:
    sender = senders.make(policy=PUBLIC_ONLY, lookup=lambda _: pytest.fail("looked up"))
    ended = exchange(sender, f"https://{host}/")
    assert ended.failure is FailureCause.BLOCKED_ADDRESS
    assert ended.detail.startswith("The receiver's host is a name")


OPEN_TO_ADMINS: Final = AddressPolicy((ip_network("127.0.0.0/8"),))


def test_an_allowed_network_is_refused_to_a_user_at_registration() -> None:
    with pytest.raises(RefusedUrl, match="its host leads to a loopback address"):
        _policy("127.0.0.1", policy=OPEN_TO_ADMINS).vet("https://name.test/", **AS_A_USER)
    _policy("127.0.0.1", policy=OPEN_TO_ADMINS).vet("https://name.test/", **AS_AN_ADMIN)


def test_a_name_of_a_users_that_has_moved_into_an_allowed_network_is_not_called(senders: Senders) -> None:
    with Receiver(answering(OK)) as receiver:
        sender = senders.make(policy=OPEN_TO_ADMINS)
        opened, closed = exchange_all(
            sender, request_to(receiver.url()), replace(request_to(receiver.url()), may_reach_private=False)
        )
    assert (opened.judge()[0], closed.failure) == (None, FailureCause.BLOCKED_ADDRESS)
    assert receiver.connections == 1


def test_a_connection_that_an_admins_webhook_left_open_is_not_a_users(senders: Senders) -> None:
    with Receiver(answering(OK)) as receiver:
        sender = senders.make(policy=OPEN_TO_ADMINS)
        exchange(sender, receiver.url())
        (closed,) = exchange_all(sender, replace(request_to(receiver.url()), may_reach_private=False))
    assert (closed.failure, len(receiver.requests)) == (FailureCause.BLOCKED_ADDRESS, 1)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "[::1]", "2130706433", "localhost", "name.test"])
def test_a_closed_port_of_this_host_is_not_called_under_any_of_its_names(senders: Senders, host: str) -> None:
    networks = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    with Receiver(answering(OK)) as engine:
        closed = frozenset({engine.port})
        policy = AddressPolicy(networks, is_open_to_all=True, denied_loopback_ports=closed, allowed_names=("localhost",))
        ended = exchange(senders.make(policy=policy), engine.url(host=host))
    assert (ended.failure, engine.connections) == (FailureCause.BLOCKED_ADDRESS, 0)


SECRET_HEADERS: Final = (*HEADERS, ("x-key", "secret"))


@pytest.mark.parametrize("found", [("8.8.8.8",), ("127.0.0.1", "8.8.8.8"), ()])
def test_registration_refuses_secrets_over_http(found: tuple[str, ...]) -> None:
    with pytest.raises(RefusedUrl, match="secrets are not sent over http"):
        _policy(*found).vet_secrets("http://name.test/")
    _policy(*found).vet_secrets("https://name.test/")


def test_registration_takes_secrets_over_http_to_this_very_host() -> None:
    _policy("127.0.0.1", "::1").vet_secrets("http://name.test/")


def test_secrets_that_were_kept_are_not_sent_over_http(senders: Senders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Multi, "add", lambda *_: pytest.fail("a transfer was begun"))
    sender = senders.make(lookup=lambda _: ("8.8.8.8",))
    (ended,) = exchange_all(sender, replace(request_to("http://name.test/"), headers=SECRET_HEADERS))
    assert (ended.failure, ended.response) == (FailureCause.BAD_REQUEST, None)
    assert ended.detail.startswith("Secrets are not sent over http.")


def test_a_secret_in_the_body_is_not_sent_over_http(senders: Senders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Multi, "add", lambda *_: pytest.fail("a transfer was begun"))
    sender = senders.make(lookup=lambda _: ("8.8.8.8",))
    (ended,) = exchange_all(sender, replace(request_to("http://name.test/"), has_secret_body=True))
    assert ended.detail.startswith("Secrets are not sent over http.")


def test_secrets_are_sent_over_http_to_this_very_host(senders: Senders) -> None:
    with Receiver(answering(OK)) as receiver:
        (ended,) = exchange_all(senders.make(), replace(request_to(receiver.url()), headers=SECRET_HEADERS))
    assert ended.judge()[0] is None


def test_registration_takes_a_name_that_does_not_resolve() -> None:
    asked: list[str] = []

    def missing(host: str) -> tuple[str, ...]:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    ReceiverPolicy(PUBLIC_ONLY, ThreadedResolver(missing), allow_http=True).vet("https://name.test/", **AS_A_USER)
    assert asked == ["name.test"]


def test_registration_refuses_a_malformed_url_without_a_lookup() -> None:
    policy = ReceiverPolicy(PUBLIC_ONLY, ThreadedResolver(lambda _: pytest.fail("looked up")), allow_http=True)
    with pytest.raises(InvalidInput):
        policy.vet("https://name.test:0/", **AS_A_USER)
