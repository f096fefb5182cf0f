"""Creating, listing and deleting webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chalicelib import concurrency
from chalicelib.access import preconditions
from chalicelib.domain import ids
from chalicelib.domain.delivery import signing
from chalicelib.domain.directory.audit import AuditAction
from chalicelib.domain.directory.preconditions import Standing, StandingLost, of_actor
from chalicelib.domain.directory.users import Role
from chalicelib.domain.errors import Forbidden, LimitReached, NotAuthenticated, PosthornError, Unavailable, WebhookNotFound
from chalicelib.domain.expressions import syntax
from chalicelib.domain.webhooks import authentication, headers
from chalicelib.domain.webhooks.webhook import Webhook
from chalicelib.webhooks.vetting import Vetting

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from chalicelib.access.audit import Auditor
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.delivery.signing import SigningSecret
    from chalicelib.domain.directory.users import Caller, User
    from chalicelib.domain.webhooks.authentication import AuthenticationDraft
    from chalicelib.intake.catalogue import Catalogue
    from chalicelib.ports import Clock, Entropy
    from chalicelib.webhooks.ports import UrlPolicy, WebhookStore
    from chalicelib.webhooks.removal import WebhookRemoval

_VETTING_THREADS: Final = 32
"""Checking a URL waits for DNS. One slow name server must not delay a request with many webhooks."""
_WRITES_MAX: Final = 10
"""How often a write is tried if its user is changed at the same time."""


@dataclass(frozen=True, slots=True)
class WebhookDraft:
    """A webhook as its owner describes it.

    Args:
        values: fields of a `Webhook` (`owner_fields.CREATED`) with their values; secrets as in an edit.
        has_private_key: whether to add an ed25519 signature to the symmetric one.

    """

    values: Mapping[str, Any]
    has_private_key: bool = False

    @property
    def url(self) -> str:
        """The URL."""
        url: str = self.values["url"]
        return url

    @property
    def authentication(self) -> AuthenticationDraft | None:
        """How its requests authenticate."""
        return self.values.get("authentication")


class WebhookService:
    """The use cases of `/webhooks`."""

    def __init__(  # noqa: PLR0913 - one argument for each port
        self,
        *,
        store: WebhookStore,
        catalogue: Catalogue,
        directory: Directory,
        removal: WebhookRemoval,
        policy: UrlPolicy,
        clock: Clock,
        entropy: Entropy,
        audit: Auditor,
        webhooks_per_user_max: int,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._directory = directory
        self._removal = removal
        self._policy = policy
        self._clock = clock
        self._entropy = entropy
        self._audit = audit
        self._webhooks_per_user_max = webhooks_per_user_max

    def create(
        self, caller: Caller, drafts: Sequence[WebhookDraft], own: Collection[str] = ()
    ) -> list[Webhook | PosthornError]:
        """Create webhooks for the caller; each draft gets its webhook, or the reason why it was refused.

        `own` are the hosts of this service. No webhook may call them.

        Raises `NotAuthenticated` if the caller's user is deleted or suspended, also during the request. Then the webhooks
        that were already created are deleted, or disabled, with the user's others (`chalicelib.directory.owners`).
        """
        maker = preconditions.actor(self._directory, caller)
        results: list[Webhook | PosthornError] = []
        for draft, refusal in zip(drafts, self._vet(caller, drafts, own), strict=True):
            try:
                if refusal is not None:
                    raise refusal
                results.append(self._made(caller, maker, draft))
            except NotAuthenticated:
                raise
            except PosthornError as error:
                results.append(error)
        return results

    def drafted(self, caller: Caller, draft: WebhookDraft) -> Webhook:
        """The webhook that a draft describes. It is not stored, and its URL is not checked."""
        owner = self._directory.user(caller.user_id)
        return self._draft_to_webhook(caller, draft, owner, is_admin=caller.is_admin)

    def get(self, caller: Caller, webhook_id: str) -> Webhook:
        """One webhook; raise `WebhookNotFound` if it does not exist, or the caller may not see it."""
        webhook = self._store.get(webhook_id) if ids.is_id(ids.WEBHOOK, webhook_id) else None
        if webhook is None or not caller.may_touch(webhook.owner_id, webhook.owner_incarnation):
            message = "There is no such webhook. GET /webhooks lists yours."
            raise WebhookNotFound(message)
        return webhook

    def page(self, caller: Caller, after: str | None, limit: int) -> tuple[list[Webhook], str | None]:
        """The caller's webhooks (for an admin, all), oldest first, and the id after which to continue."""
        owner_id = None if caller.is_admin else caller.user_id
        found = self._store.page(owner_id, after, limit + 1)
        has_more = len(found) > limit
        return found[:limit], found[limit - 1].id if has_more else None

    def own_among(self, caller: Caller, webhook_ids: Collection[str]) -> frozenset[str]:
        """Those of the webhooks that are the caller's own. The caller must have the right to see all of them."""
        if not caller.is_admin:
            return frozenset(webhook_ids)
        found = self._store.get_many(webhook_ids) if webhook_ids else {}
        return frozenset(each.id for each in found.values() if each.owner_id == caller.user_id)

    def delete(self, caller: Caller, webhook_id: str) -> None:
        """Delete a webhook. No reader sees it any more, and its history is purged in the background."""
        for _ in range(_WRITES_MAX):
            webhook = self.get(caller, webhook_id)
            held = (of_actor(caller, webhook),)
            try:
                return self._removal.remove(caller.user_id, [webhook], held)
            except StandingLost:
                preconditions.require(self._directory, caller, held)
        message = "The user of this API key is being changed. Try again."
        raise Unavailable(message)

    def _made(self, caller: Caller, maker: User, draft: WebhookDraft) -> Webhook:
        """Create a webhook from a draft for the user, again if the user is changed at the same time."""
        for _ in range(_WRITES_MAX):
            is_admin = caller.is_admin and maker.role is Role.ADMIN
            webhook = self._draft_to_webhook(caller, draft, maker, is_admin=is_admin)
            try:
                has_room = self._store.create(webhook, (_maker_of(webhook, caller),), self._webhooks_per_user_max)
            except StandingLost:
                maker = preconditions.actor(self._directory, caller)
                continue
            if not has_room:
                message = f"A user may own {self._webhooks_per_user_max} webhooks (WEBHOOKS_PER_USER_MAX). Delete one first."
                raise LimitReached(message)
            self._audit.webhook(caller.user_id, AuditAction.WEBHOOK_CREATED, None, webhook)
            return webhook
        message = "The user of this API key is being changed. Try again."
        raise Unavailable(message)

    def _vet(self, caller: Caller, drafts: Sequence[WebhookDraft], own: Collection[str]) -> list[PosthornError | None]:
        is_admin = caller.is_admin
        vetting = Vetting(policy=self._policy, own=own, may_reach_private=is_admin, shows_address=is_admin)
        return concurrency.run(lambda draft: _refusal(vetting, draft), drafts, _VETTING_THREADS)

    def _draft_to_webhook(self, caller: Caller, draft: WebhookDraft, owner: User | None, *, is_admin: bool) -> Webhook:
        values = dict(draft.values)
        if values.get("is_global") and not is_admin:
            message = "A global webhook gets all notifications, so only admins can create one."
            raise Forbidden(message, {"global": "needs the admin role"})
        own_headers = headers.replaced(values.get("headers", {}), ())
        own_authentication = draft.authentication.completed(None) if draft.authentication is not None else None
        authentication.require_one(own_headers, own_authentication)
        syntax.check("filter", values.get("filter_expression"))
        syntax.check("transform", values.get("transform_expression"))
        now = self._clock.now()
        decided = {
            "headers": own_headers,
            "authentication": own_authentication,
            "notification_types": self._catalogue.known(values["notification_types"]),
        }
        return Webhook(
            id=ids.WEBHOOK + ids.sortable(now, self._entropy.take(ids.ENTROPY_BYTES)),
            owner_id=caller.user_id,
            owner_incarnation=owner.incarnation if owner is not None else "",
            groups=owner.groups if owner is not None else (),
            created_at=now,
            updated_at=now,
            secrets=new_secrets(self._entropy, has_private_key=draft.has_private_key),
            may_reach_private=is_admin,
            **values | decided,
        )


def _refusal(vetting: Vetting, draft: WebhookDraft) -> PosthornError | None:
    try:
        vetting.url(draft.url)
        vetting.token_url(draft.authentication)
        if draft.values.get("headers") or draft.authentication is not None:
            vetting.secrets(draft.url)
    except PosthornError as error:
        return error
    return None


def _maker_of(webhook: Webhook, caller: Caller) -> Standing:
    """The user as read: the condition for the write."""
    return Standing(
        user_id=webhook.owner_id,
        incarnation=caller.incarnation,
        role=Role.ADMIN if webhook.is_global or webhook.may_reach_private else None,
        groups=webhook.groups,
    )


def new_secrets(entropy: Entropy, *, has_private_key: bool) -> tuple[SigningSecret, ...]:
    """New secrets: the symmetric one that every webhook has and, if wanted, a private key."""
    secret = signing.new_secret(entropy.take(signing.SECRET_BYTES))
    if not has_private_key:
        return (secret,)
    return (secret, signing.new_private_key(entropy.take(signing.SECRET_BYTES)))
