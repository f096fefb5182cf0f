"""What the URLs of a webhook are held to when somebody writes them."""

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
    """Asks about the URLs of one webhook.

    Args:
        policy: which addresses may be called.
        own: the hosts of this service, to which no webhook may lead.
        may_reach_private: whether the webhook may lead into the networks that the operator opened for admins.
        shows_address: whether a refusal may say to which address a name leads.

    """

    policy: UrlPolicy
    own: Collection[str]
    may_reach_private: bool
    shows_address: bool

    def url(self, url: str) -> None:
        """Raise `InvalidInput` or `RefusedUrl` for a URL that is not called."""
        self.policy.vet(url, may_reach_private=self.may_reach_private, shows_address=self.shows_address)
        own_hosts.require_foreign(url, self.own)

    def secrets(self, url: str) -> None:
        """Raise `RefusedUrl` for a URL to which no secrets are sent."""
        self.policy.vet_secrets(url)

    def token_url(self, draft: AuthenticationDraft | None) -> None:
        """Raise what `url` and `secrets` would, for the URL from which a webhook's tokens are to be fetched."""
        if draft is None or not isinstance(draft.written, OAuth2Authentication):
            return
        try:
            self.url(draft.written.token_url)
            self.secrets(draft.written.token_url)
        except PosthornError as error:
            raise type(error)(error.message, {"authentication.tokenUrl": error.fields.get("url", error.message)}) from error
