"""Changes of webhooks: their owners' edits, and the rotation of their secrets."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from chalicelib.access import preconditions
from chalicelib.domain.directory.audit import action_of
from chalicelib.domain.directory.preconditions import StandingLost, of_change
from chalicelib.domain.errors import Forbidden, InvalidInput, RefusedHeader, Unavailable, VersionConflict
from chalicelib.domain.expressions import syntax
from chalicelib.domain.webhooks import authentication, headers, urls
from chalicelib.domain.webhooks.authentication import AuthenticationDraft
from chalicelib.domain.webhooks.health import Health
from chalicelib.webhooks.service import new_secrets
from chalicelib.webhooks.vetting import Vetting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from chalicelib.access.audit import Auditor
    from chalicelib.delivery.waiting import Waiting
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.directory.users import Caller
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.intake.catalogue import Catalogue
    from chalicelib.ports import Clock, Entropy
    from chalicelib.webhooks.ports import UrlPolicy, WebhookStore
    from chalicelib.webhooks.service import WebhookService

log = logging.getLogger(__name__)

OVERLAP_MAX_S: Final = 7 * 24 * 3600
OVERLAP_DEFAULT_S: Final = 24 * 3600
_LIVE_SECRETS_MAX: Final = 10
"""Secrets that sign at the same time. Each makes the header longer, and more than this is a mistake."""
_WRITES_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class WebhookEdit:
    """An edit: fields of a `Webhook` (`owner_fields.EDITED`) with their new values. Others do not change.

    Headers are name → value, or ``None`` to keep the present value; authentication is an `AuthenticationDraft` or ``None``.
    """

    changes: Mapping[str, Any]


class WebhookEditor:
    """The use cases of `PATCH /webhooks/{id}` and of the rotation of secrets."""

    def __init__(  # noqa: PLR0913 - one argument for each port
        self,
        *,
        store: WebhookStore,
        webhooks: WebhookService,
        directory: Directory,
        catalogue: Catalogue,
        policy: UrlPolicy,
        waiting: Waiting,
        clock: Clock,
        entropy: Entropy,
        audit: Auditor,
    ) -> None:
        self._store = store
        self._webhooks = webhooks
        self._directory = directory
        self._catalogue = catalogue
        self._policy = policy
        self._waiting = waiting
        self._clock = clock
        self._entropy = entropy
        self._audit = audit

    def edit(
        self, caller: Caller, webhook_id: str, edit: WebhookEdit, version: int | None, own: Collection[str] = ()
    ) -> Webhook:
        """Change a webhook; raise `VersionConflict` if it is not at `version` any more, if one is given.

        If the edit changes nothing, nothing is written, and the webhook keeps its version.

        `own` are the hosts of this service. No webhook may call them.
        """
        changes = dict(edit.changes)
        if "notification_types" in changes:
            changes["notification_types"] = self._catalogue.known(changes["notification_types"])
        syntax.check("filter", changes.get("filter_expression"))
        syntax.check("transform", changes.get("transform_expression"))
        return self._write(caller, webhook_id, version, lambda webhook: self._edited(caller, webhook, changes, own))

    def rotate(self, caller: Caller, webhook_id: str, overlap_s: float) -> Webhook:
        """Give a webhook new secrets. Requests are signed with the old ones too for `overlap_s` more seconds."""
        return self._write(caller, webhook_id, None, lambda webhook: self._rotated(webhook, overlap_s))

    def _write(self, caller: Caller, webhook_id: str, version: int | None, change: Callable[[Webhook], Webhook]) -> Webhook:
        """Apply a change to the current webhook, again if somebody else changes it at the same time.

        It is written only if the user who makes it still may, and if the webhook's owner may still have such a webhook
        (`of_change`).
        """
        for _ in range(_WRITES_MAX):
            webhook = self._webhooks.get(caller, webhook_id)
            if version is not None and version != webhook.version:
                message = f"The webhook is at version {webhook.version}, not {version}: it was changed. Read it again."
                raise VersionConflict(message)
            wanted = change(webhook)
            if wanted == webhook:
                return webhook
            changed = replace(wanted, updated_at=self._clock.now(), version=webhook.version + 1)
            if self._is_written(caller, webhook, changed):
                self._audit.webhook(caller.user_id, action_of(webhook, changed), webhook, changed)
                self._perhaps_wake(webhook, changed)
                return changed
        message = "Others keep changing this webhook. Try again."
        raise VersionConflict(message)

    def _is_written(self, caller: Caller, webhook: Webhook, changed: Webhook) -> bool:
        held = of_change(caller, changed)
        try:
            return self._store.update(webhook, changed, held)
        except StandingLost:
            preconditions.require(self._directory, caller, held)
            return False

    def _edited(self, caller: Caller, webhook: Webhook, changes: dict[str, Any], own: Collection[str]) -> Webhook:
        """The webhook with its changes. Its URLs are checked as the owner's, even if an admin edits it."""
        changed = _edited(caller, webhook, changes)
        vetting = Vetting(
            policy=self._policy, own=own, may_reach_private=changed.may_reach_private, shows_address=caller.is_admin
        )
        if "url" in changes:
            vetting.url(changed.url)
        vetting.token_url(changes.get("authentication"))
        if changed.has_secrets and not changes.keys().isdisjoint(("url", "headers", "authentication")):
            vetting.secrets(changed.url)
        return changed

    def _perhaps_wake(self, old: Webhook, new: Webhook) -> None:
        """Release waiting deliveries after a reset or a new rate limit. If that fails, the sweep does it."""
        is_closed = old.health.called_again_at is not None and new.health.called_again_at is None
        if not is_closed and old.rate_limit_per_s == new.rate_limit_per_s:
            return
        try:
            self._waiting.wake(new.id)
        except Unavailable as error:
            log.warning("waiting.not_woken", extra={"webhook_id": new.id, "reason": error.message})

    def _rotated(self, webhook: Webhook, overlap_s: float) -> Webhook:
        now = self._clock.now()
        until = now + timedelta(seconds=overlap_s)
        old = [replace(each, expires_at=min(each.expires_at or until, until)) for each in webhook.secrets]
        live = [each for each in old if each.is_live(now)]
        fresh = new_secrets(self._entropy, has_private_key=any(each.is_private_key for each in webhook.secrets))
        if len(live) + len(fresh) > _LIVE_SECRETS_MAX:
            message = f"{len(live)} older secrets still sign. Wait until they expire, or rotate with overlapSeconds 0."
            raise InvalidInput(message)
        return replace(webhook, secrets=(*fresh, *live))


