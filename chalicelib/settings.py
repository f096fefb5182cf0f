"""Everything an operator can set: the manual and the validation in one.

Each setting is one environment variable, named as the field in capitals. The table of docs/reference/settings.md is made
from this module (`python -m chalicelib.settings`), and a test holds the two together. Limits carry their unit as the last
word of the name.
A setting with `functions` is given to these functions of `infra/template` alone; all others, to every function.
"""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import MISSING, Field, dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.delivery.schedule import WAIT_MAX_S, WAIT_MIN_S, WAITS_MAX
from chalicelib.domain.expressions.metering import OWNER_WORK_MAX
from chalicelib.domain.webhooks import addresses, headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_ORIGIN: Final = re.compile(r"\*|https?://[A-Za-z0-9.:-]+|")
_HOST: Final = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_KEY_ARN: Final = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+")
WITHHELD: Final = "withheld"
"""SECRETS_KEY_ARN of a function that reads webhooks without their secrets."""
ADMINS: Final = "admins"
EVERYBODY: Final = "everybody"
Network = IPv4Network | IPv6Network

IN_FLIGHT_BOUND: Final = 256
"""A function has 1,024 file descriptors: `chalicelib.adapters.egress.descriptors` counts what a request in flight needs."""


class SettingsError(Exception):
    """A setting is missing or out of bounds; the message names its variable and says what is expected."""


def _number(kind: Callable[[str], Any], low: float, high: float) -> Callable[[str], Any]:
    expected = f"a number from {low:.12g} to {high:.12g} is expected"

    def parse(text: str) -> Any:  # noqa: ANN401 - int or float, as `kind` says
        try:
            value = kind(text)
        except ValueError as error:
            raise ValueError(expected) from error
        if not low <= value <= high:
            raise ValueError(expected)
        return value

    return parse


def _waits(text: str) -> tuple[int, ...]:
    wait = _number(int, WAIT_MIN_S, WAIT_MAX_S)
    waits = tuple(wait(part) for part in text.split(",") if part.strip())
    if len(waits) > WAITS_MAX:
        message = f"at most {WAITS_MAX} waits are expected"
        raise ValueError(message)
    return waits


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if wrong := [each for each in hosts if _HOST.fullmatch(each) is None]:
        message = f"hosts such as hooks.example.com or localhost:8000 are expected, and {wrong[0][:50]!r} is none"
        raise ValueError(message)
    return hosts


def _ports(text: str) -> tuple[int, ...]:
    port = _number(int, 1, 65_535)
    return tuple(port(part) for part in text.split(",") if part.strip())


def _names(text: str) -> tuple[str, ...]:
    names = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if any(_NAME.fullmatch(each) is None for each in names):
        message = "names such as internal or svc.local are expected, comma-separated, without a dot at their ends"
        raise ValueError(message)
    return names


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            message = f"{' or '.join(choices)} is expected"
            raise ValueError(message)
        return text

    return parse


_flag: Final = _one_of("0", "1")


def _switch(text: str) -> bool:
    return _flag(text) == "1"


def _text(text: str) -> str:
    if not text:
        message = "a text is expected"
        raise ValueError(message)
    return text


def _origin(text: str) -> str:
    if _ORIGIN.fullmatch(text) is None:
        message = "an origin such as https://example.com is expected, or *, or nothing"
        raise ValueError(message)
    return text


def _user_agent(text: str) -> str:
    if len(text) > headers.USER_AGENT_LENGTH_MAX or not headers.is_value(text):
        message = (
            f"1 to {headers.USER_AGENT_LENGTH_MAX} printable ASCII characters are expected, with no space around them, "
            f"such as {headers.USER_AGENT}"
        )
        raise ValueError(message)
    return text


def _certificates(text: str) -> str:
    """The path of a PEM file, or nothing; a file that is missing or holds no certificate is refused here, at the start."""
    if text:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=text)
        except OSError as error:  # ssl.SSLError is one
            message = f"the path of a PEM file with certificates is expected, and {text!r} is none: {error}"
            raise ValueError(message) from error
    return text


def _key_arn(text: str) -> str:
    if text not in {"", WITHHELD} and _KEY_ARN.fullmatch(text) is None:
        message = f"the ARN of a KMS key is expected, or {WITHHELD}, or nothing"
        raise ValueError(message)
    return text


