"""Tokens of webhooks that authenticate by OAuth2, kept in the process until shortly before they end."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain.webhooks import oauth2
from chalicelib.domain.webhooks.authentication import OAuth2Authentication
from chalicelib.domain.webhooks.oauth2 import Denial

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.delivery.outbound import RequestRules
    from chalicelib.domain.delivery.attempt import Exchange, OutboundRequest
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.ports import Clock

log = logging.getLogger(__name__)

KEPT_MAX: Final = 1_000
"""Tokens that a process keeps; the one that was fetched first makes room."""

Key = tuple[str, int]
"""A webhook's id and version: a change of its authentication makes another one."""


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str = field(repr=False)
    until: datetime


class Tokens:
    """The tokens of a process, over its batches."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[Key, _Kept] = {}

    def for_batch(self) -> BatchTokens:
        """The tokens as one batch goes by them."""
        return BatchTokens(self)

    def fresh(self, webhook: Webhook) -> str | None:
        """The token of a webhook, if there is one that is good for a while."""
        kept = self._kept.get(_key(webhook))
        return kept.token if kept is not None and self._clock.now() < kept.until else None

    def learn(self, webhook: Webhook, exchange: Exchange) -> str | Denial:
        """Keep what a token server gave; return the token, or why there is none."""
        outcome = oauth2.granted(exchange)
        if isinstance(outcome, Denial):
            log.warning("token.denied", extra={"webhook_id": webhook.id, "reason": outcome.message})
            return outcome
        self.forget(webhook)
        while len(self._kept) >= KEPT_MAX:
            del self._kept[next(iter(self._kept))]
        self._kept[_key(webhook)] = _Kept(outcome.token, exchange.started_at + timedelta(seconds=outcome.use_s))
        return outcome.token

    def forget(self, webhook: Webhook) -> None:
        """A receiver did not take the token: the next attempt fetches another one."""
        self._kept.pop(_key(webhook), None)


class BatchTokens:
    """What one batch knows of tokens: each webhook's is asked for once, and what it was told stays true for the batch."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._known: dict[Key, str] = {}
        self._asking: dict[str, Webhook] = {}

    @property
    def asking(self) -> int:
        """How many token requests are in flight."""
        return len(self._asking)

    def is_asking(self, webhook_id: str) -> bool:
        """Whether the token of a webhook is on its way."""
        return webhook_id in self._asking

    def token_of(self, webhook: Webhook) -> str | None:
        """The token that requests to a webhook carry; ``None`` where it needs none, or has none yet."""
        return self._known.get(_key(webhook))

    def ask(self, webhook: Webhook, rules: RequestRules) -> OutboundRequest | None:
        """The request to be sent before any to the webhook can be; ``None`` where nothing is wanting.

        It has as long as an attempt has.
        """
        client = webhook.authentication
        if not isinstance(client, OAuth2Authentication) or _key(webhook) in self._known:
            return None
        fresh = self._tokens.fresh(webhook)
        if fresh is not None:
            self._known[_key(webhook)] = fresh
            return None
        self._asking[webhook.id] = webhook
        return oauth2.token_request(
            client, rules.timeout_s(webhook), user_agent=rules.user_agent, may_reach_private=webhook.may_reach_private
        )

    def answered(self, webhook: Webhook, exchange: Exchange) -> Denial | None:
        """A token request has ended; return why there is no token, unless the webhook was changed meanwhile."""
        asked_for = self._asking.pop(webhook.id)
        outcome = self._tokens.learn(asked_for, exchange)
        if isinstance(outcome, Denial):
            return outcome if _key(asked_for) == _key(webhook) else None
        self._known[_key(asked_for)] = outcome
        return None

    def refused(self, webhook: Webhook) -> None:
        """The receiver answered 401."""
        self._tokens.forget(webhook)


def _key(webhook: Webhook) -> Key:
    return webhook.id, webhook.version