def _edited(caller: Caller, webhook: Webhook, changes: dict[str, Any]) -> Webhook:
    """A webhook that is enabled again, or gets another URL, is reset: no reason, no failures, a closed circuit."""
    is_revived = changes.get("is_enabled") is True and not webhook.is_live
    if is_revived and webhook.is_global and not caller.is_admin:
        message = "A global webhook gets all notifications, so only an admin can enable it."
        raise Forbidden(message, {"enabled": "needs the admin role"})
    if "url" in changes:
        _require_secrets_anew(webhook, changes)
        changes = changes | {"may_reach_private": caller.is_admin and caller.user_id == webhook.owner_id}
    changed = replace(webhook, **changes | _completed(webhook, changes))
    authentication.require_one(changed.headers, changed.authentication)
    if is_revived:
        changed = replace(changed, disabled_reason=None)
    return replace(changed, health=Health()) if is_revived or changed.url != webhook.url else changed


def _require_secrets_anew(webhook: Webhook, changes: dict[str, Any]) -> None:
    """Raise `RefusedHeader` if the URL moves to another origin and stored secrets would be sent there.

    Otherwise anybody who may edit a webhook, for example an admin, could read its secrets at a receiver of their own.
    """
    if urls.parse(changes["url"]).origin == urls.origin(webhook.url):
        return
    written = changes.get("headers", dict.fromkeys((name for name, _ in webhook.headers), None))
    kept = [f"headers.{name}" for name, value in written.items() if value is None]
    there = AuthenticationDraft(webhook.authentication, keeps_secret=True) if webhook.authentication is not None else None
    draft = changes.get("authentication", there)
    if draft is not None and draft.keeps_secret:
        kept.append(f"authentication.{authentication.secret_member(draft.written)}")
    if kept:
        message = (
            "The new URL has another origin (scheme, host or port), and the stored secrets are not sent there. "
            f"Send them again in the same request, or remove them: {', '.join(kept)}."
        )
        raise RefusedHeader(message, dict.fromkeys(kept, "the URL has another origin: send it again"))


def _completed(webhook: Webhook, changes: dict[str, Any]) -> dict[str, Any]:
    """Headers and authentication to store: an edit may keep their secrets."""
    completed: dict[str, Any] = {}
    if "headers" in changes:
        completed["headers"] = headers.replaced(changes["headers"], webhook.headers)
    if changes.get("authentication") is not None:
        completed["authentication"] = changes["authentication"].completed(webhook.authentication)
    return completed
