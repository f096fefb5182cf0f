"""`posthorn webhooks`: pause, resume, test, rotate and preview."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from posthorn.cli import display, input_files, output
from posthorn.cli.errors import CommandError, ExitCode
from posthorn.cli.options import Json, WebhookId, Yes, client, confirm

if TYPE_CHECKING:
    from posthorn.schemas import Record, WebhookInput


def pause(webhook: WebhookId, *, json: Json = False) -> None:
    """Stop deliveries to a webhook until it is resumed."""
    with client() as service:
        output.show(service.webhooks.pause(webhook), display.webhook, json=json)


def resume(webhook: WebhookId, *, json: Json = False) -> None:
    """Resume deliveries to a webhook that was paused, or that the service disabled after failures."""
    with client() as service:
        output.show(service.webhooks.resume(webhook), display.webhook, json=json)


def send_test(
    webhook: WebhookId,
    *,
    file: Annotated[
        Path | None,
        typer.Option(
            help="JSON file with the notification to send (- for standard input). Default: a sample.", allow_dash=True
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Send a test notification, and show the request and the response. The exit code is 1 if it fails."""
    notification = input_files.read_object(file)
    with client() as service:
        result = service.webhooks.test(webhook, notification)
        record = cast("Record", result) if "outcome" in result else service.history.wait_for(result["id"])
    output.show(record, display.record, json=json)
    if record["outcome"] == "failed":
        raise typer.Exit(ExitCode.FAILED)


def rotate(
    webhook: WebhookId,
    *,
    overlap: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="How long requests are also signed with the old secret, up to 604800. Default: 86400."
        ),
    ] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Replace the secret of a webhook, and print the new one. It cannot be shown again later."""
    confirm(f"Replace the secret of webhook {webhook}?", is_sure=yes)
    with client() as service:
        rotated = service.webhooks.rotate(webhook, overlap_s=overlap)
    if json:
        output.print_json(rotated)
        return
    output.print_fields([("id", rotated["id"]), ("secret", (rotated["secret"], output.BOLD))])
    output.note("This secret is shown only now. Requests are also signed with the old secret for a day, or for --overlap.")


def preview(
    webhook: Annotated[str | None, typer.Argument(metavar="WEBHOOK", help="Id of the webhook; or give --draft.")] = None,
    *,
    notification: Annotated[
        Path | None,
        typer.Option(
            "--notification",
            help="JSON file with a notification (- for standard input). Default: a sample.",
            allow_dash=True,
        ),
    ] = None,
    draft: Annotated[
        Path | None,
        typer.Option(
            help="JSON file with the settings of a webhook that need not exist (- for standard input).", allow_dash=True
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Show the request that a webhook would receive for a notification. Nothing is sent."""
    if (webhook is None) == (draft is None):
        message = "Give the id of a webhook, or --draft."
        raise CommandError(message, ExitCode.USAGE)
    settings = cast("WebhookInput", input_files.read_members(draft)) if draft is not None else None
    with client() as service:
        shown = service.webhooks.preview(input_files.read_object(notification), webhook=settings, webhook_id=webhook)
    output.show(shown, display.preview, json=json)
