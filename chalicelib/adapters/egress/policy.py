"""The policy at registration: the parser, the addresses and the resolver that the sender uses too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.domain import urls
from chalicelib.domain.errors import RefusedUrl

if TYPE_CHECKING:
    from chalicelib.adapters.egress.resolver import ThreadedResolver
    from chalicelib.domain.addresses import AddressPolicy

LOOK_UP_S: Final = 2.0


class ReceiverPolicy:
    """Says at registration what the sender would say; the sender asks again at each attempt, for names move."""

    def __init__(self, addresses: AddressPolicy, resolver: ThreadedResolver, *, allow_http: bool) -> None:
        self._addresses = addresses
        self._resolver = resolver
        self._allow_http = allow_http

    def vet(self, url: str) -> None:
        """Raise `InvalidInput` or `RefusedUrl` with the reason, unless `url` would be called as things stand.

        A name that does not resolve for now passes: it may tomorrow, and then the sender judges it.
        """
        host = urls.parse(url, allow_http=self._allow_http).host
        refusal = self._addresses.first_refusal(self._addresses_of(host))
        if refusal is not None:
            problem = "its host leads to {}, {}".format(*refusal)
            message = f"The URL is refused: {problem}."
            raise RefusedUrl(message, {"url": problem})

    def _addresses_of(self, host: str) -> tuple[str, ...]:
        if urls.is_literal(host):
            return (host,)
        resolution = self._resolver.resolve(host, LOOK_UP_S)
        return resolution.addresses if resolution else ()
