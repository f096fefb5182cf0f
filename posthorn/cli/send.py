"""`posthorn send`: saying what happened."""

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from posthorn.cli import documents, screen, times
from posthorn.cli.exits import Code, Stop
from posthorn.cli.options import Json, client, time

if TYPE_CHECKING:
    from posthorn.client.raw_json import RawJson
    from posthorn.client.shown import NotificationsTaken

_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*")


def send(
    file: Annotated[
        Path | None,
        typer.Argument(help="JSON: one notification, or an array of them; - is standard input.", allow_dash=True),
    ] = None,
    *,
    type_: Annotated[str | None, typer.Option("--type", help="The notification type.")] = None,
    text: Annotated[str | None, typer.Option(help="A sentence for people.")] = None,
    id_: Annotated[str | None, typer.Option("--id", help="However often it is sent with this id, it is taken once.")] = None,
    by: Annotated[str | None, typer.Option(metavar="ID", help="The user who did it (actionBy).")] = None,
    to: Annotated[str | None, typer.Option(metavar="ID", help="The user it is for (targetUser).")] = None,
    group: Annotated[str | None, typer.Option(metavar="ID", help="The group it is for (targetGroup).")] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="Deliver it then: 2h, 2026-03-01T10:00.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any other key; JSON, sent as it is written, else text."),
    ] = None,
    json: Json = False,
) -> None:
    """Send a notification, from a file, standard input or options; exit with 1 where one of several is refused."""
    flags = _with_pairs(_flags(type_, text, id_, by, to, group, _ahead(at)), set_ or ())
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
    from posthorn.client import raw_json

    if flags and file is None:
        return raw_json.dumps(flags)
    if flags:
        message = "Give a file, or options that make a notification, and not both."
        raise Stop(message, Code.USAGE)
    if file is None and sys.stdin.isatty():
        message = "Give a file, - for standard input, or --type and what belongs to it."
        raise Stop(message, Code.USAGE)
    given = documents.raw(file or documents.STANDARD_INPUT)
    return raw_json.dumps({"notifications": given}) if given.is_array else given.text


def _flags(*values: object) -> dict[str, Any]:
    keys = ("notificationType", "text", "id", "actionBy", "targetUser", "targetGroup", "deliverAt")
    principals = {"actionBy", "targetUser", "targetGroup"}
    given = {key: value for key, value in zip(keys, values, strict=True) if value is not None}
    return {key: _principal(str(value)) if key in principals else value for key, value in given.items()}


def _principal(text: str) -> "RawJson | str":
    """An id as event sources write it: digits are a number."""
    from posthorn.client.raw_json import RawJson

    return RawJson(text) if _INTEGER.fullmatch(text) else text


def _ahead(text: str | None) -> str | None:
    from posthorn.client.times import written

    return written(time(text, ahead=True))


def _with_pairs(flags: dict[str, Any], texts: Iterable[str]) -> dict[str, Any]:
    """The members that options give, and those of `--set`; raise `typer.BadParameter` where one is given twice."""
    given = dict(flags)
    for text in texts:
        key, value = _pair(text)
        if key in given:
            message = f"{key!r} is given twice: a key has one value."
            raise typer.BadParameter(message)
        given[key] = value
    return given


def _pair(text: str) -> "tuple[str, RawJson | str]":
    """A key and its value: JSON as it was written, and anything else is text."""
    from posthorn.client.raw_json import RawJson

    key, equals, value = text.partition("=")
    if not equals or not key:
        message = f"{text!r} is no KEY=VALUE."
        raise typer.BadParameter(message)
    try:
        return key, RawJson(value)
    except (ValueError, RecursionError):
        return key, value


def _shown(accepted: "NotificationsTaken") -> None:
    for taken in accepted["accepted"]:
        later = times.local(taken.get("deliverAt"))
        screen.say(taken["id"] if later is None else f"{taken['id']}, to be delivered at {later}")
    for refused in accepted["errors"]:
        screen.tell(f"Number {refused['index'] + 1} was refused: {refused['message']}")
