"""Which hosts may be called, by name and by address. What is allowed is listed here.

`ipaddress.is_global` is not a safe guard: it is true for NAT64 and 6to4 forms of private addresses, for multicast, and for
the metadata services of clouds, and its results differ between patch releases of Python. So IPv4 addresses are allowed
unless the IANA registry (iana.org/assignments/iana-ipv4-special-registry) reserves them or a cloud uses them internally.
IPv6 addresses are allowed from the one block of public addresses (iana.org/assignments/ipv6-unicast-address-assignments),
except for the reserved parts of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_V4_REFUSED: Final = tuple(
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "an address of this host"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "an address behind a carrier's NAT"),
        ("127.0.0.0/8", "a loopback address"),
        ("168.63.129.16/32", "a cloud's metadata service"),
        ("169.254.0.0/16", "a link-local address, where clouds keep their metadata service"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "an address set aside for protocols"),
        ("192.0.2.0/24", "an address for documentation"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "an address for benchmarks"),
        ("198.51.100.0/24", "an address for documentation"),
        ("203.0.113.0/24", "an address for documentation"),
        ("224.0.0.0/4", "a multicast address"),
        ("255.255.255.255/32", "the broadcast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
)

_V6_PUBLIC: Final = IPv6Network("2000::/3")

_V6_REFUSED: Final = tuple(
    (IPv6Network(network), kind)
    for network, kind in (
        ("2001::/32", "a Teredo address, which hides an IPv4 address"),
        ("2001::/23", "an address set aside for protocols"),
        ("2001:db8::/32", "an address for documentation"),
        ("2002::/16", "a 6to4 address, which hides an IPv4 address"),
        ("3fff::/20", "an address for documentation"),
    )
)

_V6_OUTSIDE: Final = tuple(
    (IPv6Network(network), kind)
    for network, kind in (
        ("::/128", "an address of this host"),
        ("::1/128", "a loopback address"),
        ("::/96", "an IPv4-compatible address, which hides an IPv4 address"),
        ("64:ff9b::/32", "a NAT64 address, which hides an IPv4 address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast address"),
    )
)
"""Only for the error messages: all of IPv6 outside `_V6_PUBLIC` is refused, listed here or not."""


_LOOPBACK: Final[tuple[Network, ...]] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))

_METADATA: Final[tuple[Network, ...]] = (
    IPv4Network("168.63.129.16/32"),  # learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
    IPv4Network("100.100.100.200/32"),  # alibabacloud.com/help/en/ecs, "Instance metadata"
    IPv4Network("192.0.0.192/32"),  # docs.oracle.com, "Instance Metadata Service"
    IPv6Network("fd00:ec2::/32"),  # AWS: metadata at ::254, DNS at ::253 (AWS EC2 User Guide, "Instance metadata service")
    IPv6Network("fd20:ce::254/128"),  # cloud.google.com/compute/docs/metadata
)
"""Cloud services that return credentials, at addresses that can be inside a larger private network."""

_NEVER: Final[tuple[Network, ...]] = (
    IPv4Network("0.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv4Network("224.0.0.0/4"),
    IPv4Network("240.0.0.0/4"),
    IPv6Network("::/128"),
    IPv6Network("fe80::/10"),
    IPv6Network("ff00::/8"),
)
"""Other addresses of this host, link-local addresses with their metadata services, multicast and reserved addresses."""

_EMBEDDING_IPV4: Final[tuple[Network, ...]] = tuple(
    IPv6Network(each) for each in ("::/96", "::ffff:0:0/96", "64:ff9b::/32", "2001::/32", "2002::/16")
)
"""Networks whose addresses contain an IPv4 address. Allowing them would allow IPv4 addresses that no setting names."""

_SPECIAL_NAMES: Final = {
    "localhost": "a name of this host",
    "local": "a name of a local network",
    "home.arpa": "a name of a local network",
    "internal": "a name of a private network",
    "intranet": "a name of a private network",
    "private": "a name of a private network",
    "corp": "a name of a private network",
    "home": "a name of a private network",
    "lan": "a name of a private network",
    "onion": "a name of a hidden service",
    "alt": "a name outside the DNS",
    "arpa": "a name of the DNS's own infrastructure",
}
"""Names that have no meaning, or another one, in the public DNS, with all their subdomains.

