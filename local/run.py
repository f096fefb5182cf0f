"""`make run`: the whole service on this machine, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Final, NoReturn

from chalicelib.domain.directory.users import Role
from local import environment
from local.folder import Folder, Refusal
from local.log import say
from local.options import Options
from local.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PRIVATE: Final = 0o077
"""Only the owner may read what this process and its children write: webhooks' secrets are in it."""
_STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run until a signal arrives. Return the exit status."""
    for each in _STOPPING:
        if each is not signal.SIGHUP or signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, signal.default_int_handler)
    os.umask(_PRIVATE)
    try:
        options = Options.from_environment()
        _run(options, Folder(options.data))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except KeyboardInterrupt:
        return 0


def _run(options: Options, folder: Folder) -> NoReturn:
    """Start all processes, supervise them, and stop them in any case."""
    stack = Stack(options, folder)
    try:
        keys = _keys(options, folder)
        stack.start_engine()
        seed(stack.environment, keys)
        stack.start_service()
        run = {"url": stack.url, **keys, **_places(stack)}
        folder.announce(run)
        say("\n".join(_greeting(run, options)))
        stack.supervise()
    finally:
        for each in _STOPPING:
            signal.signal(each, signal.SIG_IGN)
        folder.withdraw()
        stack.stop()


def _keys(options: Options, folder: Folder) -> dict[str, str]:
    """The keys of the environment, else those of the data folder."""
    given = {name: key for name, key in (("admin_key", options.admin_key), ("user_key", options.user_key)) if key}
    return given if len(given) == 2 else folder.keys() | given  # noqa: PLR2004 - both of them


def _places(stack: Stack) -> dict[str, str]:
    return {
        "aws_endpoint_url": stack.endpoint_url,
        "region": environment.REGION,
        "notifications_queue_url": stack.environment["NOTIFICATIONS_QUEUE_URL"],
    }


def seed(service_environment: dict[str, str], keys: Mapping[str, str]) -> None:
    """Create the first two users, unless they exist."""
    environment.adopt(service_environment)
    from chalicelib.composition import api, process  # noqa: PLC0415 - they take long to import

    directory = process.current().made(api.services).directory
    directory.ensure_user("1", "Admin", Role.ADMIN, keys["admin_key"])
    directory.ensure_user("2", "User", Role.USER, keys["user_key"])


def _greeting(run: Mapping[str, str], options: Options) -> Iterator[str]:
    yield f"Posthorn runs at {run['url']} (data in {options.data}, Ctrl-C stops it)."
    yield ""
    yield f"  admin key  {run['admin_key']}"
    yield f"  user key   {run['user_key']}"
    yield ""
    yield "Look at it, or try it:"
    yield ""
    yield f"  {run['url']}/console"
    yield f"  curl -H 'Authorization: {run['admin_key']}' {run['url']}/webhooks/actions"
    yield ""


if __name__ == "__main__":
    sys.exit(main())
