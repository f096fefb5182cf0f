"""The body that each webhook gets of one notification, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.delivery import delivery
from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.expressions import evaluation
from chalicelib.domain.expressions.evaluation import Document, EvaluationFailed
from chalicelib.domain.payloads import formats, raw_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from chalicelib.domain.delivery.attempt import Chosen, PendingAttempt
    from chalicelib.domain.directory.users import Caller
    from chalicelib.domain.expressions.evaluation import Allowance
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.domain.payloads.formats import BodyFormat
    from chalicelib.domain.webhooks.webhook import Webhook


@dataclass(frozen=True, slots=True)
class Rendered:
    """A body for a webhook; if there is a `problem`, the body is empty, and the problem is recorded in its place.

    `content_type` is ``None`` for JSON's.
    """

    body: str
    problem: str | None = None
    content_type: str | None = None

    def first_attempt(self, notification: Notification, webhook_id: str, chosen: Chosen | None = None) -> PendingAttempt:
        """The first attempt of the delivery that sends this body."""
        return Delivery.of(notification, webhook_id).first_attempt(self.body, self.problem, chosen, self.content_type)


class Names(Protocol):
    """Where the names of users are looked up."""

    def names(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """The names of those of the users that exist."""


def people_of(notification: Notification) -> set[str]:
    """The users whose names its text needs: none if the producer sent a text."""
    if notification.text is not None:
        return set()
    return {person for person in (notification.action_by, notification.target_user) if person is not None}


def prepared(notification: Notification, directory: Names, *, shown_to: Caller | None = None) -> Rendering:
    """The bodies of a notification; the names that its text needs are looked up.

    A preview or a test is for a caller (`shown_to`) who wrote the notification, with any user's id in it. It has only the
    names that they may know; other users are unknown.
    """
    people = people_of(notification)
    if shown_to is not None:
        people = {person for person in people if shown_to.may_touch(person)}
    return Rendering(notification, notification.sentence(directory.names(people) if people else {}))


class Rendering:
    """The bodies of one notification; that of a format is rendered once, however many webhooks have the format."""

    def __init__(self, notification: Notification, sentence: str) -> None:
        self._notification = notification
        self._sentence = sentence
        self._bodies: dict[BodyFormat, str] = {}

    def of(self, webhook: Webhook, allowance: Allowance) -> Rendered | None:
        """The body for a webhook; ``None`` if its filter drops the notification. Its expressions spend the allowance."""
        expression = webhook.filter_expression
        try:
            if expression is not None and not evaluation.passes_filter(expression, self._document, allowance):
                return None
        except EvaluationFailed as failed:
            return Rendered("", f"The webhook's filter failed: {failed}.")
        if webhook.transform_expression is None:
            return Rendered(self._body(webhook.body_format), content_type=formats.content_type(webhook.body_format))
        try:
            return Rendered(evaluation.transformed(webhook.transform_expression, self._document, allowance))
        except EvaluationFailed as failed:
            return Rendered("", f"The webhook's transform failed: {failed}.")

    def first_attempt(self, webhook: Webhook, allowance: Allowance) -> PendingAttempt | None:
        """The first attempt of the webhook's delivery; ``None`` if its filter drops the notification."""
        rendered = self.of(webhook, allowance)
        if rendered is None:
            return None
        by = delivery.chosen(self._notification, webhook, lambda: self._document.text)
        return rendered.first_attempt(self._notification, webhook.id, by)

    def _body(self, body_format: BodyFormat) -> str:
        body = self._bodies.get(body_format)
        if body is None:
            body = self._bodies[body_format] = formats.body(body_format, self._notification, self._sentence)
        return body

    @cached_property
    def _document(self) -> Document:
        """The notification as receivers see it, with its id and the text for people before it."""
        own = f'{{"id":{raw_json.quote(self._notification.id)},"text":{raw_json.quote(self._sentence)}'
        return Document(f"{own},{self._notification.summary()[1:]}")
