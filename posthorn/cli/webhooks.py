"""`posthorn webhooks`: list, create, show, edit and delete. `webhook_operations` has the other commands."""

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

from posthorn.cli import display, input_files, output, webhook_settings
from posthorn.cli.errors import CommandError, ExitCode
from posthorn.cli.option_groups import with_options
from posthorn.cli.options import Json, WebhookId, Yes, client, confirm, refuse_set_and_unset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posthorn.schemas import WebhookInput, WebhookPatch

app = typer.Typer(help="Create, show, change and test webhooks.")

SettingsFile = Annotated[
    Path | None,
    typer.Option(
        "--file",
        help="JSON file with any settings of the API, such as authentication (- for standard input). Options override it.",
        allow_dash=True,
    ),
]
_REQUIRED: Final = MappingProxyType({"url": "--url", "name": "--name", "notificationType": "--type"})


@app.command("list")
def list_webhooks(*, json: Json = False) -> None:
    """List your webhooks; as an admin, all webhooks."""
    with client() as service:
        output.show_all(
            service.webhooks.list(),
            ("ID", "NAME", "STATE", "TYPES"),
            lambda each: (each["id"], each["name"], display.state(each), ", ".join(each["notificationType"])),
            json=json,
            if_empty="There are no webhooks yet. Create one with `posthorn webhooks create`.",
        )


@app.command()
@with_options("settings", webhook_settings.options(is_new=True))
def create(*, settings: dict[str, Any], file: SettingsFile = None, json: Json = False) -> None:
    """Create a webhook, and print its secret. The secret cannot be shown again later.

    --url, --name and --type are required, unless --file has them.
    """
    request = _merged_settings(input_files.read_members(file), webhook_settings.parsed(settings))
    missing = [option for member, option in _REQUIRED.items() if member not in request]
    if missing:
        message = f"A webhook needs {', '.join(missing)}. Give the options, or a --file with these settings."
        raise CommandError(message, ExitCode.USAGE)
    with client() as service:
        created = service.webhooks.create(cast("WebhookInput", request))
    if json:
        output.print_json(created)
        return
    display.webhook(created)
    output.print_fields([("secret", (created["secret"], output.BOLD))])
    output.note("The receiver verifies signatures with this secret. It is shown only now.")


@app.command()
def show(webhook: WebhookId, *, json: Json = False) -> None:
    """Show a webhook. Settings that have their default value are left out."""
    with client() as service:
        output.show(service.webhooks.get(webhook), display.webhook, json=json)


@app.command()
@with_options("settings", webhook_settings.options(is_new=False))
def edit(
    webhook: WebhookId,
    *,
    settings: dict[str, Any],
    unset: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Setting to reset to its default, by its name in the API: retentionDays. Repeat for several.",
        ),
    ] = None,
    file: SettingsFile = None,
    if_version: Annotated[int | None, typer.Option(help="Change it only if it still has this version.")] = None,
    json: Json = False,
) -> None:
    """Change settings of a webhook. Settings that are not given do not change; --header adds to the headers."""
    given = webhook_settings.parsed(settings)
    refuse_set_and_unset(given, unset or ())
    changes = _merged_settings(input_files.read_members(file), given) | dict.fromkeys(unset or ())
    if not changes:
        message = "Nothing to change. `posthorn webhooks edit --help` lists the options."
        raise CommandError(message, ExitCode.USAGE)
    with client() as service:
        if "headers" in given:
            current = service.webhooks.get(webhook)
            unchanged = dict.fromkeys(current["headers"], True)  # true keeps a header's value, which is never shown
            changes["headers"] = _merged_headers(unchanged, changes["headers"])
            if_version = current["version"] if if_version is None else if_version  # another user's header is not lost
        edited = service.webhooks.edit(webhook, cast("WebhookPatch", changes), if_version=if_version)
    output.show(edited, display.webhook, json=json)


@app.command()
def delete(webhook: WebhookId, *, yes: Yes = False) -> None:
    """Delete a webhook with its history."""
    with client() as service:
        if not yes:
            name = service.webhooks.get(webhook)["name"]
            confirm(f"Delete webhook {webhook} ({name}) with its history?", is_sure=yes)
        service.webhooks.delete(webhook)
    output.note(f"Webhook {webhook} deleted.")


def _merged_settings(of_file: dict[str, Any], of_options: dict[str, Any]) -> dict[str, Any]:
    """The settings of a file and of options. Options override the file, but the headers of both are kept."""
    merged = of_file | of_options
    if isinstance(of_file.get("headers"), dict) and "headers" in of_options:
        merged["headers"] = _merged_headers(of_file["headers"], of_options["headers"])
    return merged


def _merged_headers(headers: "Mapping[str, Any]", overriding: dict[str, Any]) -> dict[str, Any]:
    """The headers of both; names are compared without case."""
    names = {name.lower() for name in overriding}
    return {name: value for name, value in headers.items() if name.lower() not in names} | overriding
