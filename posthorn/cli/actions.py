"""`posthorn actions`: the catalogue of notification types."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from posthorn.cli import documents, safe, screen
from posthorn.cli.options import Json, Yes, client, confirm

if TYPE_CHECKING:
    from posthorn.client.given import ActionInput
    from posthorn.client.shown import Action, ActionWithSchema

app = typer.Typer(help="The catalogue of notification types.")

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
    json: Json = False,
) -> None:
    """Add a notification type of one's own, or replace it; for admins."""
    given = {"description": description, "template": template, "schema": documents.of_file(schema) if schema else None}
    with client() as service:
        _shown(service.actions.put(name, cast("ActionInput", given)), json=json)


@app.command()
def delete(name: Name, *, yes: Yes = False) -> None:
    """Remove one that an admin has added; for admins."""
    confirm(f"Delete the notification type {name}?", is_sure=yes)
    with client() as service:
        service.actions.delete(name)
    screen.tell(f"{name} is deleted.")


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
