"""The allowed set of addresses, at its edges and beyond the table that everybody knows."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.webhooks.addresses import AddressPolicy, special_name, why_not_to_open

PUBLIC = AddressPolicy()

# fmt: off
REFUSED = [
    # The reference table.
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255",
    "192.168.0.0", "192.168.255.255", "169.254.169.254", "100.64.0.1", "192.0.0.192", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "198.18.0.1", "168.63.129.16", "192.0.2.1",
    "::", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "2001::1", "2001:db8::1",
    "fec0::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "1::1",
    # What it leaves out.
    "0.255.255.255", "100.127.255.255", "100.100.100.200", "169.254.170.2", "169.254.0.0", "192.0.0.0", "192.0.0.255",
    "192.88.99.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "239.255.255.250", "254.0.0.1", "127.0.0.53",
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:0", "::ffff:0:7f00:1", "64:ff9b:1::1", "100::1", "5f00::1",
    "2001:0:5ef5:79fd::1", "2001:1ff:ffff::1", "2001:10::1", "2001:20::1", "3fff::1", "3fff:fff:ffff::1", "4000::1",
    "1fff:ffff::1", "fe80::1%eth0", "2606:4700::1111%eth0", "febf::1", "feff::1", "fdff::1", "ff0e::1", "fe00::1", "e000::1",
    # Not addresses at all: refused, and nothing raised.
    "", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "1.2.3.4.5", "::g", "[::1]", "127.0.0.1\x00",
]
ALLOWED = [
    "100.63.255.254", "100.128.0.1", "172.15.255.255", "172.32.0.1", "11.0.0.0", "223.255.255.255", "2606:4700::1111",
    "1.0.0.0", "1.1.1.1", "9.255.255.255", "126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17",
    "169.253.255.255", "169.255.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0",
    "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255",
    "203.0.114.0", "::ffff:8.8.8.8", "2000::1", "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2001:4860:4860::8888",
    "2003::1", "2a00:1450::1", "3ffe:ffff::1", "3fff:1000::1", "2600:1f00::1",
]
# fmt: on


@pytest.mark.hostile
@pytest.mark.parametrize("address", REFUSED)
def test_an_address_outside_the_allowed_set_is_refused_and_named(address: str) -> None:
    assert PUBLIC.refusal(address, 443)


@pytest.mark.parametrize("address", ALLOWED)
def test_an_address_at_an_edge_of_the_allowed_set_is_allowed(address: str) -> None:
    assert PUBLIC.refusal(address, 443) is None


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("169.254.169.254", "metadata"),
        ("168.63.129.16", "metadata"),
        ("10.1.2.3", "private"),
        ("::ffff:10.1.2.3", "private"),
        ("64:ff9b::a9fe:a9fe", "NAT64"),
        ("2002:a9fe:a9fe::1", "6to4"),
        ("2001::1", "Teredo"),
        ("255.255.255.255", "broadcast"),
        ("ff02::1", "multicast"),
        ("1::1", "not a public"),
    ],
)
def test_the_refusal_names_the_kind_of_address(address: str, word: str) -> None:
    assert word in str(PUBLIC.refusal(address, 443))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.255.255.254", "::ffff:127.0.0.1"])
def test_an_allowed_network_opens_what_it_names(address: str) -> None:
    assert AddressPolicy((ip_network("127.0.0.0/8"),)).refusal(address, 443) is None


@pytest.mark.hostile
@pytest.mark.parametrize("address", ["10.0.0.1", "::1", "::127.0.0.1", "169.254.169.254", "64:ff9b::7f00:1", "126.0.0.1%lo"])
def test_an_allowed_network_opens_nothing_beside_it(address: str) -> None:
    assert AddressPolicy((ip_network("127.0.0.0/8"),)).refusal(address, 443)


def test_one_bad_address_among_good_ones_refuses_them_all() -> None:
    assert PUBLIC.first_refusal(("8.8.8.8", "2606:4700::1", "10.0.0.1"), 443) == ("10.0.0.1", "a private address")


@given(st.ip_addresses(v=4))
def test_a_mapped_ipv4_address_is_judged_as_the_ipv4_address(address: IPv4Address) -> None:
    assert PUBLIC.refusal(f"::ffff:{address}", 443) == PUBLIC.refusal(str(address), 443)


@given(st.ip_addresses())
def test_what_the_standard_library_knows_to_be_private_is_never_allowed(address: IPv4Address | IPv6Address) -> None:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    is_special = address.is_private or address.is_multicast or address.is_loopback or address.is_link_local
    assert PUBLIC.refusal(str(address), 443) or not is_special


@given(st.ip_addresses(v=6))
def test_no_ipv6_address_outside_the_public_block_is_allowed(address: IPv6Address) -> None:
    is_public_block = int(address) >> 125 == 0b001
    is_mapped = address.ipv4_mapped is not None
    assert is_public_block or is_mapped or PUBLIC.refusal(str(address), 443)


@given(st.text(st.characters(exclude_characters="0123456789")))
def test_a_text_that_is_no_address_is_refused_and_raises_nothing(text: str) -> None:
    assert PUBLIC.refusal(text, 443)


PRIVATE = (ip_network("10.0.0.0/8"),)


def test_an_allowed_network_is_for_webhooks_that_may_reach_it() -> None:
    policy = AddressPolicy(PRIVATE)
    assert policy.of(may_reach_private=True).refusal("10.1.2.3", 443) is None
    assert policy.of(may_reach_private=False).refusal("10.1.2.3", 443) == "a private address"


def test_an_allowed_network_may_be_open_to_all() -> None:
    assert AddressPolicy(PRIVATE, is_open_to_all=True).of(may_reach_private=False).refusal("10.1.2.3", 443) is None


@pytest.mark.hostile
@pytest.mark.parametrize("address", ["10.1.2.3", "8.8.8.8", "::ffff:8.8.8.8"])
def test_a_denied_network_is_closed_be_it_allowed_or_public(address: str) -> None:
    denied = (ip_network("10.1.0.0/16"), ip_network("8.8.8.0/24"))
    policy = AddressPolicy(PRIVATE, is_open_to_all=True, denied_networks=denied)
    assert policy.refusal(address, 443) == "an address that the operator has denied"
    assert policy.refusal("10.2.0.1", 443) is None


@pytest.mark.hostile
@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"])
def test_a_closed_port_of_this_host_is_closed_on_each_of_its_addresses(address: str) -> None:
    loopback = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    policy = AddressPolicy(loopback, is_open_to_all=True, denied_loopback_ports=frozenset({4566}))
    assert policy.refusal(address, 4566) == "a port of this host that is denied"
    assert policy.refusal(address, 9000) is None


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("network", "address"),
    [("fd00::/8", "fd00:ec2::254"), ("100.64.0.0/10", "100.100.100.200"), ("fd20::/16", "fd20:ce::254")],
)
def test_a_metadata_service_inside_an_allowed_network_stays_closed(network: str, address: str) -> None:
    policy = AddressPolicy((ip_network(network),))
    assert policy.refusal(address, 80)
    assert policy.refusal(str(ip_network(network)[1]), 80) is None


@pytest.mark.hostile
@pytest.mark.parametrize(
    "network",
    [
        "0.0.0.0/0",
        "::/0",
        "0.0.0.0/1",
        "128.0.0.0/1",
        "169.254.0.0/16",
        "169.254.169.254/32",
        "168.63.129.16/32",
        "100.100.100.200/32",
        "fd00:ec2::254/128",
        "127.0.0.0/8",
        "127.0.0.53/32",
        "::1/128",
        "0.0.0.0/8",
        "224.0.0.0/4",
        "239.1.0.0/16",
        "255.255.255.255/32",
        "fe80::/10",
        "fe80::/64",
        "ff00::/8",
        "::/128",
        "::/96",
        "::ffff:0:0/96",
        "::ffff:10.0.0.0/104",
        "64:ff9b::/96",
        "2002::/16",
        "2001::/32",
        "::/1",
        "64.0.0.0/2",
    ],
)
def test_a_network_that_would_open_more_than_receivers_cannot_be_opened(network: str) -> None:
    assert why_not_to_open(ip_network(network), allows_loopback=False)


@pytest.mark.parametrize(
    "network", ["10.0.0.0/8", "10.20.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fd00::/8"]
)
def test_a_private_network_can_be_opened(network: str) -> None:
    assert why_not_to_open(ip_network(network), allows_loopback=False) is None


@pytest.mark.parametrize("network", ["127.0.0.0/8", "127.0.0.1/32", "::1/128"])
def test_loopback_can_be_opened_with_its_own_switch(network: str) -> None:
    assert why_not_to_open(ip_network(network), allows_loopback=True) is None


@pytest.mark.parametrize("network", ["0.0.0.0/0", "0.0.0.0/1", "64.0.0.0/2", "::/96", "169.254.0.0/16"])
def test_the_switch_for_loopback_opens_nothing_else(network: str) -> None:
    assert why_not_to_open(ip_network(network), allows_loopback=True)


@pytest.mark.hostile
@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "a.localhost",
        "printer.local",
        "db.internal",
        "ip-10-0-0-1.ec2.internal",
        "router.home.arpa",
        "x.onion",
        "db",
        "db.corp",
        "nas.lan",
        "x.home",
        "x.intranet",
        "x.private",
        "x.alt",
        "1.0.0.127.in-addr.arpa",
    ],
)
def test_a_special_name_is_refused_and_named(host: str) -> None:
    assert str(special_name(host)).startswith("a name")


@pytest.mark.parametrize("host", ["example.com", "local.example.com", "internal.io", "mylocal.net", "localhost.example.org"])
def test_a_public_name_is_not_special(host: str) -> None:
    assert special_name(host) is None


@pytest.mark.parametrize("host", ["internal", "db.internal", "db", "x.svc.local"])
def test_a_special_name_is_allowed_by_its_own_setting(host: str) -> None:
    assert special_name(host, ("internal", "db", "svc.local")) is None


@pytest.mark.parametrize("host", ["other.local", "dbinternal", "xsvc.local", "db2"])
def test_an_allowed_name_opens_no_other(host: str) -> None:
    assert special_name(host, ("internal", "db", "svc.local"))
