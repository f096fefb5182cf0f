"""`posthorn webhooks pause|resume|test|rotate|preview`: what is done with webhooks that are there."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from posthorn.cli import documents, faces, screen
from posthorn.cli.exits import Code, Stop
from posthorn.cli.options import Json, WebhookId, Yes, client, confirm
from posthorn.cli.webhooks import show_one

if TYPE_CHECKING:
    from posthorn.client.given import WebhookInput
    from posthorn.client.shown import Record


def pause(webhook: WebhookId, *, json: Json = False) -> None:
    """Call its receiver no more, until it is resumed."""
    with client() as service:
        show_one(service.webhooks.pause(webhook), json=json)


def resume(webhook: WebhookId, *, json: Json = False) -> None:
    """Go on; one that the service disabled gets a clean start."""
    with client() as service:
        show_one(service.webhooks.resume(webhook), json=json)


def try_out(
    webhook: WebhookId,
    *,
    file: Annotated[
        Path | None, typer.Option(help="A notification to send instead; - is standard input.", allow_dash=True)
    ] = None,
    json: Json = False,
) -> None:
    """Send a test notification, and show what came of it; exit with 1 where it failed."""
    notification = documents.object_in(file)
    with client() as service:
        found = service.webhooks.test(webhook, notification)
        record = cast("Record", found) if "outcome" in found else service.history.wait_for(found["id"])
    if json:
        screen.emit(record)
    else:
        faces.record(record)
    if record["outcome"] == "failed":
        raise typer.Exit(Code.FAILED)


def rotate(
    webhook: WebhookId,
    *,
    overlap: Annotated[float | None, typer.Option(help="Seconds for which the old secret signs too.")] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Give it a new secret, which is shown here, once."""
    confirm(f"Give {webhook} a new secret?", is_sure=yes)
    with client() as service:
        rotated = service.webhooks.rotate(webhook, overlap_s=overlap)
    if json:
        screen.emit(rotated)
        return
    screen.facts([("id", rotated["id"]), ("secret", (rotated["secret"], screen.STRONG))])
    screen.tell("The secret is shown this once. The old one signs too, for a day or as long as --overlap says.")


def preview(
    webhook: Annotated[str | None, typer.Argument(metavar="[WEBHOOK]", help="Its id; or --draft.")] = None,
    *,
    notification: Annotated[
        Path | None, typer.Option("--notification", help="JSON; - is standard input.", allow_dash=True)
    ] = None,
    draft: Annotated[Path | None, typer.Option(help="JSON of a webhook that might be made.", allow_dash=True)] = None,
    json: Json = False,
) -> None:
    """What a webhook would get of a notification; nothing is sent."""
    if (webhook is None) == (draft is None):
        message = "Give a webhook's id, or a --draft."
        raise Stop(message, Code.USAGE)
    made = cast("WebhookInput", documents.of_file(draft)) if draft is not None else None
    with client() as service:
        shown = service.webhooks.preview(documents.object_in(notification), webhook=made, webhook_id=webhook)
    if json:
        screen.emit(shown)
        return
    faces.preview(shown)
