"""`posthorn login` and `posthorn logout`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

import typer

from posthorn.cli import output, profiles
from posthorn.cli.errors import CommandError, ExitCode
from posthorn.cli.profiles import Profile

_LOCAL: Final = ("localhost", "127.", "::1")


def login(
    *,
    url: Annotated[str | None, typer.Option(help="URL of the service. Without it, you are asked for it.")] = None,
    run: Annotated[
        Path | None,
        typer.Option(help="Take URL and key from the run.json that `make run` writes.", metavar="FILE", show_default=False),
    ] = None,
    role: Annotated[Literal["admin", "user"], typer.Option("--as", help="With --run: whose key to take.")] = "admin",
) -> None:
    """Save the URL of a service and an API key, after testing them.

    You are asked for the key; a script writes it to standard input. It is saved in a file that only you can read.
    """
    from posthorn.client import Client

    entered = _from_run(run, role) if run is not None else _from_input(url)
    try:
        with Client(entered.url, entered.key) as service:
            me = service.me()
            profile = Profile(service.url, entered.key.strip())
    except ValueError as error:
        raise CommandError(str(error), ExitCode.USAGE) from error
    path = profiles.save(profile)
    output.note(f"Signed in to {profile.url} as {me['name']} ({me['role']}); profile {profiles.name()} in {path}.")
    if _is_unencrypted(profile.url):
        output.note("The URL is http, so others on the network can read the key. Use https if you can.")


def logout() -> None:
    """Delete the saved URL and key of the profile. The key itself stays valid."""
    existed = profiles.delete()
    output.note(f"Profile {profiles.name()} {'deleted' if existed else 'does not exist'}.")


def _from_run(path: Path, role: str) -> Profile:
    try:
        run = json.loads(path.read_text("utf-8"))
        return Profile(str(run["url"]), str(run[f"{role}_key"]))
    except FileNotFoundError as error:
        message = f"{path} does not exist. Check that `make run` is running with this data folder."
        raise CommandError(message, ExitCode.UNREACHABLE) from error
    except (ValueError, KeyError, TypeError) as error:
        message = f"{path} is not a run.json that `make run` has written."
        raise CommandError(message, ExitCode.USAGE) from error


def _from_input(url: str | None) -> Profile:
    if sys.stdin.isatty():
        url = url or typer.prompt("URL of the service", err=True)
        return Profile(url, typer.prompt("API key (hidden)", hide_input=True, err=True))
    if url is None:
        message = "There is no terminal to ask at: give --url, and write the key to standard input."
        raise CommandError(message, ExitCode.USAGE)
    return Profile(url, sys.stdin.buffer.readline().decode("utf-8-sig", "replace"))


def _is_unencrypted(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and not (parts.hostname or "").startswith(_LOCAL)
