"""`posthorn history`: the records of attempts, and retries."""

from enum import StrEnum
from itertools import islice
from typing import Annotated, Any, Final, get_args

import typer

from posthorn.cli import display, output, tail
from posthorn.cli.errors import ExitCode
from posthorn.cli.option_groups import with_options
from posthorn.cli.options import LIMIT_MAX, Json, Limit, OnlyWebhook, RecordId, Since, Until, Yes, client, confirm
from posthorn.schemas import FailureCause, Outcome

app = typer.Typer(help="Show the records of attempts, and retry them.")

_CAUSES: Final = {each: each for each in get_args(FailureCause)}
_Cause: Any = StrEnum("_Cause", _CAUSES)  # type: ignore[misc] # typer takes a list of an enumeration, not of a Literal
_FILTERS: Final[dict[str, Any]] = {
    "webhook_id": OnlyWebhook,
    "outcome": Annotated[Outcome | None, typer.Option("--outcome", help="Only attempts with this outcome.")],
    "failure_cause": Annotated[
        list[_Cause] | None,
        typer.Option(
            "--failure-cause", metavar="CAUSE", help="Only failed attempts with this cause. Repeat it for several."
        ),
    ],
    "notification_type": Annotated[str | None, typer.Option("--type", help="Only of this notification type.")],
}
"""By their names in `posthorn.schemas.RecordFilters`."""
_PERIOD: Final[dict[str, Any]] = {"since": Since, "until": Until}


@app.command("list")
@with_options("filters", _FILTERS | _PERIOD)
def list_records(*, filters: dict[str, Any], limit: Limit = 20, json: Json = False) -> None:
    """List records, newest first. With --json, they include requests and responses."""
    with client() as service:
        is_empty = True
        for record in islice(tail.records(service, filters, has_bodies=json), limit or None):
            is_empty = False
            output.show(record, display.record_summary, json=json)
    if is_empty:
        output.note("There are no such records.")


@app.command()
def show(record: RecordId, *, json: Json = False) -> None:
    """Show a record with its request and response."""
    with client() as service:
        output.show(service.history.get(record), display.record, json=json)


@app.command()
def attempts(record: RecordId, *, json: Json = False) -> None:
    """List all attempts of the delivery that a record belongs to."""
    with client() as service:
        for each in service.history.attempts(record):
            output.show(each, display.record_summary, json=json)


@app.command()
def retry(
    record: RecordId,
    *,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for the outcome. The exit code is 1 if the attempt fails.")
    ] = False,
    json: Json = False,
) -> None:
    """Make an attempt again, whatever its outcome was."""
    with client() as service:
        requested = service.history.retry(record)
        if not wait:
            _print_requested(requested["id"], requested, json=json)
            return
        completed = service.history.wait_for(requested["id"])
    output.show(completed, display.record_summary, json=json)
    if completed["outcome"] == "failed":
        raise typer.Exit(ExitCode.FAILED)


@app.command()
def expunge(record: RecordId, *, yes: Yes = False, json: Json = False) -> None:
    """Delete the bodies and headers in a record. This cannot be undone."""
    confirm(f"Delete the bodies and headers of {record} permanently?", is_sure=yes)
    with client() as service:
        output.show(service.history.expunge(record), display.record, json=json)


@app.command("tail")
@with_options("filters", _FILTERS)
def follow(
    *,
    filters: dict[str, Any],
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, max=LIMIT_MAX, help="Number of existing records to show first.")
    ] = 10,
    is_following: Annotated[bool, typer.Option("--follow", "-f", help="Also show new records, until Ctrl-C.")] = False,
    json: Json = False,
) -> None:
    """Show the newest records, oldest first. With -f, also show new ones as they appear."""
    with client() as service:
        followed = tail.Tail(service, filters, is_json=json)
        if is_following:
            followed.mark_existing()
        followed.show_newest(lines)
        if is_following:
            followed.follow()


def _print_requested(record_id: str, result: object, *, json: bool) -> None:
    if json:
        output.print_json(result)
        return
    output.print_text(record_id)
    output.note(f"The attempt is queued. When it has been made, `posthorn history show {record_id}` shows it.")
