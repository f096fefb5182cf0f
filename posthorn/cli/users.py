"""`posthorn users` and `posthorn keys`: the directory, for admins; and everybody's own keys."""

from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from posthorn.cli import screen, times
from posthorn.cli.exits import Code, Stop
from posthorn.cli.options import Json, Yes, client, confirm, time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from posthorn.cli.screen import Cell
    from posthorn.client.given import KeyInput, UserInput
    from posthorn.client.shown import Key, OwnKey, User

app = typer.Typer(help="Who has keys, and belongs to which groups; for admins.")
keys = typer.Typer(help="API keys: of a user, for admins, and your own.")

UserId = Annotated[str, typer.Argument(metavar="USER", help="The user's id.")]
KeyId = Annotated[str, typer.Argument(metavar="KEY", help="Its id.")]


@app.command("list")
def list_users(*, json: Json = False) -> None:
    """All users."""
    with client() as service:
        if json:
            for user in service.users.list():
                screen.emit(user)
            return
        rows = [
            (str(each["id"]), each["name"], each["role"], _joined(each["groups"]), "" if each["enabled"] else "suspended")
            for each in service.users.list()
        ]
    screen.table(("ID", "NAME", "ROLE", "GROUPS", ""), rows, "There are no users.")


@app.command()
def show(user: UserId, *, json: Json = False) -> None:
    """One user."""
    with client() as service:
        _shown(service.users.get(user), json=json)


@app.command()
def put(
    user: UserId,
    *,
    name: Annotated[str | None, typer.Option(help="What people call them; a new user needs one.")] = None,
    role: Annotated[Literal["user", "admin"] | None, typer.Option(help="What they may do; a new user is a user.")] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="The id of a group: all that they belong to; several may be given.")
    ] = None,
    no_groups: Annotated[bool, typer.Option("--no-groups", help="They belong to no group any more.")] = False,
    suspended: Annotated[
        bool | None,
        typer.Option("--suspended/--enabled", help="Refuse the user's keys, or let them work again.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Make a user, or change one: what is not named stays as it is."""
    if group and no_groups:
        message = "Give --group or --no-groups, and not both."
        raise Stop(message, Code.USAGE)
    wanted = {
        "name": name,
        "role": role,
        "groups": [] if no_groups else group or None,
        "enabled": None if suspended is None else not suspended,
    }
    given = {member: value for member, value in wanted.items() if value is not None}
    if not given:
        message = f"Nothing is to be changed; `posthorn users show {user}` shows the user as they are."
        raise Stop(message, Code.USAGE)
    with client() as service:
        _shown(service.users.put(user, cast("UserInput", given)), json=json)


@app.command()
def suspend(user: UserId, *, json: Json = False) -> None:
    """Refuse a user's keys from now on; nothing is deleted."""
    _switch(user, is_enabled=False, json=json)


@app.command()
def enable(user: UserId, *, json: Json = False) -> None:
    """Let a suspended user's keys work again."""
    _switch(user, is_enabled=True, json=json)


@app.command()
def delete(user: UserId, *, yes: Yes = False) -> None:
    """Remove a user with their keys and webhooks."""
    confirm(f"Delete the user {user} with their keys and webhooks?", is_sure=yes)
    with client() as service:
        service.users.delete(user)
    screen.tell(f"The user {user} is deleted.")


@keys.command("list")
def list_keys(user: UserId, *, json: Json = False) -> None:
    """A user's keys, without themselves."""
    with client() as service:
        _listed(service.keys.list(user), f"The user {user} has no keys.", json=json)


@keys.command("own")
def list_own(*, json: Json = False) -> None:
    """Your own keys, without themselves."""
    with client() as service:
        _listed(service.keys.own(), "You have no keys.", json=json)


@keys.command("create")
def create_key(
    user: UserId,
    *,
    name: Annotated[str, typer.Option(help="What it is for.")],
    rights: Annotated[
        list[str] | None,
        typer.Option(
            "--rights",
            "--right",
            help="All that it may do: send (notifications), read, or all, which is the default; several may be given.",
        ),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(help="When it ends: 90d, 2027-03-01, 2027-03-01T10:00.", metavar="TIME")
    ] = None,
    json: Json = False,
) -> None:
    """Make a key for a user. It is shown here, once."""
    until = time(expires, ahead=True)
    given = {"name": name, "rights": rights or ["all"], "expiresAt": None if until is None else until.isoformat()}
    with client() as service:
        made = service.keys.create(user, cast("KeyInput", given))
    if json:
        screen.emit(made)
        return
    screen.facts([
        ("id", made["id"]),
        ("name", made["name"]),
        ("rights", _joined(made["rights"])),
        ("expires", times.both(made["expiresAt"])),
        ("key", (made["key"], screen.STRONG)),
    ])  # fmt: skip
    screen.tell("The key is shown this once.")


@keys.command()
def revoke(user: UserId, key: KeyId, *, yes: Yes = False) -> None:
    """Make a key worthless."""
    confirm(f"Revoke the key {key} of the user {user}?", is_sure=yes)
    with client() as service:
        service.keys.revoke(user, key)
    screen.tell(f"The key {key} is revoked.")


@keys.command("revoke-own")
def revoke_own(key: KeyId, *, yes: Yes = False) -> None:
    """Make one of your own keys worthless."""
    confirm(f"Revoke your own key {key}?", is_sure=yes)
    with client() as service:
        service.keys.revoke_own(key)
    screen.tell(f"The key {key} is revoked.")


def _listed(found: "Iterator[Key] | Iterator[OwnKey]", nothing: str, *, json: bool) -> None:
    if json:
        for key in found:
            screen.emit(key)
        return
    screen.table(("ID", "NAME", "RIGHTS", "MADE", "LAST USED", "EXPIRES"), [*_rows(found)], nothing)


def _rows(found: "Iterable[Key | OwnKey]") -> "Iterator[Sequence[Cell]]":
    for each in found:
        name = f"{each['name']} (this one)" if each.get("current") else each["name"]
        made, ends = times.ago(each["createdAt"]) or "", times.ago(each["expiresAt"]) or "never"
        yield each["id"], name, _joined(each["rights"]), made, each["lastUsedOn"] or "never", ends


def _switch(user_id: str, *, is_enabled: bool, json: bool) -> None:
    with client() as service:
        service.users.get(user_id)  # somebody who is not there is not found, rather than made without a name
        _shown(service.users.put(user_id, {"enabled": is_enabled}), json=json)


def _joined(values: object) -> str:
    return ", ".join(map(str, values)) if isinstance(values, list) else ""


def _shown(user: "User", *, json: bool) -> None:
    if json:
        screen.emit(user)
        return
    screen.facts([
        ("id", str(user["id"])),
        ("name", (user["name"], screen.STRONG)),
        ("role", user["role"]),
        ("groups", _joined(user["groups"]) or None),
        ("keys", None if user["enabled"] else "refused: the user is suspended"),
        ("made", times.both(user["createdAt"])),
        ("updated", times.both(user["updatedAt"])),
    ])  # fmt: skip
