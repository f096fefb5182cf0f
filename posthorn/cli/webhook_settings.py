"""The settings of a webhook, in one table.

The options of `posthorn webhooks create` and `edit`, the members of their requests, and the lines that `show` prints come
from `SETTINGS`. A new setting of the API needs one row here; `tests/cli/test_option_tables.py` fails without it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from posthorn.schemas import ActionType, BodyFormat

if TYPE_CHECKING:
    from posthorn.schemas import Webhook


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a webhook.

    Args:
        member: its name in the API.
        option: its option; empty if it has none and can only be in a --file.
        kind: the type of the option's value.
        help: the option's help.
        label: its name in the output of `show`; empty if `display.webhook` prints it in its own way.
        display: makes the text for `show` from the API's value, which is not null.
        parse: makes the API's value from the option's value.
        is_fixed: whether it cannot be changed after the webhook was created.

    """

    member: str
    option: str = ""
    kind: Any = str
    help: str = ""
    label: str = ""
    display: Callable[[Any], str] = str
    parse: Callable[[Any], Any] | None = None
    is_fixed: bool = False


def _retry_schedule(text: str) -> list[int]:
    try:
        return [] if text.strip().lower() == "none" else [int(each) for each in text.split(",")]
    except ValueError as error:
        message = f"{text!r} is not a retry schedule. Give whole seconds separated by commas, such as 5,300,1800, or none."
        raise typer.BadParameter(message, param_hint="'--retry-schedule'") from error


def _headers(texts: list[str]) -> dict[str, str]:
    lines = [line for text in texts for line in _header_lines(text)]
    pairs = [line.partition(":") for line in lines]
    for (_, colon, _), line in zip(pairs, lines, strict=True):
        if not colon:
            which = repr(line) if line in texts else "a line of the file"  # it may be a secret
            message = f"{which} is not a header. Give 'Name: value'."
            raise typer.BadParameter(message, param_hint="'--header'")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _header_lines(text: str) -> list[str]:
    """The headers in the value of one option: the value itself, or the lines of the file that it names."""
    if not text.startswith("@"):
        return [text]
    from posthorn.cli import input_files

    return [line for line in input_files.read_text(Path(text[1:])).splitlines() if line.strip()]


def _show_number(value: float) -> str:
    """All digits of a number; a whole number without a fraction."""
    return str(int(value)) if value == int(value) else str(value)


def _show_schedule(waits: list[int]) -> str:
    return ", ".join(f"{each} s" for each in waits) or "no retries"


def _show_authentication(members: Mapping[str, str | bool]) -> str:
    return ", ".join(f"{name} {value}" for name, value in members.items() if value is not True)


SETTINGS: Final = (
    Setting("url", "--url", help="URL of the receiver."),
    Setting("name", "--name", help="Name for people, up to 200 characters."),
    Setting(
        "description",
        "--description",
        help="What the webhook is for, or who to ask about it, up to 1000 characters.",
        label="description",
    ),
    Setting(
        "notificationType",
        "--type",
        list[str],
        "Notification type to receive: a name, collection* for a prefix, or ALL_NOTIFICATIONS. Repeat for several.",
        label="types",
        display=", ".join,
    ),
    Setting(
        "global",
        "--global",
        bool,
        "Receive notifications that concern any user, not only the webhook's owner. Admins only.",
        is_fixed=True,
    ),
    Setting(
        "actionType",
        "--action-type",
        ActionType,
        "Receive only what the owner has done (triggered), or only what is for the owner (received). Default: both.",
    ),
    Setting("format", "--format", BodyFormat, "Format of the request body. Default: slack.", label="format"),
    Setting(
        "filter",
        "--filter",
        help="JMESPath expression. Notifications for which it evaluates to false, null or empty are not delivered.",
        label="filter",
    ),
    Setting(
        "transform",
        "--transform",
        help="JMESPath expression. Its result is the request body, in place of the format.",
        label="transform",
    ),
    Setting(
        "timeoutSeconds",
        "--timeout",
        float,
        "Time limit of an attempt in seconds, 1 to 30. Default: the service's setting.",
        label="timeout",
        display=lambda value: f"{_show_number(value)} s",
    ),
    Setting(
        "retrySchedule",
        "--retry-schedule",
        help="Seconds to wait before each retry, such as 5,300,1800; none for no retries. Default: the service's setting.",
        label="retry schedule",
        display=_show_schedule,
        parse=_retry_schedule,
    ),
    Setting(
        "rateLimitPerSecond",
        "--rate-limit",
        float,
        "Largest number of attempts a second, 0.001 to 1000. Further deliveries wait. Default: no limit.",
        label="rate limit",
        display=lambda value: f"{_show_number(value)} a second",
    ),
    Setting(
        "retentionDays",
        "--retention-days",
        int,
        "Days until the webhook's records are deleted, 1 to 90. Default: the service's setting.",
        label="retention",
        display=lambda value: f"{value} days",
    ),
    Setting(
        "headers",
        "--header",
        list[str],
        "HTTP header to send, 'Name: value'. Repeat for several. For secrets use @FILE, with one header a line (@- is "
        "standard input), because other users of the machine can see command lines.",
        label="headers",
        display=", ".join,
        parse=_headers,
    ),
    Setting("authentication", label="authentication", display=_show_authentication),
    Setting(
        "asymmetricSignature",
        "--asymmetric",
        bool,
        "Also sign requests with an ed25519 key, whose public key `show` prints.",
        is_fixed=True,
    ),
)


def options(*, is_new: bool) -> dict[str, Any]:
    """The options of `create` if the webhook is new, or else of `edit`, by the API's name of the setting."""
    return {each.member: _annotation(each) for each in SETTINGS if each.option and (is_new or not each.is_fixed)}


def parsed(options: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a request, from the options that were given."""
    parsers = {each.member: each.parse for each in SETTINGS}
    return {member: value if (parse := parsers[member]) is None else parse(value) for member, value in options.items()}


def displayed(webhook: "Webhook") -> Iterator[tuple[str, str | None]]:
    """The label and text of each setting that `show` prints; `None` if it is not set."""
    values: Mapping[str, Any] = webhook
    for each in SETTINGS:
        if each.label:
            value = values[each.member]
            yield each.label, (each.display(value) or None) if value is not None else None


def _annotation(setting: Setting) -> Any:  # noqa: ANN401 - a type
    return Annotated[setting.kind | None, typer.Option(setting.option, help=setting.help)]
