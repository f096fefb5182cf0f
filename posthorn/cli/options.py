"""Options and arguments that several commands have, and the client that commands use."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from posthorn.cli import profiles, times
from posthorn.cli.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Collection

    from posthorn.client import Client

COMPLETION_TIMEOUT_S: Final = 2.0
_COMPLETIONS_MAX: Final = 100
LIMIT_MAX: Final = 1_000_000_000
"""The largest number of lines that a list can be limited to: more than there are anywhere."""


def client() -> "Client":
    """The client of the selected profile."""
    from posthorn.client import Client

    profile = profiles.current()
    return Client(profile.url, profile.key)


def confirm(question: str, *, is_sure: bool) -> None:
    """Ask before something that cannot be undone; raise `CommandError` if the answer is no, or if there is no terminal."""
    import sys

    if is_sure:
        return
    if not sys.stdin.isatty():
        message = f"{question} There is no terminal to confirm this: repeat the command with --yes."
        raise CommandError(message, ExitCode.USAGE)
    if not typer.confirm(question, err=True):
        message = "Nothing was changed."
        raise CommandError(message)


def refuse_set_and_unset(given: "Collection[str]", unset: "Collection[str]") -> None:
    """Raise `CommandError` if a setting gets a value and is unset by the same command."""
    both = sorted({*given} & {*unset})
    if both:
        message = f"{both[0]} is set and unset by the same command. Leave out one of the two options."
        raise CommandError(message, ExitCode.USAGE)


def webhook_ids(incomplete: str) -> list[tuple[str, str]]:
    """Ids of webhooks for shell completion, with their names; none if the service does not respond quickly."""
    from itertools import islice

    try:
        from posthorn.client.transport import Transport
        from posthorn.client.webhooks import Webhooks

        profile = profiles.current()
        transport = Transport(profile.url, profile.key, COMPLETION_TIMEOUT_S, tries_max=1)
        listed = islice(Webhooks(transport).list(page_length=_COMPLETIONS_MAX), _COMPLETIONS_MAX)
        return [(each["id"], each["name"]) for each in listed if each["id"].startswith(incomplete)]
    except Exception:  # noqa: BLE001 - an error message would disturb the shell's prompt
        return []


def _parse_time(text: str, *, is_future: bool = False) -> datetime:
    try:
        return times.parse(text, is_future=is_future)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def time_option(*names: str, help: str, is_future: bool = False) -> Any:  # noqa: ANN401 - as `typer.Option`
    """An option that takes a time: `2h`, `7d`, `2026-03-01` or ISO 8601."""
    return typer.Option(*names, help=help, metavar="TIME", parser=partial(_parse_time, is_future=is_future))


Json = Annotated[bool, typer.Option("--json", help="Print JSON, one document a line.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
WebhookId = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Id of the webhook.", autocompletion=webhook_ids)]
UserId = Annotated[str, typer.Argument(metavar="USER", help="Id of the user.")]
RecordId = Annotated[str, typer.Argument(metavar="RECORD", help="Id of the record.")]
Since = Annotated[
    datetime | None, time_option("--since", help="Start, inclusive: 2h (ago), 7d, 2026-03-01, 2026-03-01T10:00.")
]
Until = Annotated[datetime | None, time_option("--until", help="End, exclusive: as for --since.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=0, max=LIMIT_MAX, help="Largest number of lines; 0 for all.")]
OnlyWebhook = Annotated[
    str | None, typer.Option("--webhook", help="Only of this webhook.", metavar="ID", autocompletion=webhook_ids)
]
