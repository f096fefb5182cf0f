"""`posthorn listen`: a receiver on this machine that shows what comes."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from posthorn.cli import documents, faces, safe, screen
from posthorn.cli.exits import Code, Stop
from posthorn.cli.options import Json, client

if TYPE_CHECKING:
    from types import FrameType

    from posthorn.cli.receiver import Received, Receiver

SECRET: Final = "POSTHORN_SECRET"  # noqa: S105 - the name of a variable
DELAY_MAX_S: Final = 3_600
_POLL_S: Final = 0.2
"""How long a signal may wait."""


def listen(
    *,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 for any that is free.")] = 0,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    secret_file: Annotated[
        Path | None,
        typer.Option(
            help=f"Verify signatures with the secret in it; - is standard input. {SECRET} has it too.",
            metavar="FILE",
            allow_dash=True,
        ),
    ] = None,
    secret: Annotated[str | None, typer.Option(hidden=True)] = None,
    webhook_for: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TYPE", help="Make a webhook for this type that leads here, until the end; several may be given."
        ),
    ] = None,
    is_global: Annotated[bool, typer.Option("--global", help="That webhook hears of everything; for admins.")] = False,
    public_url: Annotated[str | None, typer.Option(help="Where that webhook leads, if not straight here.")] = None,
    status: Annotated[int, typer.Option(min=200, max=599, help="Answer with it.")] = 204,
    delay: Annotated[float, typer.Option(min=0, max=DELAY_MAX_S, help="Seconds before it answers.")] = 0.0,
    count: Annotated[int, typer.Option("--count", "-n", min=0, help="End after so many requests; 0 for Ctrl-C.")] = 0,
    json: Json = False,
) -> None:
    """Receive on this machine, verify signatures, and show what comes."""
    from posthorn.cli.receiver import Manner, Receiver

    if secret is not None:
        message = f"--secret would show the secret in the list of processes. Set {SECRET}, or give --secret-file FILE."
        raise Stop(message, Code.USAGE)
    known = _secret(secret_file)
    if known is not None and webhook_for:
        message = f"--webhook-for makes a webhook with a secret of its own: leave --secret-file and {SECRET} out."
        raise Stop(message, Code.USAGE)
    _end_by_signal()
    try:
        receiver = Receiver(host, port, Manner(status=status, delay_s=delay, secret=known))
    except OSError as error:
        message = f"Port {port} of {host} cannot be used: {error.strerror}. Give another --port."
        raise Stop(message) from error
    with receiver:
        url = public_url or f"http://{host}:{receiver.port}/"
        screen.tell(f"Listening on http://{host}:{receiver.port}/ (Ctrl-C stops it).")
        if webhook_for is None:
            _show_all(receiver, count, json=json)
            return
        with _webhook(url, webhook_for, is_global=is_global) as made:
            receiver.manner = Manner(status=status, delay_s=delay, secret=made)
            _show_all(receiver, count, json=json)


@contextmanager
def _webhook(url: str, types: list[str], *, is_global: bool) -> Iterator[str]:
    """A webhook that leads here; what is given is its secret. It is removed at the end, whatever ends it."""
    with client() as service:
        made = service.webhooks.create({
            "url": url,
            "name": "posthorn listen",
            "notificationType": [each for given in types for each in given.split(",")],
            "global": is_global,
        })  # fmt: skip
        screen.tell(f"The webhook {made['id']} leads here, and is removed at the end.")
        try:
            yield made["secret"]
        finally:
            service.webhooks.delete(made["id"])
            screen.tell(f"The webhook {made['id']} is removed.")


def _show_all(receiver: "Receiver", count: int, *, json: bool) -> None:
    """Show what comes, until enough has."""
    shown = 0
    while not count or shown < count:
        received = receiver.next(_POLL_S)
        if received is not None:
            shown += 1
            screen.emit(_plain(received)) if json else _show(received)


def _show(received: "Received") -> None:
    mark, style = {
        True: ("✓ signed", screen.GOOD),
        False: ("✗ not to be believed", screen.BAD),
        None: ("not checked", screen.PALE),
    }[received.is_verified]
    screen.parts(
        (f"{received.at.astimezone():%H:%M:%S} POST {received.path} ", screen.STRONG),
        (mark, style),
        f", answered {received.answered}",
    )
    if received.problem is not None:
        screen.say(received.problem, screen.BAD)
    faces.headers(received.headers)
    screen.say("\n" + safe.document(received.body.decode("utf-8", "backslashreplace")) + "\n")


def _plain(received: "Received") -> dict[str, Any]:
    return {
        "at": received.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "path": received.path,
        "headers": received.headers,
        "body": received.body.decode("utf-8", "backslashreplace"),
        "isVerified": received.is_verified,
        "problem": received.problem,
        "answered": received.answered,
    }


def _secret(file: Path | None) -> str | None:
    """The secret of a file, else of the environment; raise `Stop` where it is none."""
    from posthorn.signatures import key_of

    given = os.environ.get(SECRET) or None if file is None else documents.text_of(file).strip()
    if given is None:
        return None
    try:
        key_of(given)
    except ValueError as error:
        raise Stop(str(error), Code.USAGE) from error
    return given


def _end_by_signal() -> None:
    """SIGTERM and SIGHUP end it as Ctrl-C does, so that the webhook is removed.

    A signal that is ignored from the start stays so: `nohup` ignores SIGHUP. Windows has no SIGHUP.
    """

    def end(_number: int, _frame: "FrameType | None") -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, end)
