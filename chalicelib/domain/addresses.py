"""Which addresses may be called: the allowed set, written down.

`ipaddress.is_global` is no guard: it says yes to NAT64 and 6to4 forms of private addresses, to multicast, to clouds'
metadata services, and its answers differ between patch releases of Python. So here IPv4 is what the IANA registry
(iana.org/assignments/iana-ipv4-special-registry) leaves, less what clouds keep for themselves; IPv6 is the one block from
which public addresses are given out (iana.org/assignments/ipv6-unicast-address-assignments), less what is set aside in it.
"""

from __future__ import annotations

from dataclasses import dataclass
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
"""Names only: all of IPv6 outside `_V6_PUBLIC` is refused, whether it stands here or not."""


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Says which addresses may be called.

    Args:
        allowed_networks: what the operator opens although it is not public; nothing beside it is opened.

    """

    allowed_networks: tuple[Network, ...] = ()

    def refusal(self, address: str) -> str | None:
        """What kind of address it is that may not be called, ``None`` where it may; a mapped IPv4 is judged as IPv4."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return "no IP address"
        if isinstance(parsed, IPv6Address):
            if parsed.scope_id is not None:
                return "an address with a zone"
            parsed = parsed.ipv4_mapped or parsed
        if any(parsed in network for network in self.allowed_networks):
            return None
        return _kind_refused(parsed)

    def first_refusal(self, addresses: tuple[str, ...]) -> tuple[str, str] | None:
        """The first address that may not be called, and what kind it is: one is enough to refuse them all."""
        for address in addresses:
            kind = self.refusal(address)
            if kind is not None:
                return address, kind
        return None


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
