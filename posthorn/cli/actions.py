"""`posthorn actions`: the catalogue of notification types."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

from posthorn.cli import documents, safe, screen
from posthorn.cli.exits import Code, Stop
from posthorn.cli.options import Json, Yes, client, confirm, require_apart

if TYPE_CHECKING:
    from posthorn.client import Client
    from posthorn.client.given import ActionInput
    from posthorn.client.shown import Action, ActionWithSchema

app = typer.Typer(help="The catalogue of notification types.")

_MEMBERS: Final = ("description", "template", "schema")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the notification type.")]


@app.command("list")
def list_actions(*, json: Json = False) -> None:
    """What a webhook can ask for."""
    with client() as service:
        if json:
            for action in service.actions.list():
                screen.emit(action)
            return
        rows = [
            (each["name"], "own" if each["isCustom"] else "", "yes" if each["hasSchema"] else "", _said(each))
            for each in service.actions.list()
        ]
    screen.table(("NAME", "OWN", "SCHEMA", "DESCRIPTION"), rows, "There are no notification types.")


def _said(action: "Action") -> str:
    """What a type tells of: those of the service have a template, and no description."""
    return action["description"] or action["template"] or ""


@app.command()
def show(name: Name, *, json: Json = False) -> None:
    """One of them, with its schema."""
    with client() as service:
        _shown(service.actions.get(name), json=json)


@app.command()
def put(
    name: Name,
    *,
    description: Annotated[str | None, typer.Option(help="A sentence for people.")] = None,
    template: Annotated[str | None, typer.Option(help="Makes the text where a notification has none.")] = None,
    schema: Annotated[Path | None, typer.Option(help="A JSON Schema; - is standard input.", allow_dash=True)] = None,
    unset: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help=f"What it has no more: {', '.join(_MEMBERS)}; several may be given."),
    ] = None,
    json: Json = False,
) -> None:
    """Add a custom notification type, or change it: what is not named stays as it is; for admins."""
    wanted = {"description": description, "template": template, "schema": documents.of_file(schema) if schema else None}
    named = {member: value for member, value in wanted.items() if value is not None}
    for member in unset or ():
        if member not in _MEMBERS:
            message = f"A notification type has no {member!r} to unset: {', '.join(_MEMBERS)} are what it has."
            raise Stop(message, Code.USAGE)
    require_apart(named, unset or ())
    with client() as service:
        given = _known(service, name) | named | dict.fromkeys(unset or ())
        _shown(service.actions.put(name, cast("ActionInput", given)), json=json)


@app.command()
def delete(name: Name, *, yes: Yes = False) -> None:
    """Remove one that an admin has added; for admins."""
    confirm(f"Delete the notification type {name}?", is_sure=yes)
    with client() as service:
        service.actions.delete(name)
    screen.tell(f"{name} is deleted.")


def _known(service: "Client", name: str) -> dict[str, Any]:
    """What a type has now, since a PUT replaces all of it; nothing if it is new, or built in, which the service refuses."""
    from posthorn.client import NotFound

    try:
        known = service.actions.get(name)
    except NotFound:
        return {}
    return {member: known[member] for member in _MEMBERS} if known["isCustom"] else {}


def _shown(action: "ActionWithSchema", *, json: bool) -> None:
    if json:
        screen.emit(action)
        return
    screen.facts([
        ("name", (action["name"], screen.STRONG)),
        ("description", action["description"]),
        ("template", action["template"]),
        ("own", "yes" if action["isCustom"] else None),
    ])  # fmt: skip
    if action["schema"] is not None:
        screen.say("\n" + safe.document(safe.json_line(action["schema"])))
