"""Options and arguments that several commands share, and the client that they work with."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from posthorn.cli import profiles, times
from posthorn.cli.exits import Code, Stop

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from posthorn.client import Client

COMPLETION_TIMEOUT_S: Final = 2.0
_COMPLETIONS_MAX: Final = 100
LIMIT_MAX: Final = 1_000_000_000
"""Lines that a list may be asked for: more than there are anywhere."""


def client() -> "Client":
    """The client of the profile that was chosen."""
    from posthorn.client import Client

    profile = profiles.current()
    return Client(profile.url, profile.key)


def confirm(question: str, *, is_sure: bool) -> None:
    """Ask before something cannot be undone; raise `Stop` where the answer is no, or nobody can be asked."""
    import sys

    if is_sure:
        return
    if not sys.stdin.isatty():
        message = f"{question} Nobody is at a terminal to say so: repeat the command with --yes."
        raise Stop(message, Code.USAGE)
    if not typer.confirm(question, err=True):
        message = "Nothing was done."
        raise Stop(message)


def require_apart(given: "Collection[str]", unset: "Collection[str]") -> None:
    """Raise `Stop` if something is given a value, and is to be unset."""
    both = sorted({*given} & {*unset})
    if both:
        message = f"{both[0]} is given, and is to be unset: leave one of them out."
        raise Stop(message, Code.USAGE)


def time(text: str | None, *, ahead: bool = False) -> "datetime | None":
    """A time that an option gives; raise `typer.BadParameter` where it is none."""
    try:
        return None if text is None else times.given(text, ahead=ahead)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def webhook_ids(incomplete: str) -> list[tuple[str, str]]:
    """The ids that a shell may complete to, with their names; none where the service does not say so quickly."""
    from itertools import islice

    try:
        from posthorn.client.transport import Transport
        from posthorn.client.webhooks import Webhooks

        profile = profiles.current()
        transport = Transport(profile.url, profile.key, COMPLETION_TIMEOUT_S, tries_max=1)
        listed = islice(Webhooks(transport).list(page_length=_COMPLETIONS_MAX), _COMPLETIONS_MAX)
        return [(each["id"], each["name"]) for each in listed if each["id"].startswith(incomplete)]
    except Exception:  # noqa: BLE001 - a shell that completes must not be disturbed
        return []


Json = Annotated[bool, typer.Option("--json", help="One JSON document a line, for programs.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
WebhookId = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Its id.", autocompletion=webhook_ids)]
RecordId = Annotated[str, typer.Argument(metavar="RECORD", help="Its id.")]
Since = Annotated[str | None, typer.Option(help="From then on: 2h, 7d, 2026-03-01T10:00.", metavar="TIME")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=0, max=LIMIT_MAX, help="How many; 0 for all.")]
Until = Annotated[str | None, typer.Option(help="Before then.", metavar="TIME")]
OfWebhook = Annotated[
    str | None, typer.Option("--webhook", help="Of this webhook alone.", metavar="ID", autocompletion=webhook_ids)
]
