"""Where the URL and the key of the service come from: the environment, or profiles in a file that only its owner can read.

`POSTHORN_KEY` overrides a profile's key. `POSTHORN_URL` overrides a profile's URL only together with `POSTHORN_KEY`, so that
a saved key is never sent to another service.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from posthorn.cli.errors import CommandError, ExitCode

URL: Final = "POSTHORN_URL"
KEY: Final = "POSTHORN_KEY"
PROFILE: Final = "POSTHORN_PROFILE"
DEFAULT: Final = "default"
_FILE: Final = "profiles.json"

selected: Final[ContextVar[str]] = ContextVar("selected", default="")
"""The value of `--profile`; empty if the option is not given."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The URL of a service and an API key."""

    url: str
    key: str = field(repr=False)


def name() -> str:
    """The name of the profile that a command uses."""
    return selected.get() or os.environ.get(PROFILE) or DEFAULT


def current() -> Profile:
    """The URL and key that a command uses; raise `CommandError` if there are none."""
    url, key = os.environ.get(URL), os.environ.get(KEY)
    if url and key:
        return Profile(url, key)
    if url:
        message = f"{URL} is set, but {KEY} is not. Set both or neither: a saved key is only sent to its own service."
        raise CommandError(message, ExitCode.NOT_SIGNED_IN)
    saved = _saved().get(name())
    if saved is None:
        message = f"Not signed in (profile {name()}). Run `posthorn login`, or set {URL} and {KEY}."
        raise CommandError(message, ExitCode.NOT_SIGNED_IN)
    return Profile(saved["url"], key or saved["key"])


def save(profile: Profile) -> Path:
    """Save a profile under the current name; return the path of the file."""
    return _write(_saved() | {name(): {"url": profile.url, "key": profile.key}})


def delete() -> bool:
    """Delete the current profile; return whether it existed."""
    saved = _saved()
    if saved.pop(name(), None) is None:
        return False
    _write(saved)
    return True


def file() -> Path:
    """The path of the file with the profiles, in the user's configuration folder."""
    import typer

    return Path(typer.get_app_dir("posthorn")) / _FILE


def _saved() -> dict[str, Any]:
    try:
        profiles: dict[str, Any] = json.loads(file().read_text("utf-8"))["profiles"]
        if all(isinstance(each["url"], str) and isinstance(each["key"], str) for each in profiles.values()):
            return profiles
        problem = "a profile is incomplete"
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = repr(error)
    message = f"{file()} is not valid ({problem}). Remove it, and sign in again with `posthorn login`."
    raise CommandError(message)


def _write(profiles: dict[str, Any]) -> Path:
    """Replace the file atomically, so that it is never incomplete and never readable for others."""
    path = file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{_FILE}.")  # it is created with mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        json.dump({"profiles": profiles}, opened, indent=2)
        opened.write("\n")
    Path(temporary).replace(path)
    return path