iana.org/assignments/special-use-domain-names (RFC 6761, 6762, 7686, 8375, 9476); ``internal``: ICANN's board, 29 July 2024;
the other names of private networks: RFC 6762, appendix G. ``test``, ``example`` and ``invalid`` never resolve in public.
"""


def special_name(host: str, allowed_names: tuple[str, ...] = ()) -> str | None:
    """The kind of a special name, which is never called; ``None`` for a public name or one that the operator allows.

    Args:
        host: a name, not an address, in lower case.
        allowed_names: names that are allowed with all their subdomains.

    """
    above = [host[place:] for place in range(len(host)) if place == 0 or host[place - 1] == "."]
    if not set(above).isdisjoint(allowed_names):
        return None
    if len(above) == 1 and host not in _SPECIAL_NAMES:
        return "a name without a dot, which only a local network knows"
    return next((_SPECIAL_NAMES[each] for each in above if each in _SPECIAL_NAMES), None)


def is_loopback(address: str) -> bool:
    """Whether an address is a loopback address, written as IPv4, as IPv6, or mapped."""
    parsed = _parsed(address)
    return parsed is not None and _is_in(parsed, _LOOPBACK)


def why_not_to_open(network: Network, *, allows_loopback: bool) -> str | None:
    """Why an operator may not allow a network; ``None`` if they may.

    A metadata service inside a larger private network is not a reason: `AddressPolicy` refuses it anyway.
    """
    if _is_within(network, _LOOPBACK):
        return None if allows_loopback else "has loopback addresses, which need ALLOW_LOOPBACK=1"
    reasons = (
        (network.prefixlen == 0, "is every address"),
        (_overlaps(network, _LOOPBACK), "has loopback addresses among others: list 127.0.0.0/8 or ::1/128 separately"),
        (_overlaps(network, _NEVER), "has link-local, multicast or reserved addresses, which are never called"),
        (_is_within(network, _METADATA), "has a cloud's metadata service, which is never called"),
        (_overlaps(network, _EMBEDDING_IPV4), "contains IPv4 addresses in another form: list the IPv4 network instead"),
    )
    return next((reason for is_so, reason in reasons if is_so), None)


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Decides which hosts may be called.

    Args:
        allowed_networks: networks that are not public but that the operator allows, and no others.
        is_open_to_all: whether every webhook may use `allowed_networks`, not only those with `may_reach_private`.
        denied_networks: networks that the operator denies, even if they are public or in `allowed_networks`.
        denied_loopback_ports: ports of this host that are never called, even if loopback addresses are allowed.
        allowed_names: special names that may be called. Their addresses are checked as usual.

    """

    allowed_networks: tuple[Network, ...] = ()
    is_open_to_all: bool = False
    denied_networks: tuple[Network, ...] = ()
    denied_loopback_ports: frozenset[int] = frozenset()
    allowed_names: tuple[str, ...] = ()

    def of(self, *, may_reach_private: bool) -> AddressPolicy:
        """The policy for one webhook, without `allowed_networks` if the webhook may not use them."""
        return self if may_reach_private or self.is_open_to_all else replace(self, allowed_networks=())

    def refused_name(self, host: str) -> str | None:
        """The kind of a name, not an address, that may not be called; ``None`` if it may."""
        return special_name(host, self.allowed_names)

    def refusal(self, address: str, port: int) -> str | None:
        """The kind of an address that may not be called; ``None`` if it may. A mapped IPv4 address counts as IPv4."""
        parsed = _parsed(address)
        if parsed is None:
            return "not an IP address, or one with a zone"
        if _is_in(parsed, self.denied_networks):
            return "an address that the operator has denied"
        if port in self.denied_loopback_ports and _is_in(parsed, _LOOPBACK):
            return "a port of this host that is denied"
        if _is_in(parsed, self.allowed_networks) and not _is_in(parsed, _NEVER + _METADATA):
            return None
        return _kind_refused(parsed)

    def first_refusal(self, addresses: tuple[str, ...], port: int) -> tuple[str, str] | None:
        """The first address that may not be called, and its kind. One such address is enough to refuse all."""
        for address in addresses:
            kind = self.refusal(address, port)
            if kind is not None:
                return address, kind
        return None


def _parsed(address: str) -> Address | None:
    """The address, with a mapped IPv4 address as IPv4; ``None`` if it is not an address or has a zone."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, IPv4Address):
        return parsed
    return None if parsed.scope_id is not None else parsed.ipv4_mapped or parsed


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


def _overlaps(network: Network, others: tuple[Network, ...]) -> bool:
    return any(each.network_address in network or network.network_address in each for each in others)


def _is_within(network: Network, others: tuple[Network, ...]) -> bool:
    return any(network.network_address in each and network.broadcast_address in each for each in others)


def _kind_refused(address: Address) -> str | None:
    if isinstance(address, IPv4Address):
        return _kind_among(_V4_REFUSED, address)
    if address in _V6_PUBLIC:
        return _kind_among(_V6_REFUSED, address)
    return _kind_among(_V6_OUTSIDE, address) or "not a public address"


def _kind_among(
    kinds: tuple[tuple[IPv4Network, str], ...] | tuple[tuple[IPv6Network, str], ...], address: Address
) -> str | None:
    return next((kind for network, kind in kinds if address in network), None)
