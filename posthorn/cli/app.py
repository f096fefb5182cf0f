"""The command `posthorn`: the list of its commands, and how it ends."""

import os
import sys
from typing import Annotated, Final, NoReturn

import typer

from posthorn import __version__
from posthorn.cli import (
    actions,
    errors,
    history,
    keys,
    listen,
    login,
    overview,
    profiles,
    recover,
    send,
    standard_streams,
    users,
    webhook_operations,
    webhooks,
)
from posthorn.cli.errors import ExitCode

_TRACE: Final = "POSTHORN_TRACE"
_PREFIX: Final = "Value error, "
"""typer validates options with pydantic, which adds this to messages."""

app = typer.Typer(
    name="posthorn",
    help="Manage outbound webhooks of a Posthorn service.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _group in (
    ("webhooks", webhooks.app),
    ("history", history.app),
    ("recoveries", recover.app),
    ("actions", actions.app),
    ("users", users.app),
    ("keys", keys.app),
):
    app.add_typer(_group, name=_name, no_args_is_help=True)
for _name, _operation in (
    ("pause", webhook_operations.pause),
    ("resume", webhook_operations.resume),
    ("test", webhook_operations.send_test),
    ("rotate", webhook_operations.rotate),
    ("preview", webhook_operations.preview),
):
    webhooks.app.command(_name)(_operation)
for _command in (
    login.login,
    login.logout,
    overview.whoami,
    send.send,
    recover.recover,
    overview.stats,
    overview.queues,
    overview.audit,
    listen.listen,
):
    app.command()(_command)


def _version(*, is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"posthorn {__version__}")
        raise typer.Exit


@app.callback(no_args_is_help=True)
def root(
    *,
    profile: Annotated[
        str,
        typer.Option(envvar=profiles.PROFILE, help="Profile with the URL and the key of the service.", show_default=False),
    ] = "",
    _show_version: Annotated[
        bool,
        typer.Option(
            "--version", callback=lambda value: _version(is_wanted=value), is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Manage outbound webhooks of a Posthorn service."""
    profiles.selected.set(profile)


def main() -> NoReturn:
    """Run a command, and exit with its exit code."""
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """Run a command, and return its exit code. For an expected exception, print a message."""
    standard_streams.prepare()
    try:
        code = app(arguments, prog_name="posthorn", standalone_mode=False)
    except (BrokenPipeError, SystemExit) as error:
        return _output_closed(error)
    except (KeyboardInterrupt, typer.Abort):  # typer raises Abort for Ctrl-C at a prompt
        return ExitCode.INTERRUPTED
    except typer.TyperException as error:
        return _usage_error(error)
    except Exception as error:  # noqa: BLE001 - users get a message, not a traceback
        return _failed(error)
    return code if isinstance(code, int) else ExitCode.SUCCESS


def _output_closed(error: BaseException) -> int:
    """The reader of the help has gone: typer raises an error, rich exits by itself. Commands print through `output`."""
    if isinstance(error, SystemExit) and not isinstance(error.__context__, BrokenPipeError):
        raise error
    standard_streams.discard(sys.stdout)
    return ExitCode.PIPE_CLOSED


def _usage_error(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "posthorn"
    sys.stderr.write(f"{error.format_message().replace(_PREFIX, '')}\n")
    if type(error).__name__ != "NoArgsIsHelpError":
        sys.stderr.write(f"See `{command} --help`.\n")
    return error.exit_code


def _failed(error: Exception) -> int:
    code = errors.exit_code_of(error)
    if code is None and os.environ.get(_TRACE):
        raise error
    from posthorn.cli import escaping

    for message in errors.messages_of(error) if code is not None else [_unexpected(error)]:
        if message:
            sys.stderr.write(escaping.line(message) + "\n")
    return ExitCode.FAILED if code is None else code


def _unexpected(error: Exception) -> str:
    return f"posthorn failed unexpectedly: {error!r}. Please report this with the traceback that {_TRACE}=1 shows."
