"""`posthorn send`: saying what happened."""

import json as json_format
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from posthorn.cli import documents, screen, times
from posthorn.cli.exits import Code, Stop
from posthorn.cli.options import Json, client, time

if TYPE_CHECKING:
    from posthorn.client.shown import NotificationsTaken

_INTEGER: Final = re.compile(r"0|-?[1-9]\d*")


def send(
    file: Annotated[
        Path | None,
        typer.Argument(help="JSON: one notification, or an array of them; - is standard input.", allow_dash=True),
    ] = None,
    *,
    type_: Annotated[str | None, typer.Option("--type", help="The notification type.")] = None,
    text: Annotated[str | None, typer.Option(help="A sentence for people.")] = None,
    id_: Annotated[str | None, typer.Option("--id", help="SentRequest again with the same id, it is taken once.")] = None,
    by: Annotated[str | None, typer.Option(metavar="ID", help="The user who did it (actionBy).")] = None,
    to: Annotated[str | None, typer.Option(metavar="ID", help="The user it is for (targetUser).")] = None,
    group: Annotated[str | None, typer.Option(metavar="ID", help="The group it is for (targetGroup).")] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="Deliver it then: 2h, 2026-03-01T10:00.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Any other key; JSON, else text.")
    ] = None,
    json: Json = False,
) -> None:
    """Send a notification, from a file, standard input or options; exit with 1 where one of several is refused."""
    flags = _flags(type_, text, id_, by, to, group, _ahead(at)) | dict(map(_pair, set_ or ()))
    with client() as service:
        accepted = service.notifications.send_text(_document(file, flags))
    if json:
        screen.emit(accepted)
    else:
        _shown(accepted)
    if accepted["errors"]:
        raise typer.Exit(Code.FAILED)


def _document(file: Path | None, flags: dict[str, Any]) -> str:
    """The body: from the options, or from the file as it was written."""
    if flags and file is None:
        return json_format.dumps(flags)
    if flags:
        message = "Give a file, or options that make a notification, and not both."
        raise Stop(message, Code.USAGE)
    if file is None and sys.stdin.isatty():
        message = "Give a file, - for standard input, or --type and what belongs to it."
        raise Stop(message, Code.USAGE)
    source = file or documents.STANDARD_INPUT
    text = documents.text_of(source)
    is_several = isinstance(documents.parsed(text, documents.name_of(source)), list)
    return f'{{"notifications":{text}}}' if is_several else text


def _flags(*values: object) -> dict[str, Any]:
    keys = ("notificationType", "text", "id", "actionBy", "targetUser", "targetGroup", "deliverAt")
    principals = {"actionBy", "targetUser", "targetGroup"}
    given = {key: value for key, value in zip(keys, values, strict=True) if value is not None}
    return {key: _principal(str(value)) if key in principals else value for key, value in given.items()}


def _principal(text: str) -> int | str:
    """An id as event sources write it: digits are a number."""
    return int(text) if _INTEGER.fullmatch(text) else text


def _ahead(text: str | None) -> str | None:
    from posthorn.client.times import written

    return written(time(text, ahead=True))


def _pair(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        message = f"{text!r} is no KEY=VALUE."
        raise typer.BadParameter(message)
    try:
        return key, json_format.loads(value)
    except ValueError:
        return key, value


def _shown(accepted: "NotificationsTaken") -> None:
    for taken in accepted["accepted"]:
        later = times.local(taken.get("deliverAt"))
        screen.say(taken["id"] if later is None else f"{taken['id']}, to be delivered at {later}")
    for refused in accepted["errors"]:
        screen.tell(f"Number {refused['index'] + 1} was refused: {refused['message']}")
