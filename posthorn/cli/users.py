"""`posthorn users` and `posthorn keys`: users and their API keys for admins, and your own keys."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast

import typer

from posthorn.cli import output, times
from posthorn.cli.errors import CommandError, ExitCode
from posthorn.cli.options import Json, Yes, client, confirm, time_option
from posthorn.schemas import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posthorn.cli.output import Cell
    from posthorn.schemas import Key, KeyInput, KeyWithSecret, OwnKey, User, UserInput

app = typer.Typer(help="Manage users. Admins only.")
keys = typer.Typer(help="Manage your own API keys; as an admin, those of all users.")

UserId = Annotated[str, typer.Argument(metavar="USER", help="Id of the user.")]
KeyId = Annotated[str, typer.Argument(metavar="KEY", help="Id of the key, not the key itself.")]


@app.command("list")
def list_users(*, json: Json = False) -> None:
    """List all users."""
    with client() as service:
        output.show_all(
            service.users.list(),
            ("ID", "NAME", "ROLE", "GROUPS", ""),
            lambda each: (
                str(each["id"]),
                each["name"],
                each["role"],
                _joined(each["groups"]),
                "" if each["enabled"] else "suspended",
            ),
            json=json,
            if_empty="There are no users.",
        )


@app.command()
def show(user: UserId, *, json: Json = False) -> None:
    """Show a user."""
    with client() as service:
        output.show(service.users.get(user), _display, json=json)


@app.command()
def put(
    user: UserId,
    *,
    name: Annotated[str | None, typer.Option(help="Name for people. Required for a new user.")] = None,
    role: Annotated[Role | None, typer.Option(help="Role. A new user has the role user by default.")] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="Id of a group. Replaces all groups of the user. Repeat for several.")
    ] = None,
    no_groups: Annotated[bool, typer.Option("--no-groups", help="Remove the user from all groups.")] = False,
    suspended: Annotated[
        bool | None,
        typer.Option("--suspended/--enabled", help="Refuse the user's keys, or accept them again.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Create or change a user. What is not given does not change."""
    if group and no_groups:
        message = "Give --group or --no-groups, but not both."
        raise CommandError(message, ExitCode.USAGE)
    values = {
        "name": name,
        "role": role,
        "groups": [] if no_groups else group or None,
        "enabled": None if suspended is None else not suspended,
    }
    changes = {member: value for member, value in values.items() if value is not None}
    if not changes:
        message = f"Nothing to change. `posthorn users show {user}` shows the user."
        raise CommandError(message, ExitCode.USAGE)
    with client() as service:
        output.show(service.users.put(user, cast("UserInput", changes)), _display, json=json)


@app.command()
def suspend(user: UserId, *, json: Json = False) -> None:
    """Refuse all keys of a user from now on. Nothing is deleted."""
    _set_enabled(user, is_enabled=False, json=json)


@app.command()
def enable(user: UserId, *, json: Json = False) -> None:
    """Accept the keys of a suspended user again."""
    _set_enabled(user, is_enabled=True, json=json)


@app.command()
def delete(user: UserId, *, yes: Yes = False) -> None:
    """Delete a user with their keys and webhooks."""
    confirm(f"Delete user {user} with their keys and webhooks?", is_sure=yes)
    with client() as service:
        service.users.delete(user)
    output.note(f"User {user} deleted.")


@keys.command("list")
def list_keys(user: UserId, *, json: Json = False) -> None:
    """List the keys of a user, without the keys themselves. Admins only."""
    with client() as service:
        _show_keys(service.keys.list(user), f"User {user} has no keys.", json=json)


@keys.command("own")
def list_own(*, json: Json = False) -> None:
    """List your own keys, without the keys themselves."""
    with client() as service:
        _show_keys(service.keys.own(), "You have no keys.", json=json)


@keys.command("create")
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


@keys.command()
def revoke(user: UserId, key: KeyId, *, yes: Yes = False) -> None:
    """Revoke a key of a user. Admins only."""
    confirm(f"Revoke key {key} of user {user}?", is_sure=yes)
    with client() as service:
        service.keys.revoke(user, key)
    output.note(f"Key {key} revoked.")


@keys.command("revoke-own")
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
    return key["id"], name, _joined(key["rights"]), created, key["lastUsedOn"] or "never", expires


def _set_enabled(user_id: str, *, is_enabled: bool, json: bool) -> None:
    with client() as service:
        service.users.get(user_id)  # an unknown user is "not found"; PUT would ask for the name of a new user
        output.show(service.users.put(user_id, {"enabled": is_enabled}), _display, json=json)


def _joined(values: object) -> str:
    return ", ".join(map(str, values)) if isinstance(values, list) else ""


def _display(user: "User") -> None:
    output.print_fields([
        ("id", str(user["id"])),
        ("name", (user["name"], output.BOLD)),
        ("role", user["role"]),
        ("groups", _joined(user["groups"]) or None),
        ("keys", None if user["enabled"] else "refused: the user is suspended"),
        ("created", times.local_and_relative(user["createdAt"])),
        ("updated", times.local_and_relative(user["updatedAt"])),
    ])  # fmt: skip


def _display_new_key(key: "KeyWithSecret") -> None:
    output.print_fields([
        ("id", key["id"]),
        ("name", key["name"]),
        ("rights", _joined(key["rights"])),
        ("expires", times.local_and_relative(key["expiresAt"])),
        ("key", (key["key"], output.BOLD)),
    ])  # fmt: skip
    output.note("The key is shown only now.")
