"""`posthorn webhooks`: making, showing, changing and trying them."""

from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

from posthorn.cli import documents, faces, screen
from posthorn.cli.exits import Code, Stop
from posthorn.cli.options import Json, WebhookId, Yes, client, confirm, require_apart
from posthorn.cli.webhook_options import (
    Document,
    Filter,
    Headers,
    Name,
    Part,
    Rate,
    Retention,
    Shape,
    Timeout,
    Transform,
    Types,
    Url,
    Waits,
    settings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posthorn.client.given import WebhookInput, WebhookPatch
    from posthorn.client.shown import Webhook

app = typer.Typer(help="Make, show, change and try webhooks.")

_REQUIRED: Final = MappingProxyType({"url": "--url", "name": "--name", "notificationType": "--type"})


@app.command("list")
def list_webhooks(*, json: Json = False) -> None:
    """One's own webhooks; an admin's are all."""
    with client() as service:
        if json:
            for webhook in service.webhooks.list():
                screen.emit(webhook)
            return
        rows = [
            (each["id"], each["name"], faces.state(each), ", ".join(each["notificationType"]))
            for each in service.webhooks.list()
        ]
    screen.table(("ID", "NAME", "STATE", "TYPES"), rows, "There are no webhooks yet: `posthorn webhooks create` makes one.")


@app.command()
def create(
    *,
    url: Url = None,
    name: Name = None,
    types: Types = None,
    is_global: Annotated[bool, typer.Option("--global", help="Of everything, not only of what is the owner's.")] = False,
    action_type: Part = None,
    timeout: Timeout = None,
    retry_schedule: Waits = None,
    rate_limit: Rate = None,
    retention_days: Retention = None,
    shape: Shape = None,
    filter: Filter = None,
    transform: Transform = None,
    header: Headers = None,
    asymmetric: Annotated[bool, typer.Option("--asymmetric", help="An ed25519 signature, too.")] = False,
    file: Document = None,
    json: Json = False,
) -> None:
    """Make a webhook. Its secret is shown here, once."""
    given = settings(
        url=url,
        name=name,
        types=types,
        action_type=action_type,
        timeout=timeout,
        retry_schedule=retry_schedule,
        rate_limit=rate_limit,
        retention_days=retention_days,
        shape=shape,
        filter=filter,
        transform=transform,
        header=header,
    )
    given |= {"global": True} if is_global else {}
    given |= {"asymmetricSignature": True} if asymmetric else {}
    given = _joined(documents.of_file(file), given)
    missing = [option for key, option in _REQUIRED.items() if key not in given]
    if missing:
        message = f"A webhook needs {', '.join(missing)}, or a --file that has them."
        raise Stop(message, Code.USAGE)
    with client() as service:
        made = service.webhooks.create(cast("WebhookInput", given))
    if json:
        screen.emit(made)
        return
    faces.webhook(made)
    screen.facts([("secret", (made["secret"], screen.STRONG))])
    screen.tell("The secret is shown this once: receivers verify signatures with it.")


@app.command()
def show(webhook: WebhookId, *, json: Json = False) -> None:
    """One webhook."""
    with client() as service:
        show_one(service.webhooks.get(webhook), json=json)


@app.command()
def edit(
    webhook: WebhookId,
    *,
    url: Url = None,
    name: Name = None,
    types: Types = None,
    action_type: Part = None,
    timeout: Timeout = None,
    retry_schedule: Waits = None,
    rate_limit: Rate = None,
    retention_days: Retention = None,
    shape: Shape = None,
    filter: Filter = None,
    transform: Transform = None,
    header: Headers = None,
    unset: Annotated[list[str] | None, typer.Option(help="A key of the API that goes back to its default.")] = None,
    file: Document = None,
    if_version: Annotated[int | None, typer.Option(help="Only if nobody has changed it since this version.")] = None,
    json: Json = False,
) -> None:
    """Change what is given; everything else stays."""
    given = settings(
        url=url,
        name=name,
        types=types,
        action_type=action_type,
        timeout=timeout,
        retry_schedule=retry_schedule,
        rate_limit=rate_limit,
        retention_days=retention_days,
        shape=shape,
        filter=filter,
        transform=transform,
        header=header,
    )
    require_apart(given, unset or ())
    changes = _joined(documents.of_file(file), given) | dict.fromkeys(unset or ())
    if not changes:
        message = "Nothing is to be changed: `posthorn webhooks edit --help` lists what can be."
        raise Stop(message, Code.USAGE)
    with client() as service:
        if header:
            known = service.webhooks.get(webhook)
            kept = dict.fromkeys(known["headers"], True)  # true keeps a value that nobody is shown
            changes["headers"] = _merged(kept, changes["headers"])
            if_version = known["version"] if if_version is None else if_version  # nobody else's header is undone
        show_one(service.webhooks.edit(webhook, cast("WebhookPatch", changes), if_version=if_version), json=json)


@app.command()
def delete(webhook: WebhookId, *, yes: Yes = False) -> None:
    """Remove it with its history."""
    with client() as service:
        if not yes:
            name = service.webhooks.get(webhook)["name"]
            confirm(f"Delete {webhook} ({name}) with its history?", is_sure=yes)
        service.webhooks.delete(webhook)
    screen.tell(f"{webhook} is deleted.")


def show_one(webhook: "Webhook", *, json: bool) -> None:
    """A webhook, for people or for programs."""
    if json:
        screen.emit(webhook)
    else:
        faces.webhook(webhook)


def _joined(written: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """A file's members and the options, which go before them; headers of both."""
    joined = written | given
    if isinstance(written.get("headers"), dict) and "headers" in given:
        joined["headers"] = _merged(written["headers"], given["headers"])
    return joined


def _merged(known: "Mapping[str, Any]", given: dict[str, Any]) -> dict[str, Any]:
    """Headers of both, each by its name in any case; those that are given go before those that are known."""
    named = {name.lower() for name in given}
    return {name: value for name, value in known.items() if name.lower() not in named} | given
