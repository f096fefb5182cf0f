"""Checks a receiver's URL when a webhook is saved, with the same parser, address policy and resolver as the sender."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import RefusedUrl
from chalicelib.domain.webhooks import addresses, urls

if TYPE_CHECKING:
    from chalicelib.adapters.egress.resolver import ThreadedResolver
    from chalicelib.domain.webhooks.addresses import AddressPolicy
    from chalicelib.domain.webhooks.urls import ReceiverUrl

log = logging.getLogger(__name__)

LOOK_UP_S: Final = 2.0
IS: Final = "its host is"
LEADS_TO: Final = "its host leads to"
SECRETS: Final = "secrets are not sent over http:"


class ReceiverPolicy:
    """Checks in advance what the sender checks at each attempt, since names may resolve to other addresses later."""

    def __init__(self, policy: AddressPolicy, resolver: ThreadedResolver, *, allow_http: bool) -> None:
        self._policy = policy
        self._resolver = resolver
        self._allow_http = allow_http

    def vet(self, url: str, *, may_reach_private: bool, shows_address: bool) -> None:
        """Raise `InvalidInput` or `RefusedUrl` with the reason if `url` would not be called now.

        A name that does not resolve now is accepted: it may resolve later, and then the sender checks it. A refused address
        is logged. The error contains it only if `shows_address`, since the caller may not be allowed to know the network.
        """
        parsed = urls.parse(url, allow_http=self._allow_http)
        if not urls.is_literal(parsed.host) and (kind := self._policy.refused_name(parsed.host)) is not None:
            raise _refusal(IS, kind)
        policy = self._policy.of(may_reach_private=may_reach_private)
        refusal = policy.first_refusal(self._addresses_of(parsed), parsed.port)
        if refusal is not None:
            address, kind = refusal
            log.info("url.refused", extra={"url": parsed.masked, "address": address, "kind": kind})
            raise _refusal(LEADS_TO, f"{address}, {kind}" if shows_address else kind)

    def vet_secrets(self, url: str) -> None:
        """Raise `RefusedUrl` if secrets may not be sent to `url`. The sender checks it again at each attempt."""
        parsed = urls.parse(url)
        if not may_carry_secrets(parsed, self._addresses_of(parsed) if parsed.scheme == "http" else ()):
            raise _refusal(SECRETS, "use https, or remove 'headers' and 'authentication'")

    def _addresses_of(self, url: ReceiverUrl) -> tuple[str, ...]:
        if urls.is_literal(url.host):
            return (url.host,)
        resolution = self._resolver.resolve(url.host, LOOK_UP_S)
        return resolution.addresses if resolution else ()


def may_carry_secrets(url: ReceiverUrl, found: tuple[str, ...]) -> bool:
    """Whether a request may contain secrets: only with TLS, or to this host itself."""
    return url.scheme == "https" or (bool(found) and all(addresses.is_loopback(each) for each in found))


def _refusal(what: str, why: str) -> RefusedUrl:
    problem = f"{what} {why}"
    return RefusedUrl(f"The URL is refused: {problem}.", {"url": problem})
