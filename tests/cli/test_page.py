"""The pages about the command line and the client are complete."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
import typer

from posthorn.cli.app import app
from posthorn.cli.errors import ExitCode
from posthorn.client import Client, errors
from tests.docs.markdown import ROOT, table_below

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMANDS: Final = ROOT / "docs" / "reference" / "command-line.md"
CLIENT: Final = ROOT / "docs" / "reference" / "client.md"
_CODE: Final = re.compile(r"`([^`]+)`")


def test_every_exit_code_is_commands_on_page() -> None:
    assert {int(code) for code, _ in table_below(COMMANDS, "exit code")} == set(ExitCode)


def test_every_command_is_commands_on_page() -> None:
    assert set(_commands_on_page()) == set(_commands_of_app())


@pytest.mark.parametrize("noun", ["webhooks", "history", "notifications", "actions", "audit"])
def test_every_method_is_listed(noun: str) -> None:
    listed = {_CODE.findall(names)[0]: _CODE.findall(methods) for names, methods in table_below(CLIENT, "attribute")}
    there = vars(type(getattr(Client("https://posthorn.test", "k"), noun)))
    assert listed[f"client.{noun}"] == [name for name in there if not name.startswith("_")]


def test_every_error_is_commands_on_page() -> None:
    text = CLIENT.read_text("utf-8")
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert {name for name in kinds if f"`{name}`" not in text} == set()


def _commands_on_page() -> Iterator[str]:
    """The commands on the page. In a row, only the first command of a group has the group's name."""
    for names, _ in table_below(COMMANDS, "command"):
        for part in names.split(";"):
            first, *rest = _CODE.findall(part)
            group = first.partition(" ")[0] + " " if " " in first else ""
            yield first
            yield from (group + each for each in rest)


def _commands_of_app() -> Iterator[str]:
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        commands = getattr(command, "commands", None)
        yield from [name] if commands is None else (f"{name} {each}" for each in commands)
