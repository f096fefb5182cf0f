"""The operator's settings."""

from __future__ import annotations

from dataclasses import fields
from ipaddress import ip_network

import pytest

from chalicelib import settings
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS, Settings, SettingsError

LOCATIONS = dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "somewhere")


def test_the_locations_are_all_that_has_to_be_set() -> None:
    made = Settings.from_environment(LOCATIONS)
    assert made.webhooks_table == "somewhere"
    assert (made.request_timeout_s, made.in_flight_max, made.history_days) == (10, 128, 30)
    assert made.attempt_waits_s == (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
    assert made.allowed_networks == ()
    assert (made.allow_http, made.allow_loopback, made.private_receivers) == (False, False, "admins")
    assert made.denied_loopback_ports == (9001,)


def test_every_queue_has_a_short_name() -> None:
    urls = {name: f"https://sqs/{name}" for name in LOCATIONS if name.endswith("_QUEUE_URL")}
    made = Settings.from_environment({**LOCATIONS, **urls})
    assert {f"{name.replace('-', '_').upper()}_QUEUE_URL": url for name, url in made.queue_urls.items()} == urls


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({})
    assert {f"{name}: it is missing" for name in ENVIRONMENT_OF_LOCATIONS} == set(str(refused.value).split("; "))


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("WEBHOOKS_TABLE", ""),
        ("REQUEST_TIMEOUT_S", ""),
        ("REQUEST_TIMEOUT_S", "0.5"),
        ("REQUEST_TIMEOUT_S", "31"),
        ("REQUEST_TIMEOUT_S", "nan"),
        ("REQUEST_TIMEOUT_S", "inf"),
        ("REQUEST_TIMEOUT_S", "ten"),
        ("IN_FLIGHT_MAX", "0"),
        ("IN_FLIGHT_MAX", "1.5"),
        ("IN_FLIGHT_MAX", "9" * 5_000),
        ("ATTEMPT_WAITS_S", "5,x"),
        ("ATTEMPT_WAITS_S", "0"),
        ("ATTEMPT_WAITS_S", "86401"),
        ("ATTEMPT_WAITS_S", ",".join(["5"] * 11)),
        ("ALLOWED_NETWORKS", "10.0.0.1/8"),
        ("ALLOWED_NETWORKS", "everywhere"),
        ("ALLOW_HTTP", "yes"),
        ("ALLOW_HTTP", "2"),
        ("ALLOW_HTTP", ""),
        ("ALLOW_LOOPBACK", "yes"),
        ("ALLOWED_NAMES", ".internal"),
        ("ALLOWED_NAMES", "*.local"),
        ("DENIED_NETWORKS", "10.0.0.1/8"),
        ("DENIED_LOOPBACK_PORTS", "0"),
        ("DENIED_LOOPBACK_PORTS", "65536"),
        ("PRIVATE_RECEIVERS", "users"),
        ("ALLOWED_NETWORKS", "0.0.0.0/0"),
        ("ALLOWED_NETWORKS", "::/0"),
        ("ALLOWED_NETWORKS", "10.0.0.0/8,169.254.0.0/16"),
        ("ALLOWED_NETWORKS", "127.0.0.0/8"),
        ("ALLOWED_NETWORKS", "::1/128"),
        ("NOTIFICATION_BYTES_MAX", "131073"),
        ("KEY_CACHE_S", "61"),
        ("USER_AGENT", ""),
        ("USER_AGENT", " Acme/1"),
        ("USER_AGENT", "Acme/1 "),
        ("USER_AGENT", "Acme/1\r\nx-evil: 1"),
        ("USER_AGENT", "Ácme/1"),
        ("USER_AGENT", "x" * 129),
        ("SECRETS_KEY_ARN", "alias/posthorn"),
        ("SECRETS_KEY_ARN", "arn:aws:kms:us-east-1:123456789012:alias/posthorn"),
    ],
)
def test_a_bad_value_is_named(variable: str, text: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{variable}: [^;]+$"):
        Settings.from_environment({**LOCATIONS, variable: text})


def test_loopback_is_opened_by_two_settings() -> None:
    made = Settings.from_environment({**LOCATIONS, "ALLOWED_NETWORKS": "127.0.0.0/8", "ALLOW_LOOPBACK": "1"})
    assert made.allowed_networks == (ip_network("127.0.0.0/8"),)


def test_the_switch_for_loopback_opens_no_metadata_service() -> None:
    with pytest.raises(SettingsError, match=r"^ALLOWED_NETWORKS: 169\.254\.0\.0/16 has link-local"):
        Settings.from_environment({**LOCATIONS, "ALLOWED_NETWORKS": "169.254.0.0/16", "ALLOW_LOOPBACK": "1"})


def test_several_bad_values_are_named_together() -> None:
    with pytest.raises(SettingsError, match=r"REQUEST_TIMEOUT_S: .*; IN_FLIGHT_MAX: "):
        Settings.from_environment({**LOCATIONS, "IN_FLIGHT_MAX": "0", "REQUEST_TIMEOUT_S": "x"})


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("REQUEST_TIMEOUT_S", "2.5", "request_timeout_s", 2.5),
        ("ATTEMPT_WAITS_S", " 1, 2 ,", "attempt_waits_s", (1, 2)),
        ("ATTEMPT_WAITS_S", "", "attempt_waits_s", ()),
        (
            "ALLOWED_NETWORKS",
            "10.20.0.0/16, fd00::/8",
            "allowed_networks",
            (ip_network("10.20.0.0/16"), ip_network("fd00::/8")),
        ),
        ("ALLOW_HTTP", "1", "allow_http", True),
        ("ALLOW_LOOPBACK", "1", "allow_loopback", True),
        ("ALLOWED_NAMES", "Internal, svc.local,", "allowed_names", ("internal", "svc.local")),
        ("DENIED_NETWORKS", "0.0.0.0/0", "denied_networks", (ip_network("0.0.0.0/0"),)),
        ("DENIED_LOOPBACK_PORTS", "8000, 4566", "denied_loopback_ports", (8000, 4566)),
        ("PRIVATE_RECEIVERS", "everybody", "private_receivers", "everybody"),
        ("KEY_CACHE_S", "0", "key_cache_s", 0),
        ("USER_AGENT", "Acme-Webhooks/1 (staging)", "user_agent", "Acme-Webhooks/1 (staging)"),
        ("USER_AGENT", "x" * 128, "user_agent", "x" * 128),
    ],
)
def test_a_good_value_is_taken(variable: str, text: str, name: str, value: object) -> None:
    assert getattr(Settings.from_environment({**LOCATIONS, variable: text}), name) == value


@pytest.mark.parametrize(
    "each", [each for each in fields(Settings) if each.name.upper() not in LOCATIONS], ids=lambda each: each.name
)
def test_every_default_would_be_taken_from_the_environment_too(each: object) -> None:
    name = each.name  # type: ignore[attr-defined]
    default = getattr(Settings.from_environment(LOCATIONS), name)
    match default:
        case tuple():
            text = ",".join(map(str, default))
        case float():
            text = f"{default:g}"
        case str():
            text = default
        case _:
            text = str(int(default))
    assert getattr(Settings.from_environment({**LOCATIONS, name.upper(): text}), name) == default


def test_the_table_has_a_line_for_each_setting_with_its_default() -> None:
    lines = settings.table().splitlines()[2:]
    assert [line.split("`")[1] for line in lines] == [each.name.upper() for each in fields(Settings)]
    assert "| `ATTEMPT_WAITS_S` | `5,300,1800,7200,18000,36000,36000` |" in settings.table()
    assert "| `ALLOW_HTTP` | `0` |" in settings.table()
    assert "| `ALLOWED_NETWORKS` | *none* |" in settings.table()
    assert "| `NOTIFICATION_BYTES_MAX` | `131072` |" in settings.table()
