"""`posthorn actions`: the catalogue of notification types."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

from posthorn.cli import escaping, input_files, output
from posthorn.cli.errors import CommandError, ExitCode
from posthorn.cli.options import Json, Yes, client, confirm, refuse_set_and_unset

if TYPE_CHECKING:
    from posthorn.client import Client
    from posthorn.schemas import Action, ActionInput, ActionWithSchema

app = typer.Typer(help="Show notification types, and manage custom ones.")

_MEMBERS: Final = ("description", "template", "schema")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the notification type.")]


@app.command("list")
def list_actions(*, json: Json = False) -> None:
    """List all notification types: the built-in ones and the custom ones."""
    with client() as service:
        output.show_all(
            service.actions.list(),
            ("NAME", "CUSTOM", "SCHEMA", "DESCRIPTION"),
            lambda each: (
                each["name"],
                "yes" if each["isCustom"] else "",
                "yes" if each["hasSchema"] else "",
                _description(each),
            ),
            json=json,
            if_empty="There are no notification types.",
        )


def _description(action: "Action") -> str:
    """Built-in types have a template instead of a description."""
    return action["description"] or action["template"] or ""


@app.command()
def show(name: Name, *, json: Json = False) -> None:
    """Show a notification type with its schema."""
    with client() as service:
        output.show(service.actions.get(name), _display, json=json)


@app.command()
def put(
    name: Name,
    *,
    description: Annotated[str | None, typer.Option(help="Description for people.")] = None,
    template: Annotated[
        str | None,
        typer.Option(help="Template of the text for notifications that have none: {actor} has shipped {subject}."),
    ] = None,
    schema: Annotated[
        Path | None,
        typer.Option(help="File with the JSON Schema of these notifications (- for standard input).", allow_dash=True),
    ] = None,
    unset: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help=f"What to remove: {', '.join(_MEMBERS)}. Repeat for several."),
    ] = None,
    json: Json = False,
) -> None:
    """Create or change a custom notification type. What is not given does not change. Admins only."""
    values = {
        "description": description,
        "template": template,
        "schema": input_files.read_members(schema) if schema else None,
    }
    given = {member: value for member, value in values.items() if value is not None}
    for member in unset or ():
        if member not in _MEMBERS:
            message = f"{member!r} cannot be unset. A notification type has {', '.join(_MEMBERS)}."
            raise CommandError(message, ExitCode.USAGE)
    refuse_set_and_unset(given, unset or ())
    with client() as service:
        action = _current(service, name) | given | dict.fromkeys(unset or ())
        output.show(service.actions.put(name, cast("ActionInput", action)), _display, json=json)


@app.command()
def delete(name: Name, *, yes: Yes = False) -> None:
    """Delete a custom notification type. Admins only."""
    confirm(f"Delete notification type {name}?", is_sure=yes)
    with client() as service:
        service.actions.delete(name)
    output.note(f"Notification type {name} deleted.")


def _current(service: "Client", name: str) -> dict[str, Any]:
    """The current members of a custom type, because PUT replaces all of them. None for a new type and for a built-in one."""
    from posthorn.client import NotFoundError

    try:
        current = service.actions.get(name)
    except NotFoundError:
        return {}
    return {member: current[member] for member in _MEMBERS} if current["isCustom"] else {}


def _display(action: "ActionWithSchema") -> None:
    output.print_fields([
        ("name", (action["name"], output.BOLD)),
        ("description", action["description"]),
        ("template", action["template"]),
        ("custom", "yes" if action["isCustom"] else None),
    ])  # fmt: skip
    if action["schema"] is not None:
        output.print_text("\n" + escaping.document(escaping.json_line(action["schema"])))
