"""`posthorn recover` and `posthorn recoveries`: enqueue the deliveries of a period again."""

import sys
import time as clock
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import typer

from posthorn.cli import outages, output, times
from posthorn.cli.errors import CommandError, ExitCode
from posthorn.cli.options import Json, Until, WebhookId, client, time_option
from posthorn.schemas import RecoveryWanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from posthorn.client import Client
    from posthorn.schemas import Recovery

app = typer.Typer(help="Show and stop recoveries of a webhook.")

RecoveryId = Annotated[str, typer.Argument(metavar="RECOVERY", help="Id of the recovery.")]
_POLL_INTERVAL_S: Final = 0.5


def recover(
    webhook: WebhookId,
    *,
    since: Annotated[datetime, time_option("--since", help="Start, inclusive: 2h (ago), 7d, 2026-03-01, 2026-03-01T10:00.")],
    until: Until = None,
    only: Annotated[
        RecoveryWanted,
        typer.Option(
            help="failed: deliveries that have failed finally; missing: all notifications that never reached the receiver; "
            "all: every delivery again."
        ),
    ] = "failed",
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Start the recovery, and do not wait for it.")] = False,
    json: Json = False,
) -> None:
    """Enqueue the deliveries of a period again, and show the progress.

    The exit code is 1 if the recovery fails or is stopped.
    """
    with client() as service:
        recovery = _started(lambda: service.webhooks.recover(webhook, since=since, only=only, until=until), webhook)
        if not detach:
            recovery = _watched(service, recovery)
    output.show(recovery, _display, json=json)
    if detach and not json:
        output.note(f"`posthorn recoveries show {webhook} {recovery['id']}` shows its progress.")
    _require_success(recovery)


@app.command("list")
def list_recoveries(webhook: WebhookId, *, json: Json = False) -> None:
    """List a webhook's recoveries of the last 30 days, newest first."""
    with client() as service:
        output.show_all(
            service.webhooks.recoveries(webhook),
            ("ID", "STATE", "ONLY", "STARTED", "ENQUEUED"),
            lambda each: (each["id"], _state(each), each["only"], each["startedAt"], str(each["enqueued"])),
            json=json,
            if_empty=f"Webhook {webhook} has no recoveries.",
        )


@app.command()
def show(webhook: WebhookId, recovery: RecoveryId, *, json: Json = False) -> None:
    """Show a recovery and its progress."""
    with client() as service:
        output.show(service.webhooks.recovery(webhook, recovery), _display, json=json)


@app.command()
def watch(webhook: WebhookId, recovery: RecoveryId, *, json: Json = False) -> None:
    """Show the progress of a recovery until it ends. The exit code is 1 if it fails or was stopped."""
    with client() as service:
        ended = _watched(service, service.webhooks.recovery(webhook, recovery))
    output.show(ended, _display, json=json)
    _require_success(ended)


@app.command()
def stop(webhook: WebhookId, recovery: RecoveryId, *, json: Json = False) -> None:
    """Stop a recovery. Deliveries that it has already enqueued are still sent."""
    with client() as service:
        output.show(service.webhooks.stop_recovery(webhook, recovery), _display, json=json)


def _started(start: "Callable[[], Recovery]", webhook_id: str) -> "Recovery":
    """The recovery that `start` starts; if another one is running, raise an error that says how to watch and stop it."""
    from posthorn.client import ConflictError

    try:
        return start()
    except ConflictError as conflict:
        running = conflict.fields.get("recoveryId")
        if running is None:
            raise
        message = f"{conflict.message} {_how_to_go_on(webhook_id, running)}"
        raise CommandError(message) from conflict


def _watched(service: "Client", recovery: "Recovery") -> "Recovery":
    """The recovery after it has ended. Ctrl-C stops only the watching."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("Recovering"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[enqueued]} enqueued"))
    try:
        with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task("", total=1.0, enqueued=recovery["enqueued"])
            while recovery["state"] == "running":
                clock.sleep(_POLL_INTERVAL_S)
                request = partial(service.webhooks.recovery, recovery["webhookId"], recovery["id"])
                recovery = outages.retry_until_available(request)
                bar.update(task, completed=recovery["progress"], enqueued=recovery["enqueued"])
    except KeyboardInterrupt:
        output.note(f"The recovery continues. {_how_to_go_on(recovery['webhookId'], recovery['id'])}")
        raise
    return recovery


def _how_to_go_on(webhook_id: str, recovery_id: str) -> str:
    both = f"{webhook_id} {recovery_id}"
    return f"Watch it with `posthorn recoveries watch {both}`, or stop it with `posthorn recoveries stop {both}`."


def _require_success(recovery: "Recovery") -> None:
    if recovery["state"] in {"failed", "stopped"}:
        raise typer.Exit(ExitCode.FAILED)


def _state(recovery: "Recovery") -> str:
    return f"{recovery['state']}, {recovery['progress']:.0%}"


def _display(recovery: "Recovery") -> None:
    style = {"done": output.GOOD, "failed": output.BAD}.get(recovery["state"], "")
    output.print_fields([
        ("id", recovery["id"]),
        ("state", (_state(recovery), style)),
        ("only", recovery["only"]),
        ("since", times.local(recovery["since"])),
        ("until", times.local(recovery["until"])),
        ("examined", str(recovery["examined"])),
        ("enqueued", str(recovery["enqueued"])),
    ])  # fmt: skip
