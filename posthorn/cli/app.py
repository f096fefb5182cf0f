"""The command `posthorn`: its commands, and the way out of it."""

import os
import sys
from typing import Annotated, Final, NoReturn

import typer

from posthorn import __version__
from posthorn.cli import (
    actions,
    exits,
    history,
    listen,
    login,
    overview,
    profiles,
    recover,
    send,
    streams,
    users,
    webhook_acts,
    webhooks,
)
from posthorn.cli.exits import Code

_TRACE: Final = "POSTHORN_TRACE"
_PREFIX: Final = "Value error, "
"""Pydantic's, by which typer checks what is given; it tells people nothing."""

app = typer.Typer(
    name="posthorn",
    help="Outbound webhooks that a team owns, from a terminal.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _group in (
    ("webhooks", webhooks.app),
    ("history", history.app),
    ("recoveries", recover.app),
    ("actions", actions.app),
    ("users", users.app),
    ("keys", users.keys),
):
    app.add_typer(_group, name=_name, no_args_is_help=True)
for _act, _function in (
    ("pause", webhook_acts.pause),
    ("resume", webhook_acts.resume),
    ("test", webhook_acts.try_out),
    ("rotate", webhook_acts.rotate),
    ("preview", webhook_acts.preview),
):
    webhooks.app.command(_act)(_function)
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
        str, typer.Option(envvar=profiles.PROFILE, help="Which service and key to work with.", show_default=False)
    ] = "",
    _show_version: Annotated[
        bool,
        typer.Option("--version", callback=lambda value: _version(is_wanted=value), is_eager=True, help="Tell the version."),
    ] = False,
) -> None:
    """Outbound webhooks that a team owns, from a terminal."""
    profiles.chosen.set(profile)


def main() -> NoReturn:
    """Run a command, and end with its exit code."""
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """Run a command; return its exit code. What was foreseen is told in a sentence or two."""
    streams.prepare()
    try:
        ended = app(arguments, prog_name="posthorn", standalone_mode=False)
    except (BrokenPipeError, SystemExit) as error:
        return _unread(error)
    except (KeyboardInterrupt, typer.Abort):  # the second is Ctrl-C where something was asked
        return Code.INTERRUPTED
    except typer.TyperException as error:
        return _misused(error)
    except Exception as error:  # noqa: BLE001 - the last border: nobody wants to read a trace
        return _failed(error)
    return ended if isinstance(ended, int) else Code.DONE


def _unread(error: BaseException) -> int:
    """Nobody reads the help that typer writes, or rich draws, which ends the program by itself; commands use `screen`."""
    if isinstance(error, SystemExit) and not isinstance(error.__context__, BrokenPipeError):
        raise error
    streams.give_up(sys.stdout)
    return Code.PIPE_CLOSED


def _misused(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "posthorn"
    sys.stderr.write(f"{error.format_message().replace(_PREFIX, '')}\n")
    if type(error).__name__ != "NoArgsIsHelpError":
        sys.stderr.write(f"`{command} --help` tells what there is.\n")
    return error.exit_code


def _failed(error: Exception) -> int:
    code = exits.code_of(error)
    if code is None and os.environ.get(_TRACE):
        raise error
    from posthorn.cli import safe

    for sentence in exits.sentences(error) if code is not None else [_unforeseen(error)]:
        if sentence:
            sys.stderr.write(safe.line(sentence) + "\n")
    return Code.FAILED if code is None else code


def _unforeseen(error: Exception) -> str:
    return f"The command itself failed: {error!r}. Please report it, with what it shows when {_TRACE}=1 is set."
