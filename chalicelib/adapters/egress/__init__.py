"""HTTP requests to untrusted addresses: the address policy, the resolver, and the sender on libcurl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.egress import descriptors
from chalicelib.adapters.egress.policy import ReceiverPolicy
from chalicelib.adapters.egress.resolver import ThreadedResolver
from chalicelib.domain.webhooks.addresses import AddressPolicy

if TYPE_CHECKING:
    from chalicelib.adapters.egress.curl_sender import CurlSender
    from chalicelib.ports import Clock
    from chalicelib.settings import Settings


def address_policy(settings: Settings) -> AddressPolicy:
    """The policy on which hosts may be called, from the operator's settings."""
    return AddressPolicy(
        settings.allowed_networks,
        is_open_to_all=settings.private_receivers == "everybody",
        denied_networks=settings.denied_networks,
        denied_loopback_ports=frozenset(settings.denied_loopback_ports),
        allowed_names=settings.allowed_names,
    )


def receiver_policy(settings: Settings) -> ReceiverPolicy:
    """The policy that checks a webhook's URL when it is saved."""
    return ReceiverPolicy(address_policy(settings), ThreadedResolver(), allow_http=settings.allow_http)


def sender(settings: Settings, clock: Clock) -> CurlSender:
    """The HTTP client. The API sends only tests of webhooks, so it imports libcurl at the first test."""
    from chalicelib.adapters.egress import authorities  # noqa: PLC0415 - see the docstring
    from chalicelib.adapters.egress.curl_sender import CurlSender  # noqa: PLC0415

    resolver = ThreadedResolver(threads_max=settings.in_flight_max)
    return CurlSender(
        settings,
        address_policy(settings),
        resolver,
        clock,
        ca_file=authorities.bundle(settings.receiver_ca_file),
        idle_max=descriptors.idle_connections_max(settings.in_flight_max),
    )
