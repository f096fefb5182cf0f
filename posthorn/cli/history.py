"""`posthorn history`: what was sent and answered, and asking for it again."""

from itertools import islice
from typing import Annotated, Literal

import typer

from posthorn.cli import faces, screen, tail
from posthorn.cli.exits import Code
from posthorn.cli.options import LIMIT_MAX, Json, Limit, OfWebhook, RecordId, Since, Until, Yes, client, confirm, time

app = typer.Typer(help="What was sent, what was answered, and asking for it again.")

Outcome = Annotated[Literal["succeeded", "failed"] | None, typer.Option(help="Of this outcome alone.")]
Type = Annotated[str | None, typer.Option("--type", help="Of this notification type alone.")]


@app.command("list")
def list_records(
    *,
    webhook: OfWebhook = None,
    outcome: Outcome = None,
    type_: Type = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """Records, newest first."""
    wanted = tail.Wanted(webhook, outcome, type_, time(since), time(until))
    with client() as service:
        found = wanted.records(service, has_bodies=json)
        is_any = False
        for record in islice(found, limit or None):
            is_any = True
            tail.show(record, is_json=json)
    if not is_any:
        screen.tell("There are no such records.")


@app.command()
def show(record: RecordId, *, json: Json = False) -> None:
    """One record, whole."""
    with client() as service:
        shown = service.history.get(record)
    if json:
        screen.emit(shown)
    else:
        faces.record(shown)


@app.command()
def attempts(record: RecordId, *, json: Json = False) -> None:
    """All attempts of the record's delivery."""
    with client() as service:
        for each in service.history.attempts(record):
            tail.show(each, is_json=json)


@app.command()
def retry(
    record: RecordId,
    *,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the outcome; exit with 1 where it fails.")] = False,
    json: Json = False,
) -> None:
    """Make an attempt again, whatever came of it."""
    with client() as service:
        asked = service.history.retry(record)
        if not wait:
            _promised(asked["id"], asked, json=json)
            return
        made = service.history.wait_for(asked["id"])
    tail.show(made, is_json=json)
    if made["outcome"] == "failed":
        raise typer.Exit(Code.FAILED)


@app.command()
def expunge(record: RecordId, *, yes: Yes = False, json: Json = False) -> None:
    """Empty a record's bodies and headers, for good."""
    confirm(f"Empty the bodies and headers of {record}, for good?", is_sure=yes)
    with client() as service:
        shown = service.history.expunge(record)
    if json:
        screen.emit(shown)
    else:
        faces.record(shown)


@app.command("tail")
def follow(
    *,
    webhook: OfWebhook = None,
    outcome: Outcome = None,
    type_: Type = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, max=LIMIT_MAX, help="How many to begin with.")] = 10,
    is_live: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    json: Json = False,
) -> None:
    """The newest records, oldest first; with -f those that come, too."""
    wanted = tail.Wanted(webhook, outcome, type_)
    with client() as service:
        followed = tail.Tail(service, wanted, is_json=json)
        if is_live:
            followed.take_note()
        followed.begin(lines)
        if is_live:
            followed.follow()


def _promised(record_id: str, answer: object, *, json: bool) -> None:
    if json:
        screen.emit(answer)
        return
    screen.say(record_id)
    screen.tell(f"It is on its way; `posthorn history show {record_id}` shows it once it has been made.")
