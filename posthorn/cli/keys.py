"""`posthorn keys`: your own API keys; for admins, those of all users."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast

import typer

from posthorn.cli import output, times
from posthorn.cli.options import Json, UserId, Yes, client, confirm, time_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posthorn.cli.output import Cell
    from posthorn.schemas import Key, KeyInput, KeyWithSecret, OwnKey

app = typer.Typer(help="Manage your own API keys; as an admin, those of all users.")

KeyId = Annotated[str, typer.Argument(metavar="KEY", help="Id of the key, not the key itself.")]


@app.command("list")
def list_keys(user: UserId, *, json: Json = False) -> None:
    """List the keys of a user, without the keys themselves. Admins only."""
    with client() as service:
        _show_keys(service.keys.list(user), f"User {user} has no keys.", json=json)


@app.command("own")
def list_own(*, json: Json = False) -> None:
    """List your own keys, without the keys themselves."""
    with client() as service:
        _show_keys(service.keys.own(), "You have no keys.", json=json)


@app.command("create")
def create_key(
    user: UserId,
    *,
    name: Annotated[str, typer.Option(help="Name that says what the key is for.")],
    rights: Annotated[
        list[str] | None,
        typer.Option(
            "--rights",
            "--right",
            help="What the key may do: send notifications, read, or all that the user may do. Repeat for several. "
            "Default: all.",
        ),
    ] = None,
    expires: Annotated[
        datetime | None,
        time_option("--expires", is_future=True, help="When it expires: in 90d, 2027-03-01. Default: never."),
    ] = None,
    json: Json = False,
) -> None:
    """Create a key for a user, and print it. It cannot be shown again later. Admins only."""
    from posthorn.client.times import iso8601

    request = {"name": name, "rights": rights or ["all"], "expiresAt": iso8601(expires)}
    with client() as service:
        output.show(service.keys.create(user, cast("KeyInput", request)), _display_new_key, json=json)


@app.command()
def revoke(user: UserId, key: KeyId, *, yes: Yes = False) -> None:
    """Revoke a key of a user. Admins only."""
    confirm(f"Revoke key {key} of user {user}?", is_sure=yes)
    with client() as service:
        service.keys.revoke(user, key)
    output.note(f"Key {key} revoked.")


@app.command("revoke-own")
def revoke_own(key: KeyId, *, yes: Yes = False) -> None:
    """Revoke one of your own keys."""
    confirm(f"Revoke your own key {key}?", is_sure=yes)
    with client() as service:
        service.keys.revoke_own(key)
    output.note(f"Key {key} revoked.")


def _show_keys(listed: "Iterable[Key | OwnKey]", if_empty: str, *, json: bool) -> None:
    columns = ("ID", "NAME", "RIGHTS", "CREATED", "LAST USED", "EXPIRES")
    output.show_all(listed, columns, _key_row, json=json, if_empty=if_empty)


def _key_row(key: "Key | OwnKey") -> "Sequence[Cell]":
    name = f"{key['name']} (this one)" if key.get("current") else key["name"]
    created, expires = times.relative(key["createdAt"]) or "", times.relative(key["expiresAt"]) or "never"
    return key["id"], name, output.joined(key["rights"]), created, key["lastUsedOn"] or "never", expires


def _display_new_key(key: "KeyWithSecret") -> None:
    output.print_fields([
        ("id", key["id"]),
        ("name", key["name"]),
        ("rights", output.joined(key["rights"])),
        ("expires", times.local_and_relative(key["expiresAt"])),
        ("key", (key["key"], output.BOLD)),
    ])  # fmt: skip
    output.note("The key is shown only now.")
