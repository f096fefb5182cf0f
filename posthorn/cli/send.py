"""`posthorn send`: sends notifications."""

import re
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from posthorn.cli import input_files, output, times
from posthorn.cli.errors import CommandError, ExitCode
from posthorn.cli.option_groups import with_options
from posthorn.cli.options import Json, client, time_option

if TYPE_CHECKING:
    from posthorn.client.raw_json import RawJson
    from posthorn.schemas import NotificationsTaken

_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*")
_IDS: Final = frozenset({"actionBy", "targetUser", "targetGroup"})
_MEMBERS: Final = MappingProxyType({
    "notificationType": Annotated[str | None, typer.Option("--type", help="Notification type.")],
    "text": Annotated[str | None, typer.Option("--text", help="Sentence for people. Default: from the type's template.")],
    "id": Annotated[
        str | None, typer.Option("--id", help="Id to deduplicate by: sent again within a day, it is accepted once.")
    ],
    "actionBy": Annotated[str | None, typer.Option("--by", metavar="ID", help="User who did it (actionBy).")],
    "targetUser": Annotated[str | None, typer.Option("--to", metavar="ID", help="User it is for (targetUser).")],
    "targetGroup": Annotated[str | None, typer.Option("--group", metavar="ID", help="Group it is for (targetGroup).")],
    "deliverAt": Annotated[
        datetime | None,
        time_option("--at", is_future=True, help="Time to deliver it: in 2h, or 2026-03-01T10:00. Default: now."),
    ],
})  # fmt: skip
"""The options for members of a notification, by their names in the API."""


@with_options("members", _MEMBERS)
def send(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="JSON file with a notification or an array of them (- for standard input).",
            allow_dash=True,
        ),
    ] = None,
    *,
    members: dict[str, Any],
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Any other member. The value is JSON, sent unchanged, or else text. Repeat for several.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Send notifications from a file or standard input, or one that is made of options.

    Prints the id of each accepted notification. The exit code is 1 if one of several is refused.
    """
    notification = _with_pairs({member: _value(member, value) for member, value in members.items()}, set_ or ())
    with client() as service:
        result = service.notifications.send_text(_request_body(file, notification))
    output.show(result, _display, json=json)
    if result["errors"]:
        raise typer.Exit(ExitCode.FAILED)


def _request_body(file: Path | None, notification: dict[str, Any]) -> str:
    """The notification from the options, or the content of the file unchanged."""
    from posthorn.client import raw_json

    if notification and file is None:
        return raw_json.dumps(notification)
    if notification:
        message = "Give a file, or options that make a notification, but not both."
        raise CommandError(message, ExitCode.USAGE)
    if file is None and sys.stdin.isatty():
        message = "Give a file, - for standard input, or --type with further options."
        raise CommandError(message, ExitCode.USAGE)
    content = input_files.read_json(file or input_files.STANDARD_INPUT)
    return raw_json.dumps({"notifications": content}) if content.is_array else content.text


def _value(member: str, value: str | datetime) -> "RawJson | str | None":
    """A member's value: an id of digits is a number, as event sources write it."""
    from posthorn.client.raw_json import RawJson
    from posthorn.client.times import iso8601

    if isinstance(value, datetime):
        return iso8601(value)
    return RawJson(value) if member in _IDS and _INTEGER.fullmatch(value) else value


def _with_pairs(members: dict[str, Any], pairs: Iterable[str]) -> dict[str, Any]:
    """The members from options and from `--set`; raise `typer.BadParameter` for a member that is given twice."""
    merged = dict(members)
    for pair in pairs:
        key, value = _parsed(pair)
        if key in merged:
            message = f"{key!r} is given twice. Give each member one value."
            raise typer.BadParameter(message, param_hint="'--set'")
        merged[key] = value
    return merged


def _parsed(pair: str) -> "tuple[str, RawJson | str]":
    """A key, and its value as unchanged JSON; if it is not JSON, as text."""
    from posthorn.client.raw_json import RawJson

    key, equals, value = pair.partition("=")
    if not equals or not key:
        message = f"{pair!r} is not KEY=VALUE."
        raise typer.BadParameter(message, param_hint="'--set'")
    try:
        return key, RawJson(value)
    except (ValueError, RecursionError):
        return key, value


def _display(result: "NotificationsTaken") -> None:
    for accepted in result["accepted"]:
        deliver_at = times.local(accepted.get("deliverAt"))
        output.print_text(accepted["id"] if deliver_at is None else f"{accepted['id']}, to be delivered at {deliver_at}")
    for refused in result["errors"]:
        output.note(f"Notification {refused['index'] + 1} was refused: {refused['message']}")
