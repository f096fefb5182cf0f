"""Access tokens of webhooks that authenticate by OAuth2, cached by the process until shortly before they expire."""

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
"""Tokens that a process caches; the one that was fetched first makes room."""

Key = tuple[str, int]
"""A webhook's id and version: a change of its authentication needs a new token."""


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
        """The tokens for one batch."""
        return BatchTokens(self)

    def fresh(self, webhook: Webhook) -> str | None:
        """The cached token of a webhook, if it does not expire soon."""
        kept = self._kept.get(_key(webhook))
        return kept.token if kept is not None and self._clock.now() < kept.until else None

    def learn(self, webhook: Webhook, exchange: Exchange) -> str | Denial:
        """Cache the token in a token server's response; return it, or why there is none."""
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
        """Drop a token that a receiver refused: the next attempt fetches another one."""
        self._kept.pop(_key(webhook), None)


class BatchTokens:
    """The tokens of one batch: each webhook's is fetched once, and used for the whole batch even if it expires."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._known: dict[Key, str] = {}

    def token_of(self, webhook: Webhook) -> str | None:
        """The token of a webhook's requests; ``None`` if it needs none, or has none yet."""
        return self._known.get(_key(webhook))

    def request(self, webhook: Webhook, rules: RequestRules) -> OutboundRequest | None:
        """The request for a token that an attempt needs first, with the timeout of an attempt; ``None`` if it needs none."""
        client = webhook.authentication
        if not isinstance(client, OAuth2Authentication) or _key(webhook) in self._known:
            return None
        fresh = self._tokens.fresh(webhook)
        if fresh is not None:
            self._known[_key(webhook)] = fresh
            return None
        return oauth2.token_request(
            client, rules.timeout_s(webhook), user_agent=rules.user_agent, may_reach_private=webhook.may_reach_private
        )

    def answered(self, webhook: Webhook, exchange: Exchange) -> Denial | None:
        """Keep the token that was fetched for a webhook; return why there is none."""
        outcome = self._tokens.learn(webhook, exchange)
        if isinstance(outcome, Denial):
            return outcome
        self._known[_key(webhook)] = outcome
        return None

    def refused(self, webhook: Webhook) -> None:
        """The receiver answered 401: the next batch fetches another token."""
        self._tokens.forget(webhook)


def _key(webhook: Webhook) -> Key:
    return webhook.id, webhook.version
