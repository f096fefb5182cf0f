"""`posthorn users` and `posthorn keys`: the directory, for admins."""

from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from posthorn.cli import screen, times
from posthorn.cli.options import Json, Yes, client, confirm

if TYPE_CHECKING:
    from posthorn.client.given import KeyInput, UserInput
    from posthorn.client.shown import User

app = typer.Typer(help="Who has keys, and belongs to which groups; for admins.")
keys = typer.Typer(help="API keys of a user; for admins.")

UserId = Annotated[str, typer.Argument(metavar="USER", help="The user's id.")]


@app.command("list")
def list_users(*, json: Json = False) -> None:
    """All users."""
    with client() as service:
        if json:
            for user in service.users.list():
                screen.emit(user)
            return
        rows = [(str(each["id"]), each["name"], each["role"], _joined(each["groups"])) for each in service.users.list()]
    screen.table(("ID", "NAME", "ROLE", "GROUPS"), rows, "There are no users.")


@app.command()
def show(user: UserId, *, json: Json = False) -> None:
    """One user."""
    with client() as service:
        _shown(service.users.get(user), json=json)


@app.command()
def put(
    user: UserId,
    *,
    name: Annotated[str, typer.Option(help="What people call them.")],
    role: Annotated[Literal["user", "admin"], typer.Option(help="What they may do.")] = "user",
    group: Annotated[list[str] | None, typer.Option(help="The id of a group; several may be given.")] = None,
    json: Json = False,
) -> None:
    """Make a user, or replace what is known of one."""
    given = {"name": name, "role": role, "groups": group or []}
    with client() as service:
        _shown(service.users.put(user, cast("UserInput", given)), json=json)


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
        if json:
            for key in service.keys.list(user):
                screen.emit(key)
            return
        rows = [
            (
                each["id"],
                each["name"],
                _joined(each["rights"]),
                times.ago(each["createdAt"]) or "",
                each["lastUsedOn"] or "never",
            )
            for each in service.keys.list(user)
        ]
    screen.table(("ID", "NAME", "RIGHTS", "MADE", "LAST USED"), rows, f"The user {user} has no keys.")


@keys.command("create")
def create_key(
    user: UserId,
    *,
    name: Annotated[str, typer.Option(help="What it is for.")],
    right: Annotated[list[str] | None, typer.Option(help="What it may do beyond the role of the user: notify.")] = None,
    json: Json = False,
) -> None:
    """Make a key for a user. It is shown here, once."""
    with client() as service:
        made = service.keys.create(user, cast("KeyInput", {"name": name, "rights": right or []}))
    if json:
        screen.emit(made)
        return
    screen.facts([("id", made["id"]), ("name", made["name"]), ("key", (made["key"], screen.STRONG))])
    screen.tell("The key is shown this once.")


@keys.command()
def revoke(user: UserId, key: Annotated[str, typer.Argument(metavar="KEY", help="Its id.")], *, yes: Yes = False) -> None:
    """Make a key worthless."""
    confirm(f"Revoke the key {key} of the user {user}?", is_sure=yes)
    with client() as service:
        service.keys.revoke(user, key)
    screen.tell(f"The key {key} is revoked.")


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
        ("made", times.both(user["createdAt"])),
        ("updated", times.both(user["updatedAt"])),
    ])  # fmt: skip
