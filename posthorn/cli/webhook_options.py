"""What can be said of a webhook on the command line, and how it goes into a request."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import typer

Format = Literal["slack", "standard", "discord", "teams", "googlechat", "mattermost"]
Types = Annotated[list[str] | None, typer.Option("--type", help="A notification type; several may be given.")]
Name = Annotated[str | None, typer.Option(help="What people call it.")]
Url = Annotated[str | None, typer.Option(help="Where to send.")]
Part = Annotated[
    Literal["triggered", "received"] | None, typer.Option("--action-type", help="Which part the owner has in it.")
]
Timeout = Annotated[float | None, typer.Option("--timeout", help="Seconds that an attempt may take.")]
Waits = Annotated[str | None, typer.Option("--retry-schedule", help="Seconds between attempts: 5,300,1800; or none.")]
Rate = Annotated[float | None, typer.Option("--rate-limit", help="Attempts a second.")]
Retention = Annotated[int | None, typer.Option("--retention-days", help="Days for which records are kept.")]
Shape = Annotated[Format | None, typer.Option("--format", help="The body's shape.")]
Filter = Annotated[str | None, typer.Option(help="JMESPath: what it finds false is not delivered.")]
Transform = Annotated[str | None, typer.Option(help="JMESPath: its result is the body.")]
Headers = Annotated[
    list[str] | None,
    typer.Option(
        "--header",
        help="'Name: value'; or @FILE with such lines (@- is standard input), for other users see command lines.",
    ),
]
Document = Annotated[
    Path | None, typer.Option("--file", help="JSON with any of the API's keys; - is standard input.", allow_dash=True)
]

_KEYS: Final[Mapping[str, str]] = MappingProxyType({
    "types": "notificationType",
    "action_type": "actionType",
    "timeout": "timeoutSeconds",
    "rate_limit": "rateLimitPerSecond",
    "retry_schedule": "retrySchedule",
    "retention_days": "retentionDays",
    "shape": "format",
    "header": "headers",
})  # fmt: skip
"""Options whose name is not the API's key."""


def settings(**options: object) -> dict[str, Any]:
    """The options that were given, under the API's keys."""
    given = {name: value for name, value in options.items() if value is not None and value != []}
    return {_KEYS.get(name, name): _READERS.get(name, _as_it_is)(value) for name, value in given.items()}


def _waits(text: str) -> list[int]:
    try:
        return [] if text.strip().lower() == "none" else [int(each) for each in text.split(",")]
    except ValueError as error:
        message = f"{text!r} is no schedule: seconds with commas between them, or none."
        raise typer.BadParameter(message) from error


def _headers(texts: list[str]) -> dict[str, str]:
    lines = [line for text in texts for line in _lines(text)]
    pairs = [line.partition(":") for line in lines]
    for (_, colon, _), line in zip(pairs, lines, strict=True):
        if not colon:
            which = repr(line) if line in texts else "a line of the file"  # which may be a secret
            message = f"{which} is no header: 'Name: value' is expected."
            raise typer.BadParameter(message)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _lines(text: str) -> list[str]:
    """The headers that one option gives: itself, or the lines of the file that it names."""
    if not text.startswith("@"):
        return [text]
    from posthorn.cli import documents

    return [line for line in documents.text_of(Path(text[1:])).splitlines() if line.strip()]


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - whatever the option's type is
    return value


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType({"retry_schedule": _waits, "header": _headers})
