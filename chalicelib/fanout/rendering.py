"""What each webhook gets of one notification: nothing, a body, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.domain.delivery import delivery
from chalicelib.domain.expressions import evaluation
from chalicelib.domain.expressions.evaluation import Document, EvaluationFailed
from chalicelib.domain.payloads import formats, raw_json

if TYPE_CHECKING:
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.directory.users import Caller
    from chalicelib.domain.expressions.evaluation import Allowance
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.domain.payloads.formats import BodyFormat
    from chalicelib.domain.webhooks.webhook import Webhook


@dataclass(frozen=True, slots=True)
class Rendered:
    """A body for a webhook; where there is a `problem`, the body is empty, and the problem is recorded in its place."""

    body: str
    problem: str | None = None


def prepared(taken: Notification, directory: Directory, *, shown_to: Caller | None = None) -> Rendering:
    """The bodies of a notification; people's names are looked up only where the producer sent no text.

    A preview or a test is `shown_to` a caller who wrote the notification, with any user's id in it: they see the names that
    they may know, and everybody else as somebody unknown.
    """
    people = {person for person in (taken.action_by, taken.target_user) if person is not None}
    if shown_to is not None:
        people = {person for person in people if shown_to.may_touch(person)}
    names = directory.names(people) if taken.text is None and people else {}
    return Rendering(taken, taken.sentence(names))


class Rendering:
    """The bodies of one notification; those of a format are made once, however many webhooks want it."""

    def __init__(self, notification: Notification, sentence: str) -> None:
        self._notification = notification
        self._sentence = sentence
        self._bodies: dict[BodyFormat, str] = {}

    def of(self, webhook: Webhook, allowance: Allowance) -> Rendered | None:
        """What the webhook gets; ``None`` if its filter holds the notification back. Its expressions spend the allowance."""
        wanted = webhook.filter_expression
        try:
            if wanted is not None and not evaluation.passes_filter(wanted, self._document, allowance):
                return None
        except EvaluationFailed as failed:
            return Rendered("", f"The webhook's filter failed: {failed}.")
        if webhook.transform_expression is None:
            return Rendered(self._body(webhook.body_format))
        try:
            return Rendered(evaluation.transformed(webhook.transform_expression, self._document, allowance))
        except EvaluationFailed as failed:
            return Rendered("", f"The webhook's transform failed: {failed}.")

    def first_attempt(self, webhook: Webhook, allowance: Allowance) -> PendingAttempt | None:
        """The attempt that a fan-out owes the webhook; ``None`` if its filter holds the notification back."""
        made = self.of(webhook, allowance)
        if made is None:
            return None
        by = delivery.chosen(self._notification, webhook, lambda: self._document.text)
        return delivery.first_attempt(self._notification, webhook.id, made.body, made.problem, by)

    def _body(self, body_format: BodyFormat) -> str:
        made = self._bodies.get(body_format)
        if made is None:
            made = self._bodies[body_format] = formats.body(body_format, self._notification, self._sentence)
        return made

    @cached_property
    def _document(self) -> Document:
        """The notification as receivers see it, with its id and the text for people before it."""
        own = f'{{"id":{raw_json.quote(self._notification.id)},"text":{raw_json.quote(self._sentence)}'
        return Document(f"{own},{self._notification.summary()[1:]}")
