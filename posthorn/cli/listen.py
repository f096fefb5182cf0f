"""`posthorn listen`: a receiver on this machine that shows each request."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from posthorn.cli import display, escaping, input_files, output
from posthorn.cli.errors import CommandError, ExitCode
from posthorn.cli.options import Json, client

if TYPE_CHECKING:
    from types import FrameType

    from posthorn.cli.receiver import ReceivedRequest, Receiver

SECRET: Final = "POSTHORN_SECRET"  # noqa: S105 - the name of a variable
DELAY_MAX_S: Final = 3_600
_POLL_INTERVAL_S: Final = 0.2
"""How long a signal may wait until it is handled."""


def listen(
    *,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 for any free port.")] = 0,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    secret_file: Annotated[
        Path | None,
        typer.Option(
            help=f"File with the webhook's secret, to verify signatures (- for standard input). Or set {SECRET}.",
            metavar="FILE",
            allow_dash=True,
        ),
    ] = None,
    secret: Annotated[str | None, typer.Option(hidden=True)] = None,
    webhook_for: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TYPE",
            help="Create a webhook to this receiver for this notification type; delete it at the end. Repeat for several.",
        ),
    ] = None,
    is_global: Annotated[
        bool, typer.Option("--global", help="With --webhook-for: receive notifications of all users. Admins only.")
    ] = False,
    public_url: Annotated[
        str | None, typer.Option(help="With --webhook-for: URL that leads to this receiver, such as a tunnel's.")
    ] = None,
    status: Annotated[int, typer.Option(min=200, max=599, help="HTTP status to respond with.")] = 204,
    delay: Annotated[float, typer.Option(min=0, max=DELAY_MAX_S, help="Seconds to wait before each response.")] = 0.0,
    count: Annotated[
        int, typer.Option("--count", "-n", min=0, help="Stop after this number of requests; 0 for no limit.")
    ] = 0,
    json: Json = False,
) -> None:
    """Receive webhook requests on this machine, verify their signatures, and show them, until Ctrl-C.

    If there is a secret, requests with an invalid signature get the status 401.
    """
    from posthorn.cli.receiver import Receiver, ResponseSettings

    if secret is not None:
        message = f"--secret would show the secret in the list of processes. Set {SECRET}, or give --secret-file FILE."
        raise CommandError(message, ExitCode.USAGE)
    known = _secret(secret_file)
    if known is not None and webhook_for:
        message = f"--webhook-for creates a webhook with a new secret. Leave out --secret-file and {SECRET}."
        raise CommandError(message, ExitCode.USAGE)
    _handle_signals()
    try:
        receiver = Receiver(host, port, ResponseSettings(status=status, delay_s=delay, secret=known))
    except OSError as error:
        message = f"Port {port} of {host} cannot be used: {error.strerror}. Give another --port."
        raise CommandError(message) from error
    with receiver:
        url = public_url or f"http://{host}:{receiver.port}/"
        output.note(f"Listening on http://{host}:{receiver.port}/ (Ctrl-C to stop).")
        if webhook_for is None:
            _show_requests(receiver, count, json=json)
            return
        with _temporary_webhook(url, webhook_for, is_global=is_global) as created:
            receiver.settings = ResponseSettings(status=status, delay_s=delay, secret=created)
            _show_requests(receiver, count, json=json)


@contextmanager
def _temporary_webhook(url: str, types: list[str], *, is_global: bool) -> Iterator[str]:
    """The secret of a new webhook to this receiver. The webhook is deleted at the end, even after an error."""
    with client() as service:
        created = service.webhooks.create({
            "url": url,
            "name": "posthorn listen",
            "notificationType": [each for option in types for each in option.split(",")],
            "global": is_global,
        })  # fmt: skip
        output.note(f"Webhook {created['id']} sends to this receiver. It is deleted when the command ends.")
        try:
            yield created["secret"]
        finally:
            service.webhooks.delete(created["id"])
            output.note(f"Webhook {created['id']} deleted.")


def _show_requests(receiver: "Receiver", count: int, *, json: bool) -> None:
    """Show requests as they arrive: `count` of them, or without end if it is 0."""
    shown = 0
    while not count or shown < count:
        request = receiver.next(_POLL_INTERVAL_S)
        if request is not None:
            shown += 1
            output.print_json(_document(request)) if json else _display(request)


def _display(request: "ReceivedRequest") -> None:
    verdict, style = {
        True: ("✓ signature valid", output.GOOD),
        False: ("✗ signature invalid", output.BAD),
        None: ("signature not checked", output.DIM),
    }[request.is_verified]
    output.print_parts(
        (f"{request.at.astimezone():%H:%M:%S} POST {request.path} ", output.BOLD),
        (verdict, style),
        f", response {request.answered}",
    )
    if request.problem is not None:
        output.print_text(request.problem, output.BAD)
    display.headers(request.headers)
    output.print_text("\n" + escaping.document(request.body.decode("utf-8", "backslashreplace")) + "\n")


def _document(request: "ReceivedRequest") -> dict[str, Any]:
    from posthorn.client.times import iso8601

    return {
        "at": iso8601(request.at),
        "path": request.path,
        "headers": request.headers,
        "body": request.body.decode("utf-8", "backslashreplace"),
        "isVerified": request.is_verified,
        "problem": request.problem,
        "answered": request.answered,
    }


def _secret(file: Path | None) -> str | None:
    """The secret from the file, or else from the environment; raise `CommandError` if it is not valid."""
    from posthorn.signatures import key_of

    secret = os.environ.get(SECRET) or None if file is None else input_files.read_text(file).strip()
    if secret is None:
        return None
    try:
        key_of(secret)
    except ValueError as error:
        raise CommandError(str(error), ExitCode.USAGE) from error
    return secret


def _handle_signals() -> None:
    """Treat SIGTERM and SIGHUP like Ctrl-C, so that the webhook is deleted.

    A signal that was ignored at the start stays ignored: `nohup` ignores SIGHUP. Windows has no SIGHUP.
    """

    def interrupt(_number: int, _frame: "FrameType | None") -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, interrupt)
