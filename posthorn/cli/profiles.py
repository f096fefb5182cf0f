"""Where one is signed in: profiles in a file that nobody else may read, or the environment.

`POSTHORN_KEY` goes before a profile's key. `POSTHORN_URL` goes before a profile's URL only together with it, so that a key
that was kept for one service never goes to another.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from posthorn.cli.exits import Code, Stop

URL: Final = "POSTHORN_URL"
KEY: Final = "POSTHORN_KEY"
PROFILE: Final = "POSTHORN_PROFILE"
DEFAULT: Final = "default"
_FILE: Final = "profiles.json"

chosen: Final[ContextVar[str]] = ContextVar("chosen", default="")
"""The name that `--profile` gives; empty where it gives none."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A service and a key."""

    url: str
    key: str = field(repr=False)


def name() -> str:
    """The profile that a command works with."""
    return chosen.get() or os.environ.get(PROFILE) or DEFAULT


def current() -> Profile:
    """Where to go with which key; raise `Stop` where that is not known."""
    url, key = os.environ.get(URL), os.environ.get(KEY)
    if url and key:
        return Profile(url, key)
    if url:
        message = f"{URL} is set and {KEY} is not: set both, or none. A key that was kept is for its own service alone."
        raise Stop(message, Code.NOT_SIGNED_IN)
    kept = _kept().get(name())
    if kept is None:
        message = f"Not signed in (profile {name()}). `posthorn login` signs in; or set {URL} and {KEY}."
        raise Stop(message, Code.NOT_SIGNED_IN)
    return Profile(kept["url"], key or kept["key"])


def keep(profile: Profile) -> Path:
    """Keep a profile under the name that was chosen; return the file."""
    return _write(_kept() | {name(): {"url": profile.url, "key": profile.key}})


def forget() -> bool:
    """Remove the profile that was chosen; return whether there was one."""
    kept = _kept()
    if kept.pop(name(), None) is None:
        return False
    _write(kept)
    return True


def file() -> Path:
    """Where profiles are kept: the user's folder for settings, as the system has it."""
    import typer

    return Path(typer.get_app_dir("posthorn")) / _FILE


def _kept() -> dict[str, Any]:
    try:
        profiles: dict[str, Any] = json.loads(file().read_text("utf-8"))["profiles"]
        if all(isinstance(each["url"], str) and isinstance(each["key"], str) for each in profiles.values()):
            return profiles
        broken = "a profile is incomplete"
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        broken = repr(error)
    message = f"{file()} cannot be read ({broken}). Remove it, and sign in anew."
    raise Stop(message)


def _write(profiles: dict[str, Any]) -> Path:
    """Put a new file in the old one's place: nobody ever sees half of it, nor one that others may read."""
    path = file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=f".{_FILE}.")  # with 0600 from the start
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        json.dump({"profiles": profiles}, opened, indent=2)
        opened.write("\n")
    Path(made).replace(path)
    return path