def _setting(parse: Callable[[str], Any], doc: str, default: Any = MISSING, **metadata: object) -> Any:  # noqa: ANN401 - field() is as open
    return field(default=default, metadata={"parse": parse, "doc": doc, **metadata})


def _whole(default: int, low: int, high: int, doc: str) -> Any:  # noqa: ANN401
    return _setting(_number(int, low, high), doc, default, bounds=(low, high))


def _seconds(default: float, low: float, high: float, doc: str) -> Any:  # noqa: ANN401
    return _setting(_number(float, low, high), doc, default, bounds=(low, high))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The service's settings. Those without a default are set by the deployment."""

    # Where things are: the deployment's to fill in.
    webhooks_table: str = _setting(_text, "Name of the DynamoDB table of webhooks and their subscriptions.")
    history_table: str = _setting(_text, "Name of the DynamoDB table of attempts.")
    directory_table: str = _setting(_text, "Name of the DynamoDB table of users and API keys.")
    notifications_table: str = _setting(
        _text, "Name of the DynamoDB table of notifications: claims, stored and scheduled ones."
    )
    notifications_queue_url: str = _setting(_text, "URL of the SQS queue to which event sources send notifications.")
    accepted_queue_url: str = _setting(
        _text,
        "URL of the queue of accepted notifications, to which only the service sends: from the API, and continuations.",
    )
    deliveries_queue_url: str = _setting(_text, "URL of the fast lane: first attempts to healthy webhooks.")
    slow_deliveries_queue_url: str = _setting(_text, "URL of the slow lane: retries, and webhooks that are slow or failing.")
    background_queue_url: str = _setting(
        _text, "URL of the background queue: purges, recoveries, releases, refused records."
    )

    # Requests to receivers.
    request_timeout_s: float = _seconds(10, 1, 30, "Total time of one attempt: DNS, connect, TLS, headers and body.")
    user_agent: str = _setting(
        _user_agent,
        "Value of the header `user-agent` of requests to receivers and token servers: `Acme-Webhooks/1 (staging)`.",
        headers.USER_AGENT,
        functions=("Deliver", "DeliverSlow", "APIHandler"),
    )
    response_bytes_max: int = _whole(
        65_536, 0, 131_072, "Bytes of a response's body that are read and kept, after expansion."
    )
    response_headers_max: int = _whole(100, 1, 1_000, "Headers that a response may have.")
    response_header_bytes_max: int = _whole(32_768, 1_024, 65_536, "Bytes of all headers that a response may have.")
    in_flight_max: int = _whole(128, 1, IN_FLIGHT_BOUND, "Requests in flight at once in one invocation.")
    in_flight_per_webhook_max: int = _whole(
        8,
        1,
        IN_FLIGHT_BOUND,
        "Requests in flight at once to one webhook, if a batch has more attempts than `IN_FLIGHT_MAX`.",
    )
    sending_s: float = _seconds(20, 1, 300, "Time after which an invocation starts no more attempts and defers the rest.")
    allowed_networks: tuple[Network, ...] = _setting(
        _networks, "Private networks, comma-separated, in which receivers may be.", ()
    )
    private_receivers: str = _setting(
        _one_of(ADMINS, EVERYBODY), "Whose webhooks may call `ALLOWED_NETWORKS`: admins or everybody.", ADMINS
    )
    allowed_names: tuple[str, ...] = _setting(
        _names, "Special names, comma-separated, that hosts may have or end in: `internal`, `local`, `db`.", ()
    )
    denied_networks: tuple[Network, ...] = _setting(
        _networks, "Networks, comma-separated, that are never called, even if they are public or allowed.", ()
    )
    allow_loopback: bool = _setting(
        _switch, "Whether `ALLOWED_NETWORKS` may have loopback addresses, 0 or 1; never 1 on Lambda.", default=False
    )
    denied_loopback_ports: tuple[int, ...] = _setting(
        _ports, "Ports, comma-separated, that are never called on loopback addresses; 9001 is Lambda's runtime API.", (9001,)
    )
    allow_http: bool = _setting(
        _switch, "Whether webhooks without secrets may use http: 0 or 1. Secrets are never sent over http.", default=False
    )
    receiver_ca_file: str = _setting(
        _certificates,
        "Path of a PEM file of certificate authorities that receivers may have in addition to the public ones.",
        "",
        functions=("Deliver", "DeliverSlow", "APIHandler"),
    )

    # Secrets at rest.
    secrets_key_arn: str = _setting(
        _key_arn,
        "ARN of the KMS key that encrypts webhooks' secrets in the table; without it they are not encrypted.",
        "",
        functions=("Deliver", "DeliverSlow", "APIHandler"),
    )

    # Retries, circuits, limits per webhook.
    attempt_waits_s: tuple[int, ...] = _setting(
        _waits,
        "Waits between automatic attempts, comma-separated.",
        (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000),
    )
    circuit_open_after: int = _whole(5, 1, 1_000, "Consecutive failures that open a webhook's circuit breaker.")
    circuit_open_s: float = _seconds(30, 1, 900, "Time that a circuit stays open at first; doubled after each failed probe.")
    circuit_open_max_s: float = _seconds(900, 1, 3_600, "Maximum time that a circuit stays open.")
    slow_after_s: float = _seconds(1, 0.05, 30, "Duration of an attempt that marks its webhook as slow.")
    slow_for_s: float = _seconds(600, 1, 86_400, "Time for which a webhook stays marked as slow.")
    disable_after_s: float = _seconds(432_000, 60, 2_592_000, "Time with only failures after which a webhook is disabled.")

    # The history.
    history_days: int = _whole(30, 1, 90, "Retention of history records, in days.")
    stats_read_max: int = _whole(40, 1, 500, "Requests of up to 1 MB of history that one request for statistics may make.")
    audit_days: int = _whole(400, 1, 3_650, "Retention of the audit, in days.")
    page_bytes_max: int = _whole(4_000_000, 100_000, 6_000_000, "Maximum bytes of a page of a list, as Lambda counts them.")

    # What callers may send.
    requests_per_key_per_minute_max: int = _setting(
        _number(int, 0, 1_000_000),
        "Requests that one API key may make in a minute (some count as more, see docs/reference/api.md); 0 sets no limit.",
        6_000,
        bounds=(0, 1_000_000),
        functions=("APIHandler",),
    )
    requests_per_user_per_minute_max: int = _setting(
        _number(int, 0, 1_000_000),
        "The same for all keys of one user together.",
        12_000,
        bounds=(0, 1_000_000),
        functions=("APIHandler",),
    )
    notification_depth_max: int = _setting(
        _number(int, 0, 100),
        "Successive deliveries that may lead to a notification over HTTPS before it counts as a loop.",
        3,
        bounds=(0, 100),
        functions=("APIHandler",),
    )
    own_hosts: tuple[str, ...] = _setting(
        _hosts,
        "Hosts, comma-separated, with or without a port, of this service itself: no webhook may call them.",
        (),
        functions=("APIHandler",),
    )
    cors_origin: str = _setting(
        _origin, "Origin of pages elsewhere that may call the API from a browser: https://…, or * for all.", ""
    )
    # 6 MB of an event of Lambda, where each byte may take three: see tests/api/test_events.py.
    request_body_bytes_max: int = _whole(1_048_576, 1_024, 2_000_000, "Bytes of a request's body.")
    notification_bytes_max: int = _whole(131_072, 256, 131_072, "Bytes of one notification.")
    notifications_per_request_max: int = _whole(100, 1, 1_000, "Notifications in one request.")
    webhooks_per_request_max: int = _whole(100, 1, 1_000, "Webhooks in one request.")
    keys_per_user_max: int = _whole(100, 1, 1_000, "API keys that one user may have.")
    webhooks_per_user_max: int = _whole(100, 1, 10_000, "Webhooks that one user may own.")
    notification_types_max: int = _whole(500, 0, 5_000, "Notification types that admins may add to the catalogue.")
    notification_schema_bytes_max: int = _whole(32_768, 2, 131_072, "Bytes of the JSON Schema of a notification type.")
    catalogue_cache_s: float = _seconds(
        10, 0, 60, "Time for which a process caches a notification type: how long an old template or schema may be used."
    )
    notification_id_hours: int = _whole(24, 1, 168, "Hours in which notifications with the same id are deduplicated.")
    notification_days: int = _whole(7, 0, 90, "Retention of notifications for recoveries, in days; 0 stores none.")
    deliver_ahead_days: int = _whole(30, 1, 365, "Days that a notification's deliverAt may be in the future.")
    key_cache_s: float = _seconds(
        10, 0, 60, "Time for which a process caches an API key: how long a revoked one may be used."
    )

    # Fan-out and purge.
    fan_out_page_max: int = _whole(1_000, 1, 1_000, "Maximum webhooks of one step of a fan-out.")
    fan_out_s: float = _seconds(
        20, 0, 300, "Time after which a batch of fan-out steps makes no more attempts, and leaves the rest to the next step."
    )
    owner_work_max: int = _whole(
        OWNER_WORK_MAX,
        OWNER_WORK_MAX,
        100 * OWNER_WORK_MAX,
        "Units of work (about a nanosecond each) that an owner's filters and transforms may take in a step of a fan-out.",
    )
    fan_out_lease_s: float = _seconds(180, 10, 3_600, "How long a running fan-out locks its notification id.")
    purge_s: float = _seconds(20, 1, 600, "Time that one step of a purge takes before it enqueues a continuation.")
    recovery_page_max: int = _whole(100, 1, 250, "Records or notifications that a recovery reads at a time.")
    recovery_s: float = _seconds(20, 0, 300, "Time that one step of a recovery takes; a step reads at least one page.")
    step_hops_max: int = _whole(
        100_000, 16, 1_000_000, "Steps of one fan-out, purge or recovery, after which it is set aside as a runaway."
    )
    attempt_hops_max: int = _whole(
        1_000, 16, 100_000, "Times that one attempt is enqueued again unsent, after which it is set aside as a runaway."
    )
    due_batch_max: int = _whole(1_000, 1, 10_000, "Attempts that a sweep lists from the due index at a time.")
    sweep_s: float = _seconds(15, 1, 300, "Time that one sweep takes; the rest waits for the next minute.")
    owner_sweep_hours: int = _whole(
        6, 1, 168, "Hours in which each webhook is compared once with its owner in the directory."
    )
    owner_sweep_webhooks_max: int = _whole(200, 1, 1_000, "Webhooks that are compared in one minute.")
    release_s: float = _seconds(20, 1, 300, "Time for which one step releases deliveries that wait in the table.")

    @property
    def queue_urls(self) -> dict[str, str]:
        """The URLs of all queues by their short names, in the order of a notification's path."""
        return {
            "notifications": self.notifications_queue_url,
            "accepted": self.accepted_queue_url,
            "deliveries": self.deliveries_queue_url,
            "slow-deliveries": self.slow_deliveries_queue_url,
            "background": self.background_queue_url,
        }

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; raise `SettingsError` naming every variable that is missing or not valid."""
        given = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        problems: list[str] = []
        for each in fields(cls):
            variable = each.name.upper()
            if variable in given:
                try:
                    values[each.name] = each.metadata["parse"](given[variable])
                except ValueError as error:
                    problems.append(f"{variable}: {error}")
            elif each.default is MISSING:
                problems.append(f"{variable}: it is missing")
        problems += _closed(values.get("allowed_networks", ()), allows_loopback=values.get("allow_loopback", False))
        if problems:
            raise SettingsError("; ".join(problems))
        return cls(**values)


def _closed(networks: Iterable[Network], *, allows_loopback: bool) -> list[str]:
    """What is wrong with the networks that an operator opens."""
    reasons = ((each, addresses.why_not_to_open(each, allows_loopback=allows_loopback)) for each in networks)
    return [f"ALLOWED_NETWORKS: {each} {reason}" for each, reason in reasons if reason is not None]


def table() -> str:
    """The settings as a Markdown table, for docs/reference/settings.md."""
    rows = [f"| `{each.name.upper()}` | {_default(each)} | {each.metadata['doc']} |" for each in fields(Settings)]
    return "\n".join(["| variable | default | what it sets |", "|---|---|---|", *rows])


def _default(each: Field[Any]) -> str:
    if each.default is MISSING:
        return "*set by the deployment*"
    if isinstance(each.default, tuple):
        return f"`{','.join(map(str, each.default))}`" if each.default else "*none*"
    if isinstance(each.default, str):
        return f"`{each.default}`" if each.default else "*none*"
    return f"`{each.default:.12g}`"


ENVIRONMENT_OF_LOCATIONS: Final = tuple(each.name.upper() for each in fields(Settings) if each.default is MISSING)
"""The variables that a deployment has to fill in."""


if __name__ == "__main__":
    print(table())  # noqa: T201 - it is what the module is run for
