"""A notification: something happened that webhooks may subscribe to."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain import times
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notifications import notification_types, producer
from chalicelib.domain.payloads import raw_json
from chalicelib.domain.payloads.blank import is_blank

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

ID_LENGTH_MAX: Final = 128
PRINCIPAL_LENGTH_MAX: Final = 128
TEXT_LENGTH_MAX: Final = 40_000
"""Characters of the text. Slack truncates longer ones (see the reference's table of receivers)."""

_WHOLE_NUMBER: Final = re.compile(r"0|-?[1-9][0-9]{0,15}")
_WHOLE_NUMBER_MAX: Final = 2**53 - 1
"""Larger JSON numbers are not exact in every parser (RFC 8259, 6), so a larger id stays a string."""

_ENVELOPE: Final = ("id", "text", "deliverAt")
_PERTAINING: Final = ("notificationType", "actionBy", "modelType", "modelId", "targetUser", "targetGroup")
"""The last keys of the body's JSON string, in the order of the reference page. Absent ones are written as null."""

_MODEL_WORDS: Final = {"datasource": "data source", "project": "project", "collection": "domain"}
_NAME_KEYS: Final = ("dataSourceName", "projectName", "collectionName", "domainName", "modelName", "name")


@dataclass(frozen=True, slots=True)
class Notification:
    """What happened, whom it concerns, and the producer's text for it.

    Args:
        id: unique among the ids of its producer.
        is_named: whether the producer set the id, and so may send the notification again.
        notification_type: in the spelling of the catalogue, if it is a built-in type.
        accepted_at: when this service first accepted it. All later ids derive from this and `id`, so a repeated step makes
            the same ids.
        members: every key that receivers get, each value as the producer wrote it.
        text: the producer's sentence; ``None`` if it is absent or blank.
        action_by: the id of the user who acted (`principal`).
        target_user: the id of the user that it is for.
        target_group: the id of the group that it is for.
        deliver_at: when to deliver it; ``None`` for immediately.
        template: the template of an admin's type; a built-in type has its own.
        producer: who sent it (`chalicelib.domain.notifications.producer`).
        depth: how many deliveries led to it (`chalicelib.domain.notifications.depth`).

    """

    id: str
    is_named: bool
    notification_type: str
    accepted_at: datetime
    members: Mapping[str, str]
    text: str | None
    action_by: str | None
    target_user: str | None
    target_group: str | None
    deliver_at: datetime | None = None
    template: str | None = None
    producer: str = producer.UNKNOWN
    depth: int = 0

    @property
    def is_catalogued(self) -> bool:
        """Whether its type is in the catalogue: built in, or added by an admin."""
        return self._template() is not None

    def summary(self) -> str:
        """The notification as the JSON string that receivers get: other members first, then the keys of `_PERTAINING`."""
        metadata = {key: value for key, value in self.members.items() if key not in _PERTAINING}
        pertaining = {key: self.members.get(key, "null") for key in _PERTAINING}
        pertaining["notificationType"] = raw_json.quote(self.notification_type)
        return "{" + ",".join(f"{raw_json.quote(key)}:{value}" for key, value in (metadata | pertaining).items()) + "}"

    def sentence(self, names: Mapping[str, str]) -> str:
        """The text for people: the producer's, or else the type's template filled in.

        Args:
            names: user id → name, for `action_by` and `target_user` if they are known.

        """
        if self.text is not None:
            return self.text
        template = self._template()
        if template is None or is_blank(template):
            return f"{self.notification_type}: {self._subject()}"
        filled = template.format(
            actor=_person(self.action_by, names) or "The system", subject=self._subject(), target=self._target(names)
        )
        return filled[0].upper() + filled[1:]

    def _template(self) -> str | None:
        return self.template or notification_types.TEMPLATES.get(self.notification_type)

    def _target(self, names: Mapping[str, str]) -> str:
        group = f"group {self.target_group}" if self.target_group is not None else "a user"
        return _person(self.target_user, names) or group

    def _subject(self) -> str:
        """What the action was done to, for a sentence: ``the test data source``, ``data source 15``."""
        values = {key: _scalar(self.members.get(key)) for key in (*_NAME_KEYS, "modelType", "modelId")}
        kind = _MODEL_WORDS.get(values["modelType"].lower(), values["modelType"])
        name = next((values[key] for key in _NAME_KEYS if not is_blank(values[key])), "")
        if name:
            return f"the {name} {kind}" if kind else name
        return " ".join(filter(None, (kind, values["modelId"]))) or "something"


def parse(text: str, *, notification_id: str, accepted_at: datetime, producer_name: str = producer.UNKNOWN) -> Notification:
    """Parse a notification from the queue; raise `InvalidInput` with the field that is not valid.

    Args:
        text: a JSON object.
        notification_id: its id if the object has none.
        accepted_at: when this service accepted it.
        producer_name: who sent it.

    """
    members = raw_json.members(text)
    type_name = _string(members, "notificationType")
    if type_name is None or not notification_types.is_name(type_name):
        problem = "a name of letters, digits, '.', '_' and '-' that begins with a letter is expected"
        raise _invalid(key="notificationType", problem=problem)
    own_id, sentence = _own_id(members), _string(members, "text", TEXT_LENGTH_MAX)
    return Notification(
        id=own_id or notification_id,
        is_named=own_id is not None,
        notification_type=notification_types.canonical(type_name),
        accepted_at=accepted_at,
        members={key: value for key, value in members.items() if key not in _ENVELOPE},
        text=None if sentence is None or is_blank(sentence) else sentence,
        action_by=_principal(members, "actionBy"),
        target_user=_principal(members, "targetUser"),
        target_group=_principal(members, "targetGroup"),
        deliver_at=_deliver_at(members),
        producer=producer_name,
    )


def _own_id(members: Mapping[str, str]) -> str | None:
    """The id that the producer set; ``None`` if it set none."""
    own_id = _string(members, "id", ID_LENGTH_MAX)
    if own_id is not None and not (own_id and own_id.isprintable()):
        raise _invalid(key="id", problem="a string of printable characters is expected")
    return own_id


def _deliver_at(members: Mapping[str, str]) -> datetime | None:
    """When to deliver it; ``None`` for immediately."""
    text = _string(members, "deliverAt")
    if text is None:
        return None
    at = times.parse(text)
    if at is None:
        raise _invalid(key="deliverAt", problem="an ISO 8601 time with a time zone is expected, as in 2021-10-15T15:22:10Z")
    return at


def principal(value: Any) -> str | None:  # noqa: ANN401 - any value of JSON
    """The id of a user or a group. The reference API uses integers, so ``1`` and ``"1"`` are the same id.

    Raises `InvalidInput` if `value` is neither an integer nor a short printable string.
    """
    if value is None:
        return None
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    text = str(value) if is_whole else value
    if not isinstance(text, str) or not text or len(text) > PRINCIPAL_LENGTH_MAX or not text.isprintable():
        message = f"it must be an integer or a string of 1 to {PRINCIPAL_LENGTH_MAX} printable characters"
        raise InvalidInput(message)
    return text


def principal_as_written(principal_id: str) -> int | str:
    """The id as the API writes it. The reference API uses integers, so a whole number is written as one."""
    is_whole = _WHOLE_NUMBER.fullmatch(principal_id) is not None and abs(int(principal_id)) <= _WHOLE_NUMBER_MAX
    return int(principal_id) if is_whole else principal_id


def _principal(members: Mapping[str, str], key: str) -> str | None:
    raw = members.get(key, "null")
    try:
        return principal(json.loads(raw)) if len(raw) <= PRINCIPAL_LENGTH_MAX * 6 else principal(raw)
    except ValueError as error:
        raise _invalid(key=key, problem="it must be an integer or a string") from error
    except InvalidInput as error:
        raise _invalid(key=key, problem=error.message) from error


def _string(members: Mapping[str, str], key: str, length_max: int = notification_types.NAME_LENGTH_MAX) -> str | None:
    """The string of `key`; ``None`` if it is absent or null."""
    raw = members.get(key, "null")
    if raw == "null":
        return None
    value = json.loads(raw) if raw.startswith('"') else None
    if not isinstance(value, str) or len(value) > length_max:
        raise _invalid(key=key, problem=f"it must be a string of at most {length_max} characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _invalid(key=key, problem="it contains half a surrogate pair, which is not valid Unicode") from error
    return value


def _scalar(raw: str | None) -> str:
    """A member's value for a sentence; empty if it is absent, an object or an array."""
    if raw is None or raw == "null" or raw[0] in "[{":
        return ""
    return str(json.loads(raw)) if raw.startswith('"') else raw


def _person(user_id: str | None, names: Mapping[str, str]) -> str | None:
    if user_id is None:
        return None
    name = names.get(user_id, "")
    return f"user {user_id}" if is_blank(name) else name


def _invalid(*, key: str, problem: str) -> InvalidInput:
    message = f"The notification's {key} is not valid: {problem}."
    return InvalidInput(message, {key: problem})
