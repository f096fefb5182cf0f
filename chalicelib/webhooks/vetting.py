"""The check of a webhook's URLs when they are set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.errors import PosthornError
from chalicelib.domain.webhooks import own_hosts
from chalicelib.domain.webhooks.authentication import OAuth2Authentication

if TYPE_CHECKING:
    from collections.abc import Collection

    from chalicelib.domain.webhooks.authentication import AuthenticationDraft
    from chalicelib.webhooks.ports import UrlPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Vetting:
    """Checks the URLs of one webhook.

    Args:
        policy: the addresses that may be called.
        own: the hosts of this service. No webhook may call them.
        may_reach_private: whether the webhook may call the networks that the operator has opened for admins.
        shows_address: whether the error may contain the IP address of a host.

    """

    policy: UrlPolicy
    own: Collection[str]
    may_reach_private: bool
    shows_address: bool

    def url(self, url: str) -> None:
        """Raise `InvalidInput` or `RefusedUrl` if the URL may not be called."""
        self.policy.vet(url, may_reach_private=self.may_reach_private, shows_address=self.shows_address)
        own_hosts.require_foreign(url, self.own)

    def secrets(self, url: str) -> None:
        """Raise `RefusedUrl` if secrets may not be sent to the URL."""
        self.policy.vet_secrets(url)

    def token_url(self, draft: AuthenticationDraft | None) -> None:
        """Both checks, for the URL from which a webhook's tokens are fetched."""
        if draft is None or not isinstance(draft.written, OAuth2Authentication):
            return
        try:
            self.url(draft.written.token_url)
            self.secrets(draft.written.token_url)
        except PosthornError as error:
            raise type(error)(error.message, {"authentication.tokenUrl": error.fields.get("url", error.message)}) from error
