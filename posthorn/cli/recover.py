"""`posthorn recover` and `posthorn recoveries`: the deliveries of a span of time, again."""

import sys
import time as clock
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from posthorn.cli import patience, screen, times
from posthorn.cli.exits import Code, Stop
from posthorn.cli.options import Json, Until, WebhookId, client, time

if TYPE_CHECKING:
    from collections.abc import Callable

    from posthorn.client import Client
    from posthorn.client.shown import Recovery

app = typer.Typer(help="Recoveries of a webhook, and those that are under way.")

RecoveryId = Annotated[str, typer.Argument(metavar="RECOVERY", help="Its id.")]
_PERIOD_S: Final = 0.5


def recover(
    webhook: WebhookId,
    *,
    since: Annotated[str, typer.Option(help="From then on: 2h, 7d, 2026-03-01T10:00.", metavar="TIME")],
    until: Until = None,
    only: Annotated[Literal["failed", "missing", "all"], typer.Option(help="Which deliveries.")] = "failed",
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Do not wait for it.")] = False,
    json: Json = False,
) -> None:
    """Enqueue the deliveries of a span of time again, with a progress bar; exit with 1 where that fails."""
    start = time(since)
    assert start is not None  # noqa: S101 - for the type checker: the option is required
    with client() as service:
        recovery = _started(lambda: service.webhooks.recover(webhook, since=start, only=only, until=time(until)), webhook)
        if not detach:
            recovery = _watched(service, recovery)
    _shown(recovery, json=json)
    if detach and not json:
        screen.tell(f"`posthorn recoveries show {webhook} {recovery['id']}` tells how far it is.")
    _require_good(recovery)


@app.command("list")
def list_recoveries(webhook: WebhookId, *, json: Json = False) -> None:
    """The recoveries of a webhook in the last 30 days, newest first."""
    with client() as service:
        if json:
            for recovery in service.webhooks.recoveries(webhook):
                screen.emit(recovery)
            return
        rows = [
            (each["id"], f"{each['state']}, {each['progress']:.0%}", each["only"], each["startedAt"], str(each["enqueued"]))
            for each in service.webhooks.recoveries(webhook)
        ]
    screen.table(("ID", "STATE", "ONLY", "STARTED", "ENQUEUED"), rows, f"The webhook {webhook} has no recoveries.")


@app.command()
def show(webhook: WebhookId, recovery: RecoveryId, *, json: Json = False) -> None:
    """How far a recovery is."""
    with client() as service:
        _shown(service.webhooks.recovery(webhook, recovery), json=json)


@app.command()
def watch(webhook: WebhookId, recovery: RecoveryId, *, json: Json = False) -> None:
    """The progress bar of a recovery that is under way; exit with 1 where it fails."""
    with client() as service:
        ended = _watched(service, service.webhooks.recovery(webhook, recovery))
    _shown(ended, json=json)
    _require_good(ended)


@app.command()
def stop(webhook: WebhookId, recovery: RecoveryId, *, json: Json = False) -> None:
    """Stop a recovery; what it has enqueued is sent."""
    with client() as service:
        _shown(service.webhooks.stop_recovery(webhook, recovery), json=json)


def _started(start: "Callable[[], Recovery]", webhook: str) -> "Recovery":
    """A recovery that was started; where another one is running, say how to watch and to stop it."""
    from posthorn.client import Conflict

    try:
        return start()
    except Conflict as conflict:
        running = conflict.fields.get("recoveryId")
        if running is None:
            raise
        where = f"{webhook} {running}"
        message = f"{conflict.message} `posthorn recoveries watch {where}` watches it, and `… stop …` stops it."
        raise Stop(message) from conflict


def _watched(service: "Client", recovery: "Recovery") -> "Recovery":
    """The recovery when it has ended. Ctrl-C ends the watching, not the recovery."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("Recovering"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[enqueued]} enqueued"))
    try:
        with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task("", total=1.0, enqueued=recovery["enqueued"])
            while recovery["state"] == "running":
                clock.sleep(_PERIOD_S)
                recovery = patience.ask(partial(service.webhooks.recovery, recovery["webhookId"], recovery["id"]))
                bar.update(task, completed=recovery["progress"], enqueued=recovery["enqueued"])
    except KeyboardInterrupt:
        where = f"{recovery['webhookId']} {recovery['id']}"
        screen.tell(f"It goes on. `posthorn recoveries watch {where}` watches it, and `… stop …` stops it.")
        raise
    return recovery


def _require_good(recovery: "Recovery") -> None:
    if recovery["state"] in {"failed", "stopped"}:
        raise typer.Exit(Code.FAILED)


def _shown(recovery: "Recovery", *, json: bool) -> None:
    if json:
        screen.emit(recovery)
        return
    style = {"done": screen.GOOD, "failed": screen.BAD}.get(recovery["state"], "")
    screen.facts([
        ("id", recovery["id"]),
        ("state", (f"{recovery['state']}, {recovery['progress']:.0%}", style)),
        ("only", recovery["only"]),
        ("since", times.local(recovery["since"])),
        ("until", times.local(recovery["until"])),
        ("examined", str(recovery["examined"])),
        ("enqueued", str(recovery["enqueued"])),
    ])  # fmt: skip
