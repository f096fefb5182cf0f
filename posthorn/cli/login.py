"""`posthorn login` and `posthorn logout`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

import typer

from posthorn.cli import profiles, screen
from posthorn.cli.exits import Code, Stop
from posthorn.cli.profiles import Profile

_LOCAL: Final = ("localhost", "127.", "::1")


def login(
    *,
    url: Annotated[str | None, typer.Option(help="Of the service; asked for where it is missing.")] = None,
    run: Annotated[
        Path | None, typer.Option(help="Sign in to a `make run` by its run.json.", metavar="FILE", show_default=False)
    ] = None,
    role: Annotated[Literal["admin", "user"], typer.Option("--as", help="Which key of the run.")] = "admin",
) -> None:
    """Sign in: the key is asked for, tried, and kept where nobody else may read it. A script writes it to standard input."""
    from posthorn.client import Client

    given = _of_run(run, role) if run is not None else _asked(url)
    try:
        with Client(given.url, given.key) as service:
            me = service.me()
            profile = Profile(service.url, given.key.strip())
    except ValueError as error:
        raise Stop(str(error), Code.USAGE) from error
    path = profiles.keep(profile)
    screen.tell(f"Signed in to {profile.url} as {me['name']} ({me['role']}); profile {profiles.name()} in {path}.")
    if _is_readable_by_others(profile.url):
        screen.tell("The address is http: whoever is on the way can read the key. Prefer https.")


def logout() -> None:
    """Forget the profile's key."""
    was_there = profiles.forget()
    screen.tell(f"The profile {profiles.name()} is {'forgotten' if was_there else 'not there'}.")


def _of_run(path: Path, role: str) -> Profile:
    try:
        run = json.loads(path.read_text("utf-8"))
        return Profile(str(run["url"]), str(run[f"{role}_key"]))
    except FileNotFoundError as error:
        message = f"{path} is not there: is `make run` up, with that data folder?"
        raise Stop(message, Code.UNREACHABLE) from error
    except (ValueError, KeyError, TypeError) as error:
        message = f"{path} is no run.json."
        raise Stop(message, Code.USAGE) from error


def _asked(url: str | None) -> Profile:
    if sys.stdin.isatty():
        wanted = url or typer.prompt("Address of the service", err=True)
        return Profile(wanted, typer.prompt("Key (not shown)", hide_input=True, err=True))
    if url is None:
        message = "Without a terminal --url is needed, and the key on standard input."
        raise Stop(message, Code.USAGE)
    return Profile(url, sys.stdin.buffer.readline().decode("utf-8-sig", "replace"))


def _is_readable_by_others(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and not (parts.hostname or "").startswith(_LOCAL)
